import { MOST_MASKS } from "../layers/mask-plan.ts";
import { FIELDS } from "../scenario/fields.ts";
import { fieldSchema, type JsonSchema } from "../scenario/json-schema.ts";
import { RECORD_SCHEMA } from "./record.ts";

const NUMBER = { type: "number" };
const POSITIVE = { type: "number", exclusiveMinimum: 0 };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const COUNT = { type: "integer", minimum: 2 };
const DIGEST = { type: "string", pattern: "^[0-9a-f]{64}$" };

/** Fields that are null where they do not apply. */
const NULLABLE: ReadonlySet<string> = new Set([
  "beta",
  "neurons",
  "weights",
  "weightMean",
  "alignment",
  "samples",
] satisfies (keyof typeof FIELDS)[]);

/** JSON Schema (2020-12) of one record, a line of NDJSON. */
export function recordSchema(): JsonSchema {
  const fields = Object.entries(FIELDS).map(([name, field]) => [
    name,
    nullable(fieldSchema(field), NULLABLE.has(name)),
  ]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift record",
    description: "One measured variance shift, held against its closed form.",
    ...object({
      schema: { const: RECORD_SCHEMA },
      kernel: { ...DIGEST, description: "identity of the bits that the kernel draws" },
      id: { ...DIGEST, description: "identity of the scenario" },
      scenario: object({
        ...Object.fromEntries(fields),
        inputMean: NUMBER,
        inputVariance: POSITIVE,
        inputRho: { type: "number", minimum: -1, maximum: 1 },
        targetAlignment: nullable(fieldSchema(FIELDS.alignment), true),
        maskCount: { type: "integer", minimum: 1, maximum: MOST_MASKS },
      }),
      theory: object({
        trainVariance: POSITIVE,
        testVariance: NOT_NEGATIVE,
        shift: { type: "number", minimum: 0, maximum: 1 },
      }),
      measured: object({
        trainVariance: POSITIVE,
        testVariance: POSITIVE,
        shift: POSITIVE,
        standardError: NOT_NEGATIVE,
        interval: { type: "array", items: POSITIVE, minItems: 2, maxItems: 2 },
        confidence: fieldSchema(FIELDS.confidence),
        runningMean: NUMBER,
        runningVariance: NOT_NEGATIVE,
        runningShift: nullable(NOT_NEGATIVE, true),
        outputMean: NUMBER,
        outputVariance: NOT_NEGATIVE,
        batches: COUNT,
        samples: COUNT,
      }),
      agreement: object({
        deviation: NUMBER,
        tolerance: fieldSchema(FIELDS.tolerance),
        verdict: { enum: ["agrees", "disagrees", "inconclusive"] },
      }),
      sums: object({
        n: COUNT,
        train: POSITIVE,
        test: POSITIVE,
        trainSquared: POSITIVE,
        testSquared: POSITIVE,
        product: NOT_NEGATIVE,
      }),
    }),
  };
}

/** An object with exactly these properties. */
function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function nullable(schema: JsonSchema, isNullable: boolean): JsonSchema {
  return isNullable ? { anyOf: [schema, { type: "null" }] } : schema;
}
