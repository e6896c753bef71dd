import { about, type JsonSchema, nullable, object } from "../scenario/json-schema.ts";
import { AUDIT_SCHEMA, AUDIT_SUMMARY_SCHEMA, AUDITS_SCHEMA } from "./audit-record.ts";

const NUMBER = { type: "number" };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const TEXT = { type: "string" };
const VERDICT = { enum: ["clean", "shifted", "needs-data"] };

/** JSON Schema (2020-12) of what `vshift audit` writes: the whole as JSON, or a line of its NDJSON. */
export function auditSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift audit",
    description:
      "An audit of a trained model as JSON, or a line of its NDJSON: a Batch Normalization, and at the end a summary.",
    oneOf: [{ $ref: "#/$defs/audits" }, { $ref: "#/$defs/audit" }, { $ref: "#/$defs/summary" }],
    $defs: { audits: wholePart(), audit: normPart(), summary: summaryPart(), noise: noisePart() },
  };
}

function wholePart(): JsonSchema {
  return object({
    schema: { const: AUDITS_SCHEMA, description: "name and version of this schema" },
    ...ofWhole(),
    norms: { description: "in the order of the network", type: "array", items: { $ref: "#/$defs/audit" } },
  });
}

function summaryPart(): JsonSchema {
  return object({
    schema: { const: AUDIT_SUMMARY_SCHEMA, description: "name and version of the schema of a summary" },
    ...ofWhole(),
  });
}

function ofWhole() {
  return {
    model: about("the file", TEXT),
    writer: about("what wrote the file", TEXT),
    mode: { description: "mode in which the model was exported", enum: ["training", "evaluation"] },
    tolerance: about("largest deviation of Δ from 1 that counts as clean", {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 0.5,
    }),
    verdict: about("verdict on the whole", VERDICT),
    measurement: nullable("of the file alone", about("how it was measured", measurementPart())),
    baseline: nullable("without one", about("file of the earlier audit that it is compared with", TEXT)),
    repair: nullable("where none was asked for", about("what came of a repair", repairPart())),
  };
}

function measurementPart(): JsonSchema {
  return object({
    inputs: about("inputs that it was measured by", { type: "integer", minimum: 2 }),
    masks: about("draws of all noise for each input", { type: "integer", minimum: 1 }),
    confidence: about("confidence of the intervals", { type: "number", minimum: 0.5, maximum: 0.999999 }),
    seed: about("the same text gives the same numbers", TEXT),
  });
}

function repairPart(): JsonSchema {
  return object({
    check: {
      description: "what decided: the loss by labels, the shape score, or nothing",
      enum: ["labels", "shape", "none"],
    },
    inputs: about("other inputs that it was checked on", { type: "integer", minimum: 0 }),
    loss: nullable("without labels", about("mean cross-entropy of classes, or mean squared error", beforeAndAfter())),
    error: nullable(
      "without labels, and of targets that are all the same",
      about("share of wrong classes, or 1 − R² of values", beforeAndAfter()),
    ),
    score: nullable("unless it decided", about("shape score in nats (docs/AUDIT.md)", beforeAndAfter())),
    isBetter: nullable("where it was not checked", about("whether the check says yes", { type: "boolean" })),
    reason: nullable("where it was checked", about("why it was not checked", TEXT)),
    isForced: about("whether it was written although the check says no", { type: "boolean" }),
    file: nullable("where it was not written", about("where it was written", TEXT)),
  });
}

function beforeAndAfter(): JsonSchema {
  return object({
    stored: about("by the stored statistics", NUMBER),
    repaired: about("by the repaired statistics", NUMBER),
  });
}

function normPart(): JsonSchema {
  return object({
    schema: { const: AUDIT_SCHEMA, description: "name and version of the schema of a norm" },
    norm: about("path of the module that has the running statistics", TEXT),
    channels: about("number of channels", { type: "integer", minimum: 0 }),
    noise: {
      description: "the noise that reaches it, in the order of the network",
      type: "array",
      items: { $ref: "#/$defs/noise" },
    },
    stored: about(
      "running statistics, averaged over the channels",
      object({ mean: about("running mean", NUMBER), variance: about("running variance: Var_train", NOT_NEGATIVE) }),
    ),
    predicted: about("what weights and running statistics alone say", predictedPart()),
    measured: nullable("without inputs", about("what the same inputs with noise and without say", measuredPart())),
    repaired: nullable("where it keeps its statistics", about("its new statistics", repairedPart())),
    baseline: nullable("without one, and where Δ was not known", about("Δ in the baseline", NOT_NEGATIVE)),
    control: about("whether no noise reaches it", { type: "boolean" }),
    verdict: about("verdict on this norm", VERDICT),
  });
}

function measuredPart(): JsonSchema {
  return object({
    ratio: about("Δ = Var_test / Var_train, the mean over the channels", NOT_NEGATIVE),
    interval: nullable(
      "where there are too few inputs",
      about("interval of Δ over inputs and masks", { type: "array", items: NOT_NEGATIVE, minItems: 2, maxItems: 2 }),
    ),
    meanShift: about("root mean square shift of the channels' means, in standard deviations", NOT_NEGATIVE),
    toStored: about("variance without noise over the running variance, the mean over the channels", NOT_NEGATIVE),
    storedFor: {
      description:
        "which variance the running variance is closer to: that with noise, or that without; unclear where that may be due to the inputs",
      enum: ["training", "test", "unclear"],
    },
    inputs: about("inputs that it was measured by", { type: "integer", minimum: 2 }),
  });
}

function repairedPart(): JsonSchema {
  return object({
    mean: about("running mean, averaged over the channels", NUMBER),
    variance: about("running variance, averaged over the channels", NOT_NEGATIVE),
    ratio: nullable(
      "where no other inputs were run with noise",
      about("Δ on other inputs by the new statistics", NOT_NEGATIVE),
    ),
  });
}

function predictedPart(): JsonSchema {
  const alone = "where an interval is all that is known, or data is needed";
  return object({
    method: { description: "how Δ is known", enum: ["exact", "transport", "bound", "needs-data"] },
    ratio: nullable(alone, about("Δ = Var_test / Var_train, the mean over the channels", NOT_NEGATIVE)),
    low: nullable("where no interval is known", about("lower end of Δ for any data", NOT_NEGATIVE)),
    high: nullable("where no interval is known", about("upper end of Δ for any data", NOT_NEGATIVE)),
    meanShift: nullable(
      "where it is not known",
      about("root mean square shift of the channels' means, in standard deviations", NOT_NEGATIVE),
    ),
    reason: nullable("unless data is needed", about("why data is needed", TEXT)),
  });
}

function noisePart(): JsonSchema {
  return object({
    module: about("path of the module that it belongs to; empty outside of one", TEXT),
    kind: { description: "what it does", enum: ["dropout", "alpha-dropout", "multiplied", "added", "unknown"] },
    shares: { description: "what has a draw of its own", enum: ["unit", "channel", "sample"] },
    drop: nullable(
      "where nothing is dropped",
      about("probability to drop", { type: "number", minimum: 0, exclusiveMaximum: 1 }),
    ),
    variance: nullable(
      "of alpha dropout, and where it is not known",
      about("relative variance σ² of the multiplier, or variance of what is added", NOT_NEGATIVE),
    ),
    source: nullable("where only the framework's own code is known", about("file and line of the user's code", TEXT)),
  });
}
