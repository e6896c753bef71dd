import { readFileSync } from "node:fs";
import { VshiftError } from "../errors.ts";
import { defineScenario } from "../scenario/define.ts";
import { FIELDS } from "../scenario/fields.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../scenario/strength.ts";
import { checkedInput } from "../scenario/validate.ts";
import { SCENARIO_OPTIONS } from "./options.ts";

/** Spellings of one choice: a flag for one of them replaces whatever the configuration file says by any of them. */
const RIVALS: readonly (readonly string[])[] = [
  STRENGTH_FIELDS,
  ["weightMean", "alignment"],
  ["samples", "precision"],
  ["samples", "maxSamples"],
];

/** What the command line said, by option name. */
export type Flags = Readonly<Record<string, unknown>>;

/** The scenario of a command line: flags over the configuration file over defaults. */
export function scenarioFrom(flags: Flags): Scenario {
  const path = flags.config as string | undefined;
  const fromFile = path === undefined ? {} : configuration(path);
  const fromFlags = Object.fromEntries(
    SCENARIO_OPTIONS.filter(({ field }) => flags[field] !== undefined).map(({ field }) => [
      field,
      typed(field, flags[field] as string),
    ]),
  );
  const replaced = new Set(RIVALS.filter((names) => names.some((name) => name in fromFlags)).flat());
  const kept = Object.fromEntries(Object.entries(fromFile).filter(([name]) => !replaced.has(name)));
  try {
    return defineScenario({ ...kept, ...fromFlags });
  } catch (error) {
    throw located(error, (field) => (field in kept && !(field in fromFlags) ? `${path}: ${field}` : undefined));
  }
}

/** The fields in a configuration file: JSON with the names of the published schema. */
function configuration(path: string): ScenarioInput {
  let text: string;
  try {
    text = readFileSync(path === "-" ? 0 : path, "utf8");
  } catch (cause) {
    throw new VshiftError({
      code: "unreadable-file",
      field: "--config",
      problem: `cannot read ${path} (${reason(cause)})`,
      hint: "check the path",
      cause,
    });
  }
  let value: unknown;
  try {
    // Some editors and shells begin a file with a byte order mark.
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new VshiftError({
      code: "invalid-file",
      field: path,
      problem: `is not JSON (${(cause as Error).message.split("\n")[0]})`,
      hint: 'write for example { "keep": 0.5, "width": 512 }',
      cause,
    });
  }
  if (typeof value === "object" && value !== null && "$schema" in value) {
    const { $schema, ...fields } = value;
    value = fields;
  }
  try {
    return checkedInput(value);
  } catch (error) {
    throw located(error, (field) => `${path}: ${field}`, path);
  }
}

/** The error with its place in the configuration file; `whole` is where an error of no one field is. */
function located(error: unknown, place: (field: string) => string | undefined, whole?: string): unknown {
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

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A flag's text as its field's type; what is no number stays text, for validation to name it as it was typed. */
function typed(field: keyof ScenarioInput, text: string): string | number {
  return FIELDS[field].type === "number" && NUMBER.test(text.trim()) ? Number(text) : text;
}

/** The system's short name for what went wrong: "ENOENT: no such file or directory" without the path. */
export function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split(",")[0] as string) : String(error);
}
