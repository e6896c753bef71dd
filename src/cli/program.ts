import { Command, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { DEFAULTS, FIELDS } from "../scenario/fields.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { theoryCommand } from "./commands/theory.ts";
import {
  type OptionGroup,
  SCENARIO_OPTIONS,
  type ScenarioOption,
  SIMULATION_GROUPS,
  THEORY_GROUPS,
} from "./options.ts";
import { FORMATS } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** The commands and their flags. `exit` is told the exit code of the command that ran. */
export function createProgram(streams: Streams, exit: (code: number) => void): Command {
  const program = new Command("vshift")
    .description("How far Dropout moves the variance that Batch Normalization relies on: measured, and in theory.")
    .version(manifest.version, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      outputError: (text, write) => write(oneLine(text)),
    })
    .addHelpText("after", PROGRAM_NOTES);

  add({ name: "simulate", groups: SIMULATION_GROUPS, run: simulateCommand })
    .addOption(new Option("--threads <count>", "threads that draw [one for each core]").helpGroup("Measurement:"))
    .summary("measure one scenario against the closed form")
    .description("Draw mini-batches, measure Δ = Var_test / Var_train at Batch Normalization, hold it against theory.")
    .addHelpText("after", SIMULATE_NOTES);

  add({ name: "theory", groups: THEORY_GROUPS, run: theoryCommand })
    .summary("the closed form alone, step by step")
    .description("The closed form of Δ = Var_test / Var_train for a scenario, with the steps that lead there.")
    .addHelpText("after", THEORY_NOTES);

  return program;

  function add({ name, groups, run }: ScenarioCommand): Command {
    const command = program.command(name).helpOption("--help", "print this help");
    const options = SCENARIO_OPTIONS.filter(({ group }) => groups.includes(group)).map(commanderOption);
    for (const option of [...options, ...outputOptions()]) command.addOption(option);
    return command.action(async (flags: Flags) => exit(await run(flags, streams)));
  }
}

/** A command that takes a scenario and returns its exit code. */
interface ScenarioCommand {
  readonly name: string;
  readonly groups: readonly OptionGroup[];
  readonly run: (flags: Flags, streams: Streams) => Promise<number>;
}

function outputOptions(): readonly Option[] {
  const options = [
    new Option("--config <file>", "JSON file with fields of a scenario; flags win (- is stdin)"),
    new Option("--format <format>", "[table on a terminal, else ndjson]").choices(FORMATS),
    new Option("--output <file>", "write there; the ending says the format (- is stdout)"),
    new Option("--quiet", "no words on stderr but errors"),
  ];
  return options.map((option) => option.helpGroup("Output:"));
}

/** Values are validated with the scenario, not here: a configuration file's get the same messages. */
function commanderOption({ field, flags, group }: ScenarioOption): Option {
  const described = FIELDS[field];
  const fallback = described.defaultNote ?? DEFAULTS[field];
  const option = new Option(flags, `${described.about}${fallback === null ? "" : ` [${fallback}]`}`).helpGroup(group);
  // Named for help and completion only: `choices()` would check them here.
  if (described.type === "choice") option.argChoices = [...described.choices];
  return option;
}

/** commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  return `vshift: ${text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "")}; see vshift --help\n`;
}

const PROGRAM_NOTES = `
Examples:
  vshift simulate --p 0.5 --d 512            keep half of 512 units; Δ is 0.5
  vshift theory --activation relu --drop 0.3 the closed form alone
  vshift simulate --help                     every flag

Exit codes: 0 fine, 1 measurement and theory disagree, 2 bad usage or input, 3 inconclusive,
70 a fault of vshift, 130 interrupted (what was measured is kept).`;

const SIMULATE_NOTES = `
Examples:
  vshift simulate --p 0.5 --d 512
  vshift simulate --drop 0.3 --activation relu --rho 0.2 --layer linear --alignment 8
  vshift simulate --noise uout --beta 0.1 --format json
  vshift simulate --config scenario.json --output record.json

One of --keep, --drop, --relative-variance (and --beta for uout) gives the noise's strength.
Exit codes: 0 agrees, 1 disagrees, 2 bad usage or input, 3 inconclusive, 130 interrupted.`;

const THEORY_NOTES = `
Examples:
  vshift theory --p 0.5 --mean 1
  vshift theory --activation relu --drop 0.3 --format json
  vshift theory --mean 0.398942 --variance 0.340845 --rho 0.2 --layer linear --alignment 14.72835
      a ReLU's moments and the alignment of a trained ResNeXt (Li et al. 2019, table 1): 0.719`;
