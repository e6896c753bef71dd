import { MOST_MASKS } from "../kernel/kernel.ts";
import { LAWS_OF_Z } from "../laws/laws.ts";
import { FIELDS, LATER_FIELDS } from "../scenario/fields.ts";
import { about, fieldSchema, type JsonSchema, nullable, object } from "../scenario/json-schema.ts";
import { NORM_KINDS } from "../scenario/scenario.ts";
import { RECORD_SCHEMA } from "./record.ts";

const NUMBER = { type: "number" };
const POSITIVE = { type: "number", exclusiveMinimum: 0 };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const COUNT = { type: "integer", minimum: 2 };
const DIGEST = { type: "string", pattern: "^[0-9a-f]{64}$" };

/** JSON Schema (2020-12) of one record, a line of NDJSON. Its properties stand in the order in which a record has them. */
export function recordSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift record",
    description: "One measured variance shift, compared with its closed form.",
    ...object(
      {
        schema: { const: RECORD_SCHEMA, description: "name and version of this schema" },
        kernel: about("engine version: identity of the bits that are drawn", DIGEST),
        id: about("identity of the scenario", DIGEST),
        position: nullable("in a network with one position", positionPart()),
        scenario: scenarioPart(),
        theory: nullable(NO_THEORY, theoryPart()),
        theoryReason: nullable("with a closed form", about("why there is no closed form", { type: "string" })),
        measured: measuredPart(),
        agreement: agreementPart(),
        outputs: nullable("but at the output of a stack", outputsPart()),
        sums: sumsPart(),
      },
      LATER.record,
    ),
  };
}

/** What other parts of a record did not always have. */
const LATER = {
  record: ["position", "theoryReason", "outputs"],
  theory: ["meanShift", "spread"],
  measured: ["meanShift", "meanShiftInterval"],
  sums: ["meanShift", "meanShiftSquared"],
} as const;

const NO_THEORY = "without a closed form";
const NO_MEANS = "where no means are compared";

function positionPart(): JsonSchema {
  return object({
    index: about("number of the position, from 1", { type: "integer", minimum: 1 }),
    name: about("name of the position: BN 3, output", { type: "string" }),
    norm: nullable("at an output", about("the norm that receives it", { enum: NORM_KINDS })),
  });
}

function outputsPart(): JsonSchema {
  const distance = (what: string) =>
    object({
      value: nullable(
        "where what it is measured in does not vary significantly",
        about(
          `root mean square distance of the outputs at test time from ${what}, in standard deviations of that`,
          NOT_NEGATIVE,
        ),
      ),
      interval: nullable("where the value is null", intervalOf("that distance", NOT_NEGATIVE)),
      sums: object({
        n: about("mini-batches that were compared", { type: "integer", minimum: 1 }),
        numerator: about("sum of squared distances; each is unbiased and may be negative", NUMBER),
        denominator: about("sum of the variances that they are relative to", NUMBER),
        numeratorSquared: about("sum of the squares of the former", NOT_NEGATIVE),
        denominatorSquared: about("sum of the squares of the latter", NOT_NEGATIVE),
        product: about("sum of the products of both", NUMBER),
      }),
    });
  return object({
    masks: about("masks that the training output of each mini-batch is averaged over", COUNT),
    training: distance("the noise-averaged training output"),
    noiseFree: distance("the outputs with noise-free statistics"),
  });
}

function intervalOf(what: string, end: JsonSchema): JsonSchema {
  return {
    type: "array",
    prefixItems: [
      about(`lower end of the confidence interval of ${what}`, end),
      about(`upper end of the confidence interval of ${what}`, end),
    ],
    items: false,
    minItems: 2,
  };
}

function scenarioPart(): JsonSchema {
  const fields = Object.entries(FIELDS).map(([name, field]) => [
    name,
    nullable(field.nullWhen, about(field.aboutRun ?? field.about, fieldSchema(field))),
  ]);
  return object(
    {
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
    },
    LATER_FIELDS,
  );
}

