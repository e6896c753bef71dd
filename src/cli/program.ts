import { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { COMMANDS } from "./commands.ts";
import { PROGRAM_NOTES } from "./help-notes.ts";
import { keepApart } from "./keep-apart.ts";
import type { Streams } from "./streams.ts";
import { requireClear, spellingsOf, typedFlags } from "./typed-flags.ts";
import { requireUsed } from "./unused-flags.ts";

export interface ProgramSetting {
  readonly streams: Streams;
  /** Told the exit code of the command that ran. */
  readonly exit: (code: number) => void;
  /** The command that will be run; all of them get their flags without, and only this one with it, which starts sooner. */
  readonly wanted: string | undefined;
  /** The arguments behind the command. */
  readonly args: readonly string[];
}

/** The commands and their flags. */
export function createProgram({ streams, exit, wanted, args }: ProgramSetting): Command {
  const program = new Command("vshift")
    .description("How far Dropout moves the variance that Batch Normalization relies on: measured, and in theory.")
    .version(manifest.version, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
      // Said by whoever catches it, in the form of all messages.
      outputError() {},
    })
    .addHelpText("after", PROGRAM_NOTES);
  for (const { name, operands, replacesInput, summary, description, notes, options, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(description);
    command.helpOption("--help", "print this help").addHelpText("after", notes);
    if (operands !== undefined) command.argument(operands.name, operands.about);
    if (wanted === undefined || wanted === name) for (const option of options()) command.addOption(option);
    command.action(async () => {
      const [options, paths, typed] = [command.opts(), command.args, typedFlags(args, command.options)];
      requireClear(typed, command.options);
      requireUsed(name, typed, { flags: options, operands: paths });
      const flags = { ...options, spellings: spellingsOf(typed) };
      keepApart(flags, replacesInput === true ? [] : paths.map((path) => ({ path, name: "an input" })));
      exit(await (await load())(flags, streams, paths));
    });
  }
  return program;
}
