import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { COMMANDS } from "./commands.ts";
import { PROGRAM_NOTES } from "./help-notes.ts";
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
  for (const { name, operands, summary, description, notes, options, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(description);
    command.helpOption("--help", "print this help").addHelpText("after", notes);
    if (operands !== undefined) command.argument(operands.name, operands.about);
    if (wanted === undefined || wanted === name) for (const option of options()) command.addOption(option);
    command.action(async () => exit(await (await load())(command.opts(), streams, command.args)));
  }
  return program;
}

/** commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  return `vshift: ${text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ")
    .replace(/\.$/, "")}; see vshift --help\n`;
}
