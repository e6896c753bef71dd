import { Option } from "commander";
import { ArrayOption, generalOptions } from "../command-options.ts";
import { COMMANDS, takesFiles } from "../commands.ts";

/** What there is to complete. Every text is the program's own, so that a script may hold it. */
export interface CompletedProgram {
  readonly commands: readonly CompletedCommand[];
  /** Flags before a command. */
  readonly flags: readonly CompletedFlag[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  readonly operands: CompletedValue | undefined;
}

export interface CompletedFlag {
  /** "-h", "--help". */
  readonly names: readonly string[];
  readonly about: string;
  /** Whether it may be given more than once. */
  readonly isRepeated: boolean;
  /** Undefined for a flag without a value. */
  readonly value: CompletedValue | undefined;
  /** Whether it may stand without its value. */
  readonly isOptional: boolean;
}

export interface CompletedValue {
  /** "number", "file". */
  readonly name: string;
  readonly choices: readonly string[];
  /** Whether it may be the name of a file, or one behind "file:". */
  readonly files: "none" | "plain" | "prefixed";
}

/** All commands and flags, those for help included. */
export function completedProgram(): CompletedProgram {
  const help = new Option("-h, --help", "print this help");
  const general = [...generalOptions(), help].map(flagOf);
  const commands = COMMANDS.map(({ name, summary, options, operands }) => ({
    name,
    summary,
    flags: [
      ...options()
        .filter(({ hidden }) => !hidden)
        .map(flagOf),
      ...general,
    ],
    operands: operands && {
      name: operands.name.replace(/\W/g, ""),
      choices: operands.choices ?? [],
      files: takesFiles(operands) ? ("plain" as const) : ("none" as const),
    },
  }));
  const topic = { name: "command", choices: commands.map(({ name }) => name), files: "none" } as const;
  const helpCommand = { name: "help", summary: "print the help of a command", flags: general, operands: topic };
  const version = new Option("-V, --version", "print the version");
  return { commands: [...commands, helpCommand], flags: [flagOf(version), ...general] };
}

function flagOf(option: Option): CompletedFlag {
  const { short, long, description, argChoices, parseArg, flags } = option;
  const value = /[<[](.*)[>\]]/.exec(flags)?.[1];
  return {
    names: [short, long].filter((name) => name !== undefined),
    about: description,
    isRepeated: parseArg !== undefined && argChoices === undefined,
    isOptional: option.optional,
    value: value === undefined ? undefined : { name: value, choices: argChoices ?? [], files: filesOf(option, value) },
  };
}

function filesOf(option: Option, value: string): CompletedValue["files"] {
  if (option instanceof ArrayOption) return "prefixed";
  return value === "file" ? "plain" : "none";
}
