import { DEFAULTS, FIELDS, type Field } from "./fields.ts";

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
      ...Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, inputProperty(name, field)])),
    },
    additionalProperties: false,
  };
}

/** JSON Schema of one field's own domain, null apart. */
export function fieldSchema(field: Field): JsonSchema {
  switch (field.type) {
    case "text":
      return { description: field.about, type: "string", maxLength: field.maximumLength };
    case "choice":
      return { description: field.about, enum: field.choices };
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

function inputProperty(name: string, field: Field): JsonSchema {
  const fallback = DEFAULTS[name as keyof typeof DEFAULTS];
  const { description, ...domain } = fieldSchema(field);
  return { description, anyOf: [domain, { type: "null" }], ...(fallback === null ? {} : { default: fallback }) };
}
