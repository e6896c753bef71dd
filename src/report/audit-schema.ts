import { about, type JsonSchema, nullable, object } from "../scenario/json-schema.ts";
import { AUDIT_SCHEMA, AUDITS_SCHEMA } from "./audit-record.ts";

const NUMBER = { type: "number" };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const TEXT = { type: "string" };
const VERDICT = { enum: ["clean", "shifted", "needs-data"] };

/** JSON Schema (2020-12) of what `vshift audit` writes: the whole as JSON, or a line of its NDJSON. */
export function auditSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift audit",
    description: "An audit of a trained model as JSON, or a line of its NDJSON: a Batch Normalization.",
    oneOf: [{ $ref: "#/$defs/audits" }, { $ref: "#/$defs/audit" }],
    $defs: { audits: wholePart(), audit: normPart(), noise: noisePart() },
  };
}

function wholePart(): JsonSchema {
  return object({
    schema: { const: AUDITS_SCHEMA, description: "name and version of this schema" },
    model: about("the file", TEXT),
    writer: about("what wrote the file", TEXT),
    mode: { description: "mode in which the model was exported", enum: ["training", "evaluation"] },
    tolerance: about("largest deviation of Δ from 1 that counts as clean", {
      type: "number",
      exclusiveMinimum: 0,
      maximum: 0.5,
    }),
    verdict: about("verdict on the whole", VERDICT),
    norms: { description: "in the order of the network", type: "array", items: { $ref: "#/$defs/audit" } },
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
    measured: about("reserved for measurements", { type: "null" }),
    repaired: about("reserved for repaired statistics", { type: "null" }),
    control: about("whether no noise reaches it", { type: "boolean" }),
    verdict: about("verdict on this norm", VERDICT),
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