function theoryPart(): JsonSchema {
  return object(
    {
      trainVariance: about("variance at Batch Normalization's input during training, by the closed form", POSITIVE),
      testVariance: about("variance there at test time, by the closed form", NOT_NEGATIVE),
      shift: about(
        "variance shift Δ = testVariance / trainVariance; above 1 for alpha dropout, and in stacks",
        NOT_NEGATIVE,
      ),
      meanShift: nullable(
        NO_MEANS,
        about("squared distance of the means from those of training, over the variance", NOT_NEGATIVE),
      ),
      spread: about(
        "standard deviation of ln Δ between networks of this width, at most; 0 where theory is of any width",
        NOT_NEGATIVE,
      ),
    },
    LATER.theory,
  );
}

const NO_BATCH_NORM = "where no Batch Normalization receives it";

const TOO_LITTLE_SEEN = "when too few rare events, or mini-batches, were drawn to know it";

function measuredPart(): JsonSchema {
  return object(
    {
      trainVariance: about("mean batch variance at Batch Normalization's input during training", POSITIVE),
      testVariance: about("mean batch variance there at test time", POSITIVE),
      shift: about("measured ratio Δ̂ = testVariance / trainVariance", POSITIVE),
      standardError: nullable(
        TOO_LITTLE_SEEN,
        about("standard error of Δ̂; 0 where both phases are the same", NOT_NEGATIVE),
      ),
      interval: nullable(TOO_LITTLE_SEEN, intervalOf("Δ̂", POSITIVE)),
      confidence: fieldSchema(FIELDS.confidence),
      runningMean: nullable(
        NO_BATCH_NORM,
        about("running mean after the last mini-batch, averaged over channels", NUMBER),
      ),
      runningVariance: nullable(
        NO_BATCH_NORM,
        about("running variance after the last mini-batch, averaged over channels", NOT_NEGATIVE),
      ),
      runningShift: nullable(
        "when the running variance is 0, and where no Batch Normalization receives it",
        about("batch variance at test time over the running variance, each averaged over channels", NOT_NEGATIVE),
      ),
      outputMean: nullable(
        "in a record that was put together from several, and where no Batch Normalization receives it",
        about("mean of Batch Normalization's output at test time", NUMBER),
      ),
      outputVariance: nullable(
        "in a record that was put together from several, and where no Batch Normalization receives it",
        about("variance of Batch Normalization's output at test time", NOT_NEGATIVE),
      ),
      meanShift: nullable(
        NO_MEANS,
        about("squared distance of the means from those of training, over the variance", NUMBER),
      ),
      meanShiftInterval: nullable(NO_MEANS, intervalOf("meanShift", NUMBER)),
      firstBatch: about("number of the first mini-batch; 0 unless this is a part of a longer run", {
        type: "integer",
        minimum: 0,
      }),
      batches: about("mini-batches measured", COUNT),
      samples: about("samples in these mini-batches", COUNT),
    },
    LATER.measured,
  );
}

function agreementPart(): JsonSchema {
  return object({
    deviation: nullable(NO_THEORY, about("measured.shift / theory.shift − 1", NUMBER)),
    tolerance: about(
      "largest relative deviation that counts as agreement; in a stack with what its width and batch size may add",
      { type: "number", exclusiveMinimum: 0 },
    ),
    verdict: {
      enum: ["agrees", "disagrees", "inconclusive"],
      description: "whether the interval lies within the tolerance of theory, outside it, or across its edge",
    },
  });
}

function sumsPart(): JsonSchema {
  return object(
    {
      n: about("mini-batches that the sums are over", COUNT),
      train: about("sum of the batch variances during training", POSITIVE),
      test: about("sum of the batch variances at test time", POSITIVE),
      trainSquared: about("sum of the squared batch variances during training", POSITIVE),
      testSquared: about("sum of the squared batch variances at test time", POSITIVE),
      product: about("sum of the products of a mini-batch's two variances", NOT_NEGATIVE),
      meanShift: nullable(NO_MEANS, about("sum of what the means are off by, squared, over the variance", NUMBER)),
      meanShiftSquared: nullable(NO_MEANS, about("sum of the squares of that", NOT_NEGATIVE)),
    },
    LATER.sums,
  );
}
