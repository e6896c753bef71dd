import { readFileSync } from "node:fs";
import { reason, VshiftError } from "../errors.ts";
import { countKeys, DEEPEST, parseJson, TOO_DEEP } from "../json.ts";
import type { ArrayBook } from "../scenario/array-book.ts";
import { ARRAY_FIELDS, type ArrayField, type Arrays, isArrayName, NO_ARRAYS } from "../scenario/arrays.ts";
import { axisOf } from "../scenario/axis.ts";
import { completeScenario } from "../scenario/complete.ts";
import { fieldsSaid } from "../scenario/define.ts";
import { FIELD_NAMES, FIELDS, type FieldTable, GRID_TABLE, SCENARIO_TABLE, STACK_TABLE } from "../scenario/fields.ts";
import { type Grid, type GridInput, gridOf } from "../scenario/grid.ts";
import { matchedNoise } from "../scenario/match-noise.ts";
import { filesOfNetwork } from "../scenario/network-files.ts";
import { repeatedSeeds } from "../scenario/repeats.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../scenario/strength.ts";
import { typed } from "../scenario/typed.ts";
import { checkedInput } from "../scenario/validate.ts";
import { manyIn, requireVariables } from "../scenario/variables.ts";
import type { FoundConfiguration } from "./found-configuration.ts";
import { fieldOf } from "./options.ts";
import type { FieldValues } from "./read-arrays.ts";

/** Spellings of one choice: a flag for one of them replaces what environment and configuration file say by any of them. */
export const RIVALS: readonly (readonly string[])[] = [
  STRENGTH_FIELDS,
  ["connection", "residual"],
  ["weightMean", "alignment"],
  ["samples", "batches", "precision"],
  ["samples", "batches", "maxSamples"],
];

/** What the command line said, by option name, and what counts where it said nothing (settings.ts). */
export type Flags = Readonly<Record<string, unknown>> & {
  /** Those that are from variables of the environment. */
  readonly fromEnvironment?: readonly string[];
  readonly foundConfiguration?: FoundConfiguration;
};

/** The scenario of a command line, flags over the configuration file over defaults, and the arrays that it names. */
export async function scenarioFrom(
  flags: Flags,
  table: FieldTable = SCENARIO_TABLE,
): Promise<{ readonly scenario: Scenario; readonly arrays: Arrays }> {
  const { input, located } = await inputFrom(flags, table);
  located(() => requireOfNetwork(input as GridInput));
  const bookOf = await booksOf(
    located(() => {
      const ofNetwork = filesOfNetwork(input.network);
      return ofArrayFields((field) => [input[field], ...ofNetwork[field]]);
    }),
    flags,
  );
  return located(() => {
    const { arrays, complete } = bookOf();
    return { scenario: completeScenario(complete(input)), arrays };
  });
}

/**
 * What a command line says of a scenario, flags over the configuration file, each field by itself inside its domain. Errors of what follows
 * from it are located by `located`: in the file, where it is the file that says the field.
 */
export async function inputFrom(flags: Flags, table: FieldTable) {
  const fromFlags = textsOf(flags, table).map(([field, text]) => [field, oneValue(field, text)] as const);
  const { given, located } = combined(flags, fromFlags, await configurationOf(flags, table, checkedInput));
  return { input: located(() => checkedInput(given)), located };
}

/** The value that a flag gives; a `VshiftError` where it gives many, which only some commands take. */
function oneValue(field: keyof Scenario, text: string): string | number {
  const { type } = FIELDS[field];
  if (field === "variables") requireOneValueEach(text);
  const isMany = type !== "text" && !isArrayName(text) && (text.includes(",") || LOOKS_LIKE_RANGE.test(text));
  if (!isMany) return typed(type, text);
  throw tooMany(field, text, text.includes(","));
}

/** The same of the variables of a network. */
export function requireOneValueEach(variables: string): void {
  const many = manyIn(variables);
  if (many !== undefined) throw tooMany("variables", many.said, many.isList);
}

function tooMany(field: keyof Scenario, said: string, isList: boolean): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field,
    problem: `${said} is ${isList ? "a list" : "a range"}, and this command takes one value`,
    hint: "give one value, or use vshift sweep, which takes lists and ranges",
  });
}

const LOOKS_LIKE_RANGE = /^[-+.\d][^:]*(?::|\.\.)/;

