import { about, type JsonSchema, nullable, object } from "../scenario/json-schema.ts";
import { CHECK_CELL_SCHEMA, CHECK_SCHEMA } from "./check-record.ts";

const NUMBER = { type: "number" };
const POSITIVE = { type: "number", exclusiveMinimum: 0 };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const COUNT = { type: "integer", minimum: 0 };
const TEXT = { type: "string", minLength: 1 };
const TEXTS = { type: "array", items: TEXT };
const DIGEST = { type: "string", pattern: "^[0-9a-f]{64}$" };
const VARIANCES = ["fit", "differ", "unknown"];
const VERDICT = { enum: ["agrees", "disagrees", "inconclusive"] };

/** JSON Schema (2020-12) of what `vshift check` writes: the whole as JSON, or any line of its NDJSON. */
export function checkSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift check",
    description: "A check as JSON, or a line of its NDJSON: a scenario or layer, or, last, the summary.",
    oneOf: [{ $ref: "#/$defs/check" }, { $ref: "#/$defs/cell" }, { $ref: "#/$defs/summary" }],
    $defs: {
      check: object({ ...summaryPart(), cells: { type: "array", items: { $ref: "#/$defs/cell" } } }),
      summary: object(summaryPart()),
      cell: cellPart(),
      measurement: measurementPart(),
      diagnosis: diagnosisPart(),
    },
  };
}

function summaryPart() {
  return {
    schema: { const: CHECK_SCHEMA, description: "name and version of this schema" },
    verdict: about("verdict on the whole", VERDICT),
    alpha: about("probability of a false alarm for the whole check", {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 0.5,
    }),
    counts: about(
      "number of scenarios or layers with each verdict",
      object({ agrees: COUNT, disagrees: COUNT, inconclusive: COUNT }),
    ),
    notes: about("notes on the whole", TEXTS),
  };
}

function cellPart(): JsonSchema {
  const earlier = about("the earlier measurement that this one is compared with", { $ref: "#/$defs/measurement" });
  return object({
    schema: { const: CHECK_CELL_SCHEMA, description: "name and version of the schema of a scenario or layer" },
    id: nullable("for what another program measured", about("identity of the scenario, as in its record", DIGEST)),
    name: about("unique name of the scenario, position or layer", TEXT),
    position: nullable(
      "in a network with one position, and in what another program measured",
      about("position in the network: BN 3, output", TEXT),
    ),
    verdict: about("verdict on this scenario or layer", VERDICT),
    deviation: nullable(
      "where there is nothing to compare",
      about("measured.shift over that of theory, or of the baseline if there is one, − 1", NUMBER),
    ),
    tolerance: about("largest relative deviation that counts as agreement", POSITIVE),
    theory: object({
      trainVariance: nullable("where only the ratio is known", about("variance during training", POSITIVE)),
      testVariance: nullable("where only the ratio is known", about("variance at test time", NOT_NEGATIVE)),
      shift: nullable(
        "where there is no closed form",
        about("Δ = Var_test / Var_train by the closed form", NOT_NEGATIVE),
      ),
    }),
    measured: nullable("where a scenario of the baseline was not measured", { $ref: "#/$defs/measurement" }),
    baseline: nullable("where the comparison is with theory", earlier),
    variances: {
      description: "whether both variances are those of theory too; unknown where they are not compared",
      enum: VARIANCES,
    },
    diagnosis: {
      description: "what would explain the measurement, the likeliest first",
      type: "array",
      items: { $ref: "#/$defs/diagnosis" },
    },
    notes: about("what a reader should know of this measurement", TEXTS),
    detail: about("the numbers in one line", TEXT),
  });
}

function measurementPart(): JsonSchema {
  return object({
    shift: about("measured Δ", NOT_NEGATIVE),
    standardError: nullable("where it is not known", about("standard error of Δ", NOT_NEGATIVE)),
    interval: nullable("without a standard error, and with too few rows", {
      description: "interval of Δ",
      type: "array",
      prefixItems: [NOT_NEGATIVE, NOT_NEGATIVE],
      items: false,
      minItems: 2,
    }),
    confidence: about("probability that such an interval covers the truth", {
      type: "number",
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
    }),
    trainVariance: about("variance during training", POSITIVE),
    testVariance: about("variance at test time", NOT_NEGATIVE),
    batches: nullable("where it was not told", about("rows that the variances are means of", COUNT)),
    rows: { description: "what these rows are", enum: ["mini-batches", "channels"] },
    rowsNeeded: nullable(
      "where there is an interval, or none can be had",
      about("about how many such rows would have an interval", COUNT),
    ),
    samples: nullable("for what another program measured", about("number of samples", COUNT)),
  });
}

function diagnosisPart(): JsonSchema {
  return object({
    mistake: about("the mistake, or the wrong input (wrong-…), that would explain the measurement; names are stable", {
      type: "string",
      pattern: "^[a-z]+(-[a-z]+)*$",
    }),
    certainty: { description: "likely, or possible with more mini-batches to decide", enum: ["likely", "possible"] },
    inputs: {
      description: "fields of the scenario that would have another value; none for a mistake of the implementation",
      type: "array",
      items: object({
        field: about("name of the field", TEXT),
        declared: about("its value in the scenario", { type: ["number", "string"] }),
        value: about("the value that would explain the measurement", { type: ["number", "string"] }),
      }),
    },
    predicted: about(
      "what would be measured then",
      object({ trainVariance: NOT_NEGATIVE, testVariance: NOT_NEGATIVE, shift: NOT_NEGATIVE }),
    ),
    variances: { description: "whether both variances fit too", enum: VARIANCES },
    sentence: about("the diagnosis in words", TEXT),
  });
}
