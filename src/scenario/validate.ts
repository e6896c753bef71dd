import { VshiftError } from "../errors.ts";
import { didYouMean } from "../suggestion.ts";
import { FILE_PATTERN, type Field, type FieldTable, GRID_TABLE, isDerived } from "./fields.ts";
import { isListOfLayers } from "./layer-lists.ts";
import type { ScenarioInput } from "./scenario.ts";
import { brief, shown } from "./typed.ts";

/** The input with each field known, of its type, and inside its own domain: that of a scenario, or of another table. */
export function checkedInput<Input = ScenarioInput>(
  input: unknown,
  { noun, fields, help }: FieldTable = GRID_TABLE,
): Input {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new VshiftError({
      code: "invalid-value",
      problem: `a ${noun} must be an object of fields, not ${shown(input)}`,
      hint: 'write for example { "keep": 0.5, "width": 512 }',
    });
  }
  for (const [name, value] of Object.entries(input)) {
    const field: Field | undefined = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      throw new VshiftError({
        code: "unknown-field",
        field: name,
        problem: `is not a field of a ${noun}`,
        hint: isDerived(name)
          ? "leave it out: it follows from the files that the scenario names"
          : didYouMean(name, Object.keys(fields), `see ${help}`),
      });
    }
    if (value === undefined || value === null) continue;
    if (!accepts(field, value)) {
      throw new VshiftError({
        code: "invalid-value",
        field: name,
        problem: `${shown(value)} is not ${domainOf(field)}`,
        hint: suggestion(field, value),
      });
    }
  }
  return input as Input;
}

/** Whether a value is in the domain of a field. */
export function accepts(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "text":
      if (field.isOfLayers === true && isListOfLayers(value)) return value.every((layer) => accepts(field, layer));
      return (
        typeof value === "string" &&
        value.isWellFormed() &&
        [...value].length <= field.maximumLength &&
        (field.pattern === undefined || new RegExp(field.pattern).test(value))
      );
    case "choice":
      return typeof value === "string" && (field.choices.includes(value) || (field.files === true && isFile(value)));
    case "number":
      return (
        typeof value === "number" &&
        Number.isFinite(value) &&
        (field.integer === undefined || Number.isInteger(value)) &&
        value >= (field.minimum ?? Number.NEGATIVE_INFINITY) &&
        value > (field.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) &&
        value <= (field.maximum ?? Number.POSITIVE_INFINITY) &&
        value < (field.exclusiveMaximum ?? Number.POSITIVE_INFINITY)
      );
  }
}

function isFile(text: string): boolean {
  return text.isWellFormed() && new RegExp(FILE_PATTERN).test(text);
}

/** The domain in words: "a whole number from 1 to 1048576", "one of none, linear". */
function domainOf(field: Field): string {
  switch (field.type) {
    case "text":
      return field.rule ?? `text of up to ${field.maximumLength} characters`;
    case "choice":
      return `one of ${field.choices.join(", ")}${field.files === true ? ", or file:NAME" : ""}`;
    case "number": {
      const lower = field.minimum ?? field.exclusiveMinimum;
      const upper = field.maximum ?? field.exclusiveMaximum;
      const from = lower === undefined ? "" : ` ${field.minimum === undefined ? "above" : "from"} ${brief(lower)}`;
      const to =
        upper === undefined
          ? ""
          : ` ${field.maximum === undefined ? "below" : field.minimum === undefined ? "and up to" : "to"} ${brief(upper)}`;
      return `a ${field.integer === undefined ? "" : "whole "}number${from}${to}`;
    }
  }
}

function suggestion(field: Field, value: unknown): string {
  const takesFiles =
    field.type === "choice" ? field.files === true : field.type === "text" && field.pattern === FILE_PATTERN;
  if (takesFiles && typeof value === "string") {
    if (value.startsWith("file:")) return "write file:NAME, with the name of a file";
    if (LOOKS_LIKE_FILE.test(value)) return `did you mean file:${shown(value).slice(1, -1)}?`;
  }
  if (field.type === "choice") {
    return typeof value === "string" ? didYouMean(value, field.choices, "choose one of these") : "choose one of these";
  }
  const [, percent] = field.type === "number" && typeof value === "string" ? (PERCENT.exec(value) ?? []) : [];
  if (percent !== undefined) return `write ${percent}% as ${Number((Number(percent) / 100).toPrecision(12))}`;
  return `try ${field.type === "text" ? JSON.stringify(field.example) : field.example}`;
}

const PERCENT = /^\s*([+-]?\d+(?:\.\d+)?)\s*%\s*$/;

const LOOKS_LIKE_FILE = /\.(?:npy|npz|safetensors|csv)(?:#.*)?$/i;
