import { kindsWith } from "../../noises/noises.ts";
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
  beta: `unless the noise is ${kindsWith(({ parameter }) => parameter?.field === "beta")}`,
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
      kernel: about("engine version: identity of the bits that are drawn", DIGEST),
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
        description: "the input of the norm of each block, and the output",
        type: "array",
        minItems: 2,
        items: placePart(),
      },
      outputError: nullable(
        "where the noise-averaged training output does not vary significantly, and in records that were vshift.stack/1",
        outputErrorPart(),
      ),
      noiseFreeError: object({
        value: about(
          "root mean square distance of the outputs at test time from those with noise-free statistics, in standard deviations of those",
          NOT_NEGATIVE,
        ),
        interval: interval(NOT_NEGATIVE),
      }),
      batches: object({
        train: about("mini-batches of training", { type: "integer", minimum: 1 }),
        test: about("mini-batches measured at test time", { type: "integer", minimum: 2 }),
      }),
    }),
  };
}

function placePart(): JsonSchema {
  return object({
    block: about("number of the block whose norm receives it, from 1; one more at the output", {
      type: "integer",
      minimum: 1,
    }),
    meets: about("the norm that receives it", { enum: [...NORM_KINDS, "output"] }),
    theory: nullable(
      "where no closed form applies",
      object({
        shift: about("Δ in the limit of wide layers", NOT_NEGATIVE),
        meanShift: nullable("where no means are frozen", about("mean shift in that limit", NOT_NEGATIVE)),
        spread: about("standard deviation of ln Δ between networks of this width, at most", NOT_NEGATIVE),
      }),
    ),
    measured: object({
      trainVariance: about("variance during training, or that of the statistics used instead", POSITIVE),
      testVariance: about("variance at test time", POSITIVE),
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

function outputErrorPart(): JsonSchema {
  return object({
    value: about(
      "root mean square distance of the outputs at test time from the noise-averaged training output, in standard deviations of that",
      NOT_NEGATIVE,
    ),
    interval: interval(NOT_NEGATIVE),
    masks: about("masks that the training output of each mini-batch is averaged over", { type: "integer", minimum: 2 }),
    sums: object({
      n: about("mini-batches that were compared", { type: "integer", minimum: 2 }),
      numerator: about("sum of squared distances; each is unbiased and may be negative", NUMBER),
      denominator: about("sum of variances of the noise-averaged training output", NUMBER),
      numeratorSquared: about("sum of the squares of the former", NOT_NEGATIVE),
      denominatorSquared: about("sum of the squares of the latter", NOT_NEGATIVE),
      product: about("sum of the products of both", NUMBER),
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
