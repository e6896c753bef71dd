import { about, type JsonSchema, nullable, object } from "../scenario/json-schema.ts";
import { NETWORK_THEORY_SCHEMA, NORMS } from "./network-record.ts";

const NUMBER = { type: "number" };
const NOT_NEGATIVE = { type: "number", minimum: 0 };
const TEXT = { type: "string" };
const COUNT = { type: "integer", minimum: 1 };

/** JSON Schema (2020-12) of what `vshift theory --network` writes as JSON and NDJSON. */
export function networkTheorySchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "vshift theory --network",
    description: "The closed form at each position of a network that is written as text.",
    ...object({
      schema: { const: NETWORK_THEORY_SCHEMA, description: "name and version of this schema" },
      network: about("canonical text of the network", TEXT),
      positions: { description: "in the order of the network", type: "array", items: positionPart() },
    }),
  };
}

function positionPart(): JsonSchema {
  return object({
    position: object({
      index: about("number of the position", COUNT),
      name: about("its name", TEXT),
      norm: nullable("at the network's output", { description: "what normalises there", enum: [...NORMS] }),
    }),
    shape: about("channels, and the lengths of a map", { type: "array", items: COUNT, minItems: 1 }),
    theory: nullable("without a closed form", about("the closed form", theoryPart())),
    theoryReason: nullable("with a closed form", about("why there is none, and at which layer", TEXT)),
  });
}

function theoryPart(): JsonSchema {
  const quiet = "where no noise comes before it and only Δ = 1 is known";
  return object({
    trainVariance: nullable(quiet, about("variance during training", NOT_NEGATIVE)),
    testVariance: nullable(quiet, about("variance at test time", NOT_NEGATIVE)),
    shift: about("variance shift Δ = testVariance / trainVariance", NOT_NEGATIVE),
    meanShift: nullable(
      "at norms of samples",
      about("squared distance of the channels' means from those of training, over the variance", NOT_NEGATIVE),
    ),
    trainMean: nullable(quiet, about("mean over data and channels during training", NUMBER)),
    testMean: nullable(quiet, about("mean over data and channels at test time", NUMBER)),
  });
}
