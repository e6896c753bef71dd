import { about, fieldSchema, type JsonSchema, nullable, object } from "../../scenario/json-schema.ts";
import { STACK_TABLE } from "../../scenario/stack/fields.ts";
import { NORM_KINDS } from "../../scenario/stack/stack.ts";
import { STACK_SCHEMA } from "./record.ts";

const NUMBER = { type: "number" };
const POSITIVE = { type: "number", exclusiveMinimum: 0 };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const DIGEST = { type: "string", pattern: "^[0-9a-f]{64}$" };

/** Fields that are null where they do not apply, and where that is. */
const NULL_WHEN: { readonly [name: string]: string } = {
  beta: "unless the noise is uout",
  groups: "unless a norm is group",
  reestimateBatches: "unless statistics are re-estimated",
};

/** JSON Schema (2020-12) of one record of a stack. Its properties stand in the order in which a record has them. */
export function stackRecordSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift stack record",
    description: "The variance shift at each norm of a stack of blocks.",
    ...object({
      schema: { const: STACK_SCHEMA, description: "name and version of this schema" },
      kernel: about("identity of the bits that the kernel draws", DIGEST),
      id: about("identity of the stack", DIGEST),
      scenario: object(
        Object.fromEntries(
          Object.entries(STACK_TABLE.fields).map(([name, field]) => [
            name,
            nullable(NULL_WHEN[name], fieldSchema(field)),
          ]),
        ),
      ),
      places: {
        description: "what meets the norm of each block, and the output",
        type: "array",
        minItems: 2,
        items: placePart(),
      },
      outputError: object({
        value: about(
          "root mean square distance of the outputs in test from those of right statistics, in standard deviations of those",
          NOT_NEGATIVE,
        ),
        interval: interval(NOT_NEGATIVE),
      }),
      batches: object({
        train: about("mini-batches of training", { type: "integer", minimum: 1 }),
        test: about("mini-batches of test that were measured", { type: "integer", minimum: 2 }),
      }),
    }),
  };
}

function placePart(): JsonSchema {
  return object({
    block: about("number of the block whose norm it meets, from 1; one more at the output", {
      type: "integer",
      minimum: 1,
    }),
    meets: about("the norm that it meets", { enum: [...NORM_KINDS, "output"] }),
    theory: nullable(
      "where no closed form applies",
      object({
        shift: about("Δ in the limit of wide layers", NOT_NEGATIVE),
        meanShift: nullable("where no means are frozen", about("mean shift in that limit", NOT_NEGATIVE)),
        spread: about("standard deviation of ln Δ between networks of this width, at most", NOT_NEGATIVE),
      }),
    ),
    measured: object({
      trainVariance: about("variance in training, or that of the statistics in their place", POSITIVE),
      testVariance: about("variance in test", POSITIVE),
      shift: about("Δ = testVariance / trainVariance", POSITIVE),
      standardError: about("standard error of Δ, of the mini-batches of one network", NOT_NEGATIVE),
      interval: interval(POSITIVE),
      foldedShift: about("max(Δ, 1/Δ)", { type: "number", minimum: 1 }),
      logShift: about("ln Δ", NUMBER),
      meanShift: nullable(
        "where no means are frozen",
        about("squared distance of the means from the frozen ones, over the variance", NUMBER),
      ),
      meanShiftInterval: nullable("where no means are frozen", interval(NUMBER)),
    }),
  });
}

function interval(end: JsonSchema): JsonSchema {
  return {
    description: "confidence interval",
    type: "array",
    prefixItems: [end, end],
    items: false,
    minItems: 2,
  };
}