/** The grid of a command line, where each flag and each field of the file may have many values, and the arrays that it names. */
export async function gridFrom(flags: Flags): Promise<{ readonly grid: Grid; readonly arrays: Arrays }> {
  const { zip, given: asked, located } = await gridInputFrom(flags, textsOf(flags, GRID_TABLE), GRID_TABLE);
  located(() => requireOfNetwork(asked));
  const { repeats } = flags;
  const given =
    repeats === undefined
      ? asked
      : { ...asked, seed: located(() => repeatedSeeds(asked.seed ?? undefined, repeats as string)) };
  const valuesOf = (field: keyof ScenarioInput) =>
    given[field] === undefined || given[field] === null ? [] : axisOf(field, given[field]).values;
  const named = located(() => {
    const ofNetworks = valuesOf("network").map((network) => filesOfNetwork(String(network)));
    return ofArrayFields((field) => [...valuesOf(field), ...ofNetworks.flatMap((files) => files[field])]);
  });
  const bookOf = await booksOf(named, flags);
  return located(() => {
    const { arrays, complete } = bookOf();
    if (flags.matchNoise !== true) return { grid: inPlace(gridOf(given, zip, complete), located), arrays };
    const matched = zip.map((names) => names.map((name) => (name === "beta" ? "relativeVariance" : name)));
    return { grid: inPlace(gridOf(matchedNoise(given), matched, complete), located), arrays };
  });
}

/** A `VshiftError` for variables without a network, or of a text that does not have them: they would set nothing. */
function requireOfNetwork({ variables, network }: GridInput): void {
  const given = [variables].flat().filter((text) => typeof text === "string");
  const networks = network === undefined || network === null ? [] : axisOf("network", network).values;
  for (const text of given) requireVariables(text, networks.map(String));
}

/** The grid, whose scenarios are made later, with errors that name the file that a field is from. */
function inPlace(grid: Grid, located: <Result>(work: () => Result) => Result): Grid {
  return { ...grid, cell: (index) => located(() => grid.cell(index)) };
}

/** The grid of stacks of a command line; `usual` is what is taken of fields that nobody gives. */
export async function stacksFrom(typed: Flags, usual: GridInput, onOldName: () => void): Promise<Grid> {
  const flags = typed.residual === true ? { ...typed, connection: residual(typed) } : typed;
  const { zip, given, located } = await gridInputFrom(flags, textsOf(flags, OF_STACKS), OF_STACKS);
  return located(() => {
    const { activation, ...stack } = given;
    if (activation === undefined || activation === null)
      return inPlace(gridOf({ ...usual, ...stack }, zip, undefined, STACK_TABLE), located);
    // With its own name in an error.
    axisOf("activation", activation, OF_STACKS);
    requireOneName(stack.nonlinearity, activation);
    const renamed = zip.map((names) => names.map((name) => (name === "activation" ? "nonlinearity" : name)));
    const asked = { ...usual, ...stack, nonlinearity: activation } as GridInput;
    const grid = gridOf(asked, renamed, undefined, STACK_TABLE);
    onOldName();
    return inPlace(grid, located);
  });
}

/** With the nonlinearity by its old name, too. */
const OF_STACKS: FieldTable = { ...STACK_TABLE, fields: { ...STACK_TABLE.fields, activation: FIELDS.nonlinearity } };

/** The nonlinearity of a stack had another name, which is that of the input's law elsewhere. */
function requireOneName(nonlinearity: unknown, activation: unknown): void {
  if (nonlinearity === undefined || nonlinearity === null) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "activation",
    problem: `${activation} cannot be combined with \`nonlinearity\` ${nonlinearity}, because it is the old name of that`,
    hint: "leave one of them out",
  });
}

/** What --residual stands for. */
function residual({ connection = "residual" }: Flags): string {
  if (connection === "residual") return connection;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "--residual",
    problem: `contradicts \`connection\` ${connection}`,
    hint: "leave one of them out",
  });
}

/** The values of a grid, what they are zipped by, and how an error that comes of them is located. */
async function gridInputFrom(flags: Flags, texts: readonly (readonly [string, string])[], table: FieldTable) {
  const { zip: zipInFile, ...fromFile } = await configurationOf(flags, table, checkedGrid);
  const { given, located } = combined(flags, texts, fromFile);
  const zipInFlags = (flags.zip as readonly string[] | undefined)?.map((names) => names.split(","));
  const zip = (zipInFlags ?? zipInFile ?? []).map((names: readonly string[]) =>
    names.map((name) => fieldOf(name.trim())),
  );
  return { zip, given, located };
}

