import type { Command, Option } from "commander";
import { environmentOf } from "./colour.ts";
import { misspelt, type Variable, variablesOf } from "./environment.ts";
import { type FoundConfiguration, findConfiguration } from "./found-configuration.ts";
import { sayOn } from "./say.ts";
import { type Flags, located, RIVALS } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** The settings of a command from flags, environment and a configuration that was found, flags first. */
export interface Settings {
  readonly flags: Flags;
  /** What else than the command line says something: variables with their texts, and the path of a configuration. */
  readonly unsaid: Unsaid;
  /** With the colours that were asked for. */
  readonly streams: Streams;
  /** An error of a value that came from a variable, by the name of that variable. */
  readonly located: (error: unknown) => unknown;
}

/** Settings that a command line does not show. */
export interface Unsaid {
  readonly variables: readonly { readonly name: string; readonly sets: string; readonly text: string }[];
  /** Undefined until one was read. */
  readonly configuration: string | undefined;
}

/**
 * Adds to the flags of a command line what the environment says of others, as `fromEnvironment` lists, and as `foundConfiguration`
 * the file that counts as --config where none is named.
 *
 * all  the flags of all commands
 */
export function settingsOf(
  command: Command,
  { streams, all }: { readonly streams: Streams; readonly all: () => readonly Option[] },
): Settings {
  const typed = command.optsWithGlobals();
  const variables = variablesOf(command.options, { env: streams.env, all }).filter(
    ({ option }) => !isReplaced(option.attributeName(), typed),
  );
  const fromEnvironment = variables.map(({ option }) => option.attributeName());
  const values = Object.fromEntries(variables.map(({ option, value }) => [option.attributeName(), value]));
  const { color, ...told } = { ...typed, ...values };
  const say = sayOn(streams, told);
  for (const note of misspelt(streams.env, all)) say(note);
  const takesConfiguration = command.options.some((option) => option.attributeName() === "config");
  const path = takesConfiguration && told.config === undefined ? findConfiguration() : undefined;
  let isUsed = false;
  const onUse = () => {
    isUsed = true;
    if (streams.stderr.isTTY === true) say(`using ${path}`);
  };
  const found: { foundConfiguration?: FoundConfiguration } =
    path === undefined ? {} : { foundConfiguration: { path, onUse } };
  return {
    flags: { ...told, ...found, ...(fromEnvironment.length === 0 ? {} : { fromEnvironment }) },
    unsaid: {
      // One that forbids a configuration says nothing that the lack of one would not.
      variables: variables
        .filter(({ option }) => !option.negate)
        .map(({ name, option }) => ({ name, sets: option.attributeName(), text: streams.env[name] ?? "" })),
      get configuration() {
        return isUsed ? path : undefined;
      },
    },
    streams: { ...streams, env: environmentOf(color, streams.env) },
    located: (error) =>
      variables.length === 0 ? error : located(error, (field) => variableOf(field, variables)?.name),
  };
}

/** Whether a flag that was typed says what a variable would, by this name or another. */
function isReplaced(name: string, typed: Flags): boolean {
  if (typed[name] !== undefined) return true;
  // The ending of a file says its format.
  if (name === "format" && typed.output !== undefined && typed.output !== "-") return true;
  return RIVALS.some((rivals) => rivals.includes(name) && rivals.some((rival) => typed[rival] !== undefined));
}

/** The variable that gives a field, or the flag of that name. */
function variableOf(field: string, variables: readonly Variable[]): Variable | undefined {
  return variables.find(
    ({ option }) => field === option.attributeName() || field === option.long || field === option.short,
  );
}
