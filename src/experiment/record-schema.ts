import { LAWS_OF_Z } from "../laws/laws.ts";
import { MOST_MASKS } from "../layers/mask-plan.ts";
import { FIELD_NAMES, FIELDS } from "../scenario/fields.ts";
import { about, fieldSchema, type JsonSchema, nullable, object } from "../scenario/json-schema.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { RECORD_SCHEMA } from "./record.ts";

const NUMBER = { type: "number" };
const POSITIVE = { type: "number", exclusiveMinimum: 0 };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const COUNT = { type: "integer", minimum: 2 };
const DIGEST = { type: "string", pattern: "^[0-9a-f]{64}$" };

/** Fields that records did not always have; where one is missing it is null. */
export const LATER_FIELDS: readonly (keyof Scenario)[] = FIELD_NAMES.filter((name) => FIELDS[name].isLater === true);

/** JSON Schema (2020-12) of one record, a line of NDJSON. Its properties stand in the order in which a record has them. */
export function recordSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift record",
    description: "One measured variance shift, compared with its closed form.",
    ...object({
      schema: { const: RECORD_SCHEMA, description: "name and version of this schema" },
      kernel: about("engine version: identity of the bits that are drawn", DIGEST),
      id: about("identity of the scenario", DIGEST),
      scenario: scenarioPart(),
      theory: theoryPart(),
      measured: measuredPart(),
      agreement: agreementPart(),
      sums: sumsPart(),
    }),
  };
}

function scenarioPart(): JsonSchema {
  // A record has the confidence after the samples, the help page before them.
  const { confidence, tolerance, ...others } = FIELDS;
  const fields = Object.entries({ ...others, confidence, tolerance }).map(([name, field]) => {
    return [name, nullable(field.nullWhen, about(field.aboutRun ?? field.about, fieldSchema(field)))];
  });
  const part = object({
    ...Object.fromEntries(fields),
    inputMean: about(
      `mean of the input itself; with ${LAWS_OF_Z} another than that of z, of a file averaged over the units`,
      NUMBER,
    ),
    inputVariance: about("variance of the input itself, of a file averaged over the units", POSITIVE),
    inputRho: about(
      "correlation of every pair of units of the input itself, of a file their mean covariance over inputVariance",
      {
        type: "number",
        minimum: -1,
        maximum: 1,
      },
    ),
    targetAlignment: nullable(
      "unless an alignment was asked for",
      about("alignment that every neuron's weights were drawn to", fieldSchema(FIELDS.alignment)),
    ),
    maskCount: about("masks that each mini-batch goes through training with", {
      type: "integer",
      minimum: 1,
      maximum: MOST_MASKS,
    }),
  });
  return { ...part, required: part.required.filter((name) => !LATER_FIELDS.some((later) => later === name)) };
}

function theoryPart(): JsonSchema {
  return object({
    trainVariance: about("variance at Batch Normalization's input during training, by the closed form", POSITIVE),
    testVariance: about("variance there at test time, by the closed form", NOT_NEGATIVE),
    shift: about("variance shift Δ = testVariance / trainVariance; above 1 for alpha dropout alone", NOT_NEGATIVE),
  });
}

const TOO_LITTLE_SEEN = "when too few rare events, or mini-batches, were drawn to know it";

function measuredPart(): JsonSchema {
  return object({
    trainVariance: about("mean batch variance at Batch Normalization's input during training", POSITIVE),
    testVariance: about("mean batch variance there at test time", POSITIVE),
    shift: about("measured ratio Δ̂ = testVariance / trainVariance", POSITIVE),
    standardError: nullable(
      TOO_LITTLE_SEEN,
      about("standard error of Δ̂; 0 where both phases are the same", NOT_NEGATIVE),
    ),
    interval: nullable(TOO_LITTLE_SEEN, {
      type: "array",
      prefixItems: [
        about("lower end of the confidence interval of Δ̂", POSITIVE),
        about("upper end of the confidence interval of Δ̂", POSITIVE),
      ],
      items: false,
      minItems: 2,
    }),
    confidence: fieldSchema(FIELDS.confidence),
    runningMean: about("running mean after the last mini-batch, averaged over channels", NUMBER),
    runningVariance: about("running variance after the last mini-batch, averaged over channels", NOT_NEGATIVE),
    runningShift: nullable(
      "when the running variance is 0",
      about("batch variance at test time over the running variance, each averaged over channels", NOT_NEGATIVE),
    ),
    outputMean: nullable(
      "in a record that was put together from several",
      about("mean of Batch Normalization's output at test time", NUMBER),
    ),
    outputVariance: nullable(
      "in a record that was put together from several",
      about("variance of Batch Normalization's output at test time", NOT_NEGATIVE),
    ),
    firstBatch: about("number of the first mini-batch; 0 unless this is a part of a longer run", {
      type: "integer",
      minimum: 0,
    }),
    batches: about("mini-batches measured", COUNT),
    samples: about("samples in these mini-batches", COUNT),
  });
}

function agreementPart(): JsonSchema {
  return object({
    deviation: about("measured.shift / theory.shift − 1", NUMBER),
    tolerance: fieldSchema(FIELDS.tolerance),
    verdict: {
      enum: ["agrees", "disagrees", "inconclusive"],
      description: "whether the interval lies within the tolerance of theory, outside it, or across its edge",
    },
  });
}

function sumsPart(): JsonSchema {
  return object({
    n: about("mini-batches that the sums are over", COUNT),
    train: about("sum of the batch variances during training", POSITIVE),
    test: about("sum of the batch variances at test time", POSITIVE),
    trainSquared: about("sum of the squared batch variances during training", POSITIVE),
    testSquared: about("sum of the squared batch variances at test time", POSITIVE),
    product: about("sum of the products of a mini-batch's two variances", NOT_NEGATIVE),
  });
}