function ofArrayFields(valuesOf: (field: ArrayField) => readonly unknown[]): FieldValues {
  return Object.fromEntries(ARRAY_FIELDS.map((field) => [field, valuesOf(field)])) as unknown as FieldValues;
}

/** What makes a book of the files that fields name. What reads them is loaded where there are any. */
async function booksOf(values: FieldValues, flags: Flags): Promise<() => ArrayBook> {
  if (!ARRAY_FIELDS.some((field) => values[field].some(isArrayName))) {
    if (flags.layout !== undefined) throw layoutOfNothing();
    return () => ({ arrays: NO_ARRAYS, complete: (input) => input });
  }
  return (await import("./read-arrays.ts")).readArrays(values, flags);
}

function layoutOfNothing(): VshiftError {
  return new VshiftError({
    code: "conflicting-fields",
    field: "layout",
    problem: "is not used without files of weights or activations",
    hint: "add `weights` file:NAME, or leave it out",
  });
}

/** What the flags say of fields. */
function textsOf(flags: Flags, { fields }: FieldTable): (readonly [keyof Scenario, string])[] {
  return FIELD_NAMES.filter((name) => flags[name] !== undefined && Object.hasOwn(fields, name)).map((name) => [
    name,
    name === "variables" ? (saidOfVariables(flags) ?? "") : (flags[name] as string),
  ]);
}

/** What all --set say together, as one text; undefined without any. */
export function saidOfVariables({ variables }: Flags): string | undefined {
  return (variables as readonly string[] | undefined)?.join(", ");
}

/** The fields of both, flags over the file, and how an error that comes of them is located. */
function combined(
  flags: Flags,
  entries: readonly (readonly [string, string | number])[],
  fromFile: Readonly<Record<string, unknown>>,
) {
  const fromFlags = Object.fromEntries(entries);
  const replaced = new Set(RIVALS.filter((names) => names.some((name) => name in fromFlags)).flat());
  // Another network has other variables.
  if ("network" in fromFlags) replaced.add("variables");
  const kept = Object.fromEntries(Object.entries(fromFile).filter(([name]) => !replaced.has(name)));
  return {
    given: { ...kept, ...fromFlags } as GridInput,
    located<Result>(work: () => Result): Result {
      try {
        return work();
      } catch (error) {
        throw located(error, (field) =>
          field in kept && !(field in fromFlags) ? `${configurationPath(flags)}: ${field}` : undefined,
        );
      }
    },
  };
}

interface SweepConfiguration extends GridInput {
  readonly zip?: readonly (readonly string[])[];
}

/** A configuration of a sweep, each field's values inside its domain. */
function checkedGrid(value: unknown, table: FieldTable): SweepConfiguration {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return checkedInput(value, table);
  const { zip, ...fields } = value as Record<string, unknown>;
  for (const [name, given] of Object.entries(fields)) if (given !== null) axisOf(name, given, table);
  if (zip === undefined || isListOfLists(zip)) return value;
  throw new VshiftError({
    code: "invalid-value",
    field: "zip",
    problem: "must be a list of lists of fields",
    hint: 'write for example [["keep", "width"]]',
  });
}

function isListOfLists(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((list) => Array.isArray(list) && list.every((name) => typeof name === "string"))
  );
}

/** The file that --config names, or that was found where no flag says anything of one; --no-config is `false`. */
function configurationPath({ config, foundConfiguration }: Flags): string | undefined {
  if (config === undefined) return foundConfiguration?.path;
  return typeof config === "string" ? config : undefined;
}

/** The fields in the configuration file: JSON, or YAML by its ending, with the names of the published schemas. */
async function configurationOf<Fields extends object>(
  flags: Flags,
  table: FieldTable,
  check: (value: unknown, table: FieldTable) => Fields,
): Promise<Fields | Record<string, never>> {
  const path = configurationPath(flags);
  if (path === undefined) return {};
  const isFound = flags.config === undefined;
  if (isFound) flags.foundConfiguration?.onUse();
  const value = await parsed(path, fileText(path, isFound ? path : "--config"));
  const said = typeof value === "object" && value !== null && "$schema" in value ? withoutSchema(value) : value;
  try {
    const fields = fieldsSaid(said);
    return check(isFound ? ofCommand(fields, flags, table) : fields, table);
  } catch (error) {
    throw located(error, (field) => `${path}: ${field}`, path);
  }
}

