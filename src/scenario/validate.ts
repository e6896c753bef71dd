import { closest } from "fastest-levenshtein";
import { VshiftError } from "../errors.ts";
import { FIELDS, type Field } from "./fields.ts";
import type { ScenarioInput } from "./scenario.ts";

/** The input with each field known, of its type, and inside its own domain. */
export function checkedInput(input: unknown): ScenarioInput {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new VshiftError({
      code: "invalid-value",
      problem: `a scenario must be an object of fields, not ${shown(input)}`,
      hint: 'write for example { "keep": 0.5, "width": 512 }',
    });
  }
  for (const [name, value] of Object.entries(input)) {
    const field: Field | undefined = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof typeof FIELDS] : undefined;
    if (field === undefined) {
      throw new VshiftError({
        code: "unknown-field",
        field: name,
        problem: "is not a field of a scenario",
        hint: `did you mean ${closest(name, Object.keys(FIELDS))}?`,
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
  return input as ScenarioInput;
}

function accepts(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "text":
      return typeof value === "string" && value.isWellFormed() && [...value].length <= field.maximumLength;
    case "choice":
      return typeof value === "string" && field.choices.includes(value);
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

/** The domain in words: "a whole number from 1 to 1048576", "one of none, linear". */
function domainOf(field: Field): string {
  switch (field.type) {
    case "text":
      return `text of at most ${field.maximumLength} characters`;
    case "choice":
      return `one of ${field.choices.join(", ")}`;
    case "number": {
      const lower = field.minimum ?? field.exclusiveMinimum;
      const upper = field.maximum ?? field.exclusiveMaximum;
      const from = lower === undefined ? "" : ` ${field.minimum === undefined ? "above" : "from"} ${lower}`;
      const to = upper === undefined ? "" : ` ${field.maximum === undefined ? "to below" : "to"} ${upper}`;
      return `a ${field.integer === undefined ? "" : "whole "}number${from}${to}`;
    }
  }
}

function suggestion(field: Field, value: unknown): string {
  if (field.type === "choice" && typeof value === "string") return `did you mean ${closest(value, field.choices)}?`;
  return `try ${field.type === "text" ? JSON.stringify(field.example) : field.example}`;
}

function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
