import type { CommanderError, Option } from "commander";
import { VshiftError } from "../errors.ts";
import { didYouMean, suggested } from "../suggestion.ts";
import { generalOptions } from "./command-options.ts";
import { COMMANDS, type CommandDescription, takesFiles } from "./commands.ts";
import { errorLine } from "./error-line.ts";
import { requireClear, spellingsOf, typedFlags } from "./typed-flags.ts";

/** The line about what is wrong with a command line, which commander refused or vshift. */
export function usageLine(error: CommanderError | VshiftError, args: readonly string[]): string {
  const [first = "", ...rest] = args;
  const command = COMMANDS.find(({ name }) => name === first);
  const options = [...(command?.options() ?? []), ...generalOptions()];
  const typed = typedFlags(rest, options);
  const line = (wrong: VshiftError) => errorLine(wrong, { spellings: spellingsOf(typed) });
  if (error instanceof VshiftError) return line(error);
  try {
    // A flag that took the next flag for its value leaves arguments over, and is their cause.
    requireClear(typed, options);
    return line(usageError(error, { first, rest, command, options }));
  } catch (cause) {
    if (cause instanceof VshiftError) return line(cause);
    throw cause;
  }
}

interface CommandLine {
  readonly first: string;
  readonly rest: readonly string[];
  readonly command: CommandDescription | undefined;
  readonly options: readonly Option[];
}

/** What commander refused, in the words of every other message. */
function usageError({ code, message }: CommanderError, { first, rest, command, options }: CommandLine): VshiftError {
  // commander puts what it speaks of in quotes.
  const about = /'(.*)'/s.exec(message)?.[1] ?? "";
  switch (code) {
    case "commander.unknownCommand":
      return unknownCommand(about);
    case "commander.unknownOption":
      return command === undefined
        ? withoutCommand(about, [first, ...rest])
        : unknownOption(about, { command, options });
    case "commander.optionMissingArgument": {
      const typed = rest.at(-1) ?? about;
      const [, value = "VALUE"] = /<(.*)>/.exec(about) ?? [];
      return wrong(typed, "has no value", `write ${typed} ${value.toUpperCase()}`);
    }
    case "commander.missingArgument":
      if (command?.operands?.choices !== undefined) return wrong("shell", "is missing", SHELLS);
      if (command !== undefined && takesOneFile(command))
        return wrong("model", "is missing", `write vshift ${first} FILE`);
      return wrong("files", "are missing", `write vshift ${first} FILE, or - for standard input`);
    case "commander.excessArguments":
      if (command?.operands?.isAddress === true) {
        const second = operandsIn(rest, options)[1] ?? "";
        return wrong(second, `is a second address, and vshift ${first} takes one`, "run one for each address");
      }
      if (command !== undefined && takesOneFile(command)) {
        const second = operandsIn(rest, options)[1] ?? "";
        return wrong(second, `is a second file, and vshift ${first} reads one`, `run vshift ${first} for each file`);
      }
      return excess(first, { rest, options });
    case "commander.invalidArgument":
      return wrong(rest[0] ?? "shell", "is not a shell that vshift completes", SHELLS);
    default:
      return wrong(first, message.replace(/^error: /, "").replace(/\.$/, ""), "see vshift --help");
  }
}

/** Of vshift completion. */
const SHELLS = "choose zsh, bash, fish or powershell";

interface Known {
  readonly command: CommandDescription;
  readonly options: readonly Option[];
}

function unknownCommand(word: string): VshiftError {
  const names = COMMANDS.map(({ name }) => name);
  const isRecords = /\.(?:ndjson|jsonl|json)$/i.test(word);
  const otherwise = isRecords ? `try vshift records ${word} or vshift plot ${word}` : "see vshift --help";
  return wrong(word, "is not a command", didYouMean(word, names, otherwise));
}

/** "--keep" of "--keep=0.5". */
function nameOf(flag: string): string {
  return flag.replace(/=.*$/s, "");
}

function withoutCommand(flag: string, args: readonly string[]): VshiftError {
  const owners = ownersOf(nameOf(flag));
  const [owner] = owners;
  if (owner === undefined) return wrong(nameOf(flag), "is not an option", "see vshift --help");
  return wrong(nameOf(flag), "needs a command before it", `try vshift ${owner} ${args.join(" ")}`);
}

function unknownOption(flag: string, { command, options }: Known): VshiftError {
  const name = nameOf(flag);
  const flags = spellingsIn(options);
  // -p for --p: commander has options of one hyphen and one letter, and vshift's have two.
  const [, letter = "", value] = /^-([a-z])=?(.*)$/s.exec(flag) ?? [];
  if (flags.includes(`--${letter}`)) {
    return wrong(`-${letter}`, "has one hyphen, and options have two", `write --${letter}${value && ` ${value}`}`);
  }
  if (flags.includes(name)) return wrong(name, "takes no value", `write ${name} alone`);
  const owners = ownersOf(name);
  const meant = suggested(name, flags);
  if (owners.length > 0) {
    const problem = `is an option of vshift ${listed(owners)}, not of vshift ${command.name}`;
    return wrong(name, problem, meant === undefined ? "leave it out" : `did you mean ${meant}?`);
  }
  const otherwise = `see vshift ${command.name} --help`;
  return wrong(name, `is not an option of vshift ${command.name}`, didYouMean(name, flags, otherwise));
}

function excess(
  name: string,
  { rest, options }: { readonly rest: readonly string[]; readonly options: readonly Option[] },
): VshiftError {
  const word = operandsIn(rest, options)[0] ?? "";
  const readers = COMMANDS.filter(({ operands }) => operands !== undefined && takesFiles(operands)).map(
    (command) => command.name,
  );
  const isFile = /\.\w+$/.test(word) && !/^[-\d.]+$/.test(word);
  return wrong(
    word === "" ? '""' : word,
    `is not an option, and vshift ${name} takes nothing else`,
    isFile ? `vshift ${listed(readers)} read files` : "write the flag before its value, as in --p 0.5",
  );
}

function takesOneFile({ operands }: CommandDescription): boolean {
  return operands !== undefined && takesFiles(operands) && !operands.name.includes("...");
}

/** Arguments that are neither flags nor their values. */
function operandsIn(args: readonly string[], options: readonly Option[]): readonly string[] {
  const values = typedFlags(args, options).flatMap(({ value }) => value ?? []);
  return args.filter((arg) => !arg.startsWith("-") && !values.includes(arg));
}

/** The commands that have a flag. */
function ownersOf(flag: string): readonly string[] {
  return COMMANDS.filter(({ options }) => spellingsIn(options()).includes(flag)).map(({ name }) => name);
}

function spellingsIn(options: readonly Option[]): readonly string[] {
  return options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
}

/** "sweep, check and records". */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

function wrong(field: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}
