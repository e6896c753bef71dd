import { FILE_PATTERN, type Field, type FieldTable, GRID_TABLE, SCENARIO_TABLE, STACK_TABLE } from "./fields.ts";

export type JsonSchema = { readonly [keyword: string]: unknown };

/** JSON Schema (2020-12) of a configuration file: the fields of a scenario, and where this schema is. */
export function scenarioSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift scenario",
    description: "A configuration file: what to simulate. Every field may be left out.",
    type: "object",
    properties: {
      $schema: { type: "string" },
      ...Object.fromEntries(Object.entries(SCENARIO_TABLE.fields).map(([name, field]) => [name, inputProperty(field)])),
    },
    additionalProperties: false,
  };
}

/** JSON Schema (2020-12) of a sweep's configuration file: each field a value, a list, or text with lists and ranges. */
export function sweepSchema(): JsonSchema {
  return gridSchema(GRID_TABLE, "vshift sweep", "the grid of scenarios to measure");
}

/** JSON Schema (2020-12) of a configuration file of stacks. */
export function stackSchema(): JsonSchema {
  return gridSchema(STACK_TABLE, "vshift stack", "the stack, or the grid of stacks, to measure");
}

function gridSchema({ fields }: FieldTable, title: string, what: string): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    description: `A configuration file: ${what}. Every field may be left out.`,
    type: "object",
    properties: {
      $schema: { type: "string" },
      zip: {
        description: "groups of fields whose values go together, one by one, instead of all with all",
        type: "array",
        items: { type: "array", items: { enum: Object.keys(fields) }, minItems: 2 },
      },
      ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, axisProperty(field)])),
    },
    additionalProperties: false,
  };
}

/** Lists of values and ranges as text: checked when it is read. */
const RANGES = { type: "string", pattern: "^[^,]+(,[^,]+)*$" };

function axisProperty(field: Field): JsonSchema {
  const { description, ...domain } = fieldSchema(field);
  const one = field.type === "text" ? domain : { anyOf: [domain, RANGES] };
  const items = field.type === "text" && field.isOfLayers === true ? { anyOf: [one, listOf(one)] } : one;
  return { description, anyOf: [one, listOf(items), { type: "null" }] };
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items, minItems: 1 };
}

/** JSON Schema of one field's own domain, null apart. */
export function fieldSchema(field: Field): JsonSchema {
  switch (field.type) {
    case "text":
      return {
        description: field.about,
        type: "string",
        maxLength: field.maximumLength,
        ...(field.pattern === undefined ? {} : { pattern: field.pattern }),
      };
    case "choice": {
      const choices = { enum: field.choices };
      // Not anyOf: that is for null.
      const all = field.files === true ? { oneOf: [choices, { type: "string", pattern: FILE_PATTERN }] } : choices;
      return { description: field.about, ...all };
    }
    case "number": {
      const { integer, minimum, exclusiveMinimum, maximum, exclusiveMaximum } = field;
      const bounds = Object.entries({ minimum, exclusiveMinimum, maximum, exclusiveMaximum });
      return {
        description: field.about,
        type: integer === undefined ? "number" : "integer",
        ...Object.fromEntries(bounds.filter(([, bound]) => bound !== undefined)),
      };
    }
  }
}

function inputProperty(field: Field): JsonSchema {
  const { default: fallback } = field;
  const { description, ...domain } = fieldSchema(field);
  const lists = field.type === "text" && field.isOfLayers === true ? [listOf(domain)] : [];
  return {
    description,
    anyOf: [domain, ...lists, { type: "null" }],
    ...(fallback === null ? {} : { default: fallback }),
  };
}

/** An object with exactly these properties, all but the `optional` ones required. */
export function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

/** The domain with a word on it. */
export function about(description: string, domain: JsonSchema): JsonSchema {
  return { ...domain, description };
}

/** The schema's values, or null where `when` says. */
export function nullable(when: string | undefined, schema: JsonSchema): JsonSchema {
  return when === undefined ? schema : { anyOf: [schema, { type: "null", description: when }] };
}