/** The text of a file that a flag names; - is standard input. */
export function fileText(path: string, flag: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new VshiftError({
      code: "unreadable-file",
      field: flag,
      problem: path === "" ? "has an empty file name" : `cannot read ${path} (${reason(cause)})`,
      hint: "check the path",
      cause,
    });
  }
}

async function parsed(path: string, text: string): Promise<unknown> {
  if (/\.ya?ml$/i.test(path)) return parseYaml(path, text);
  // Some editors and shells begin a file with a byte order mark.
  return parseJson(text.replace(/^\uFEFF/, ""), {
    field: path,
    hint: 'write for example { "keep": 0.5, "width": 512 }',
  });
}

/** 64 KiB, some thousand values: the library's time grows with the square of the length, to a second or two here. */
const LONGEST_YAML = 2 ** 16;

/** Keys that are there twice, and aliases that multiply, are refused by the library; depth and length here. */
async function parseYaml(path: string, text: string): Promise<unknown> {
  const refuse = (problem: string, hint: string, cause?: unknown) =>
    new VshiftError({ code: "invalid-file", field: path, problem, hint, cause });
  const flatter = () => refuse(TOO_DEEP, HOW_YAML);
  if (text.length > LONGEST_YAML) {
    throw refuse(`has ${text.length} characters, above the limit of ${LONGEST_YAML} for YAML`, "write it as JSON");
  }
  const yaml = await import("yaml");
  if (isDeepYaml(yaml, text)) throw flatter();
  let value: unknown;
  try {
    // The library would print warnings, of tags that it does not know and the like; here they are errors.
    const document = yaml.parseDocument(text, { logLevel: "error" });
    for (const fault of [...document.errors, ...document.warnings]) throw fault;
    value = document.toJS();
  } catch (cause) {
    throw refuse(`is not YAML (${(cause as Error).message.split("\n")[0]?.replace(/:$/, "")})`, HOW_YAML, cause);
  }
  // An alias may stand within what it is for.
  if (countKeys(value) === undefined) throw flatter();
  return value;
}

/**
 * One file is found by all commands: of its fields those that concern what is asked for. Fields of a stack concern vshift stack, and
 * others where a flag says --depth; those of a linear layer do not concern a stack, nor a function behind it a scenario without one.
 */
function ofCommand(value: unknown, flags: Flags, { fields }: FieldTable): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const isOfStacks = fields === OF_STACKS.fields || flags.depth !== undefined;
  const hasLayer = "layer" in value || flags.layer !== undefined;
  const concerns = (name: string) => {
    if (!Object.hasOwn(FIELDS, name)) return true;
    if (!Object.hasOwn(fields, name)) return false;
    if (isOfStacks) return Object.hasOwn(STACK_TABLE.fields, name);
    return name === "nonlinearity" ? hasLayer : Object.hasOwn(SCENARIO_TABLE.fields, name);
  };
  return Object.fromEntries(Object.entries(value).filter(([name]) => concerns(name)));
}

const HOW_YAML = "write for example keep: 0.5";

/** Whether its lists and maps are nested so deep that the library's recursion could overflow the stack, which ends the process. */
function isDeepYaml({ Lexer, Parser }: typeof import("yaml"), text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    // What is under way: the document, lists and maps within each other, and a scalar.
    if (parser.stack.length > DEEPEST + 2) return true;
  }
  return false;
}

function withoutSchema({ $schema, ...fields }: { readonly $schema: unknown }): object {
  return fields;
}

/** The error with its line or field, in the configuration file or a variable; `whole` is where an error of no one field is. */
export function located(error: unknown, place: (field: string) => string | undefined, whole?: string): unknown {
  if (!(error instanceof VshiftError)) return error;
  const { code, field, problem, hint, cause } = error;
  const where = field === undefined ? whole : (place(field) ?? field);
  return new VshiftError({
    code,
    ...(where === undefined ? {} : { field: where }),
    problem,
    ...(hint === undefined ? {} : { hint }),
    cause: cause ?? error,
  });
}
