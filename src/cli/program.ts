import { Argument, Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { generalOptions } from "./command-options.ts";
import { COMMANDS, type CommandDescription } from "./commands.ts";
import { HELP_LAYOUT, type HelpNote, helpWidth, notesAt } from "./help-layout.ts";
import { PROGRAM_DESCRIPTION, PROGRAM_NOTES } from "./help-notes.ts";
import { keepApart } from "./keep-apart.ts";
import { settingsOf } from "./settings.ts";
import type { Streams } from "./streams.ts";
import { requireClear, spellingsOf, typedFlags } from "./typed-flags.ts";
import { requireUsed } from "./unused-flags.ts";

export interface ProgramSetting {
  readonly streams: Streams;
  /** Told the exit code of the command that ran. */
  readonly exit: (code: number) => void;
  /** The command that will be run: the only one that gets its flags, since the rest would make every start slower. */
  readonly wanted: string | undefined;
  /** The arguments behind the command. */
  readonly args: readonly string[];
}

/** The commands and their flags. */
export function createProgram({ streams, exit, wanted, args }: ProgramSetting): Command {
  const { stdout, stderr } = streams;
  const program = new Command("vshift")
    .description(PROGRAM_DESCRIPTION)
    .version(manifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureHelp(HELP_LAYOUT)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Said by whoever catches it, in the form of all messages.
      outputError() {},
      getOutHelpWidth: () => helpWidth(stdout),
      getErrHelpWidth: () => helpWidth(stderr),
    });
  addGeneralOptions(program);
  addNotes(program, PROGRAM_NOTES, streams);
  for (const { name, operands, replacesInput, summary, description, notes, options, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(description);
    addNotes(command, notes, streams);
    if (operands !== undefined) command.addArgument(argumentOf(operands));
    if (wanted === name) {
      for (const option of options()) command.addOption(option);
      addGeneralOptions(command);
    }
    command.action(async () => {
      const typed = typedFlags(args, command.options);
      requireClear(typed, command.options);
      const settings = settingsOf(command, { streams, all: () => COMMANDS.flatMap((each) => each.options()) });
      const { unsaid } = settings;
      // Asked once it is known whether a configuration was read, and by few commands.
      const origin = async () => {
        const { commandLine } = await import("./command-line.ts");
        return { version: manifest.version, command: commandLine(name, { args, typed, unsaid, env: streams.env }) };
      };
      const flags = { ...settings.flags, spellings: spellingsOf(typed), origin };
      const paths = command.args;
      try {
        requireUsed(name, typed, { flags, operands: paths });
        keepApart(flags, replacesInput === true ? [] : paths.map((path) => ({ path, name: "an input" })));
        exit(await (await load())(flags, settings.streams, paths));
      } catch (error) {
        throw settings.located(error);
      }
    });
  }
  program
    .command("help")
    .argument("[command]", "the command to explain")
    .summary("print the help of a command")
    .action(async (name?: string) => {
      const isCommand = program.commands.some((command) => command.name() === name);
      // A name that is none is refused as it would be without "help".
      await program.parseAsync(name === undefined ? ["--help"] : isCommand ? [name, "--help"] : [name], {
        from: "user",
      });
    });
  return program;
}

/** They may stand before a command or behind it: the program itself reads them, and its commands show them. */
function addGeneralOptions(command: Command): void {
  for (const option of generalOptions()) command.addOption(option);
}

function addNotes(command: Command, notes: readonly HelpNote[], { stdout, stderr }: Streams): void {
  command.addHelpText("after", ({ error }) => notesAt(notes, helpWidth(error ? stderr : stdout), command.createHelp()));
}

function argumentOf({ name, about, choices }: NonNullable<CommandDescription["operands"]>): Argument {
  const argument = new Argument(name, about);
  return choices === undefined ? argument : argument.choices(choices);
}
