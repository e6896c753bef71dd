import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { printable } from "../printable.ts";
import { COMMANDS } from "./commands.ts";
import { PROGRAM_NOTES } from "./help-notes.ts";
import { keepApart } from "./keep-apart.ts";
import type { Streams } from "./streams.ts";

export interface ProgramSetting {
  readonly streams: Streams;
  /** Told the exit code of the command that ran. */
  readonly exit: (code: number) => void;
  /** The command that will be run; all of them get their flags without, and only this one with it, which starts sooner. */
  readonly wanted: string | undefined;
}

/** The commands and their flags. */
export function createProgram({ streams, exit, wanted }: ProgramSetting): Command {
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
  for (const { name, operands, replacesInput, summary, description, notes, options, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(description);
    command.helpOption("--help", "print this help").addHelpText("after", notes);
    if (operands !== undefined) command.argument(operands.name, operands.about);
    if (wanted === undefined || wanted === name) for (const option of options()) command.addOption(option);
    command.action(async () => {
      const [flags, paths] = [command.opts(), command.args];
      keepApart(flags, replacesInput === true ? [] : paths.map((path) => ({ path, name: "a file to read" })));
      exit(await (await load())(flags, streams, paths));
    });
  }
  return program;
}

/** commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  const words = text
    .trim()
    .replace(/^error: /, "")
    .replace(/\n(?=\(Did you mean .*\)$)/, " ")
    .replace(/\.$/, "");
  return `vshift: ${printable(words)}; see vshift --help\n`;
}
