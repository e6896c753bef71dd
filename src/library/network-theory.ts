import { VshiftError } from "../errors.ts";
import { NO_VARIABLES, parseVariables, type Variables } from "../notation/variables.ts";
import { type NetworkTheoryRecord, networkTheoryRecord } from "../report/network-record.ts";
import { optional, optionsOf, required, TEXT } from "../scenario/arguments.ts";
import { networkText } from "../scenario/layer-lists.ts";
import { manyIn } from "../scenario/variables.ts";

/** What a network's text leaves open. */
export interface NetworkTheoryOptions {
  /** Values of the text's variables, as in "p=0.3, q=2" [none]. */
  readonly variables?: string;
}

/**
 * The closed forms at each position of a network that is written down, as `vshift theory --network` gives them: variances and means of
 * both phases, and where there is none, at which layer it ends and why. Nothing is drawn.
 *
 * network  layers in the notation of docs/NETWORKS.md, as one text or a list of layers
 *
 * Throws a `VshiftError` that points at what is wrong with the text.
 */
export function networkTheory(
  network: string | readonly string[],
  options: NetworkTheoryOptions = {},
): NetworkTheoryRecord {
  NETWORK(network, "network");
  const { variables } = OPTIONS(options);
  return networkTheoryRecord(networkText(network), variables === undefined ? NO_VARIABLES : oneOfEach(variables));
}

function oneOfEach(variables: string): Variables {
  const many = manyIn(variables);
  if (many === undefined) return parseVariables(variables);
  throw new VshiftError({
    code: "invalid-value",
    field: "variables",
    problem: `${many.said} is ${many.isList ? "a list" : "a range"}, and a network has one value of each`,
    hint: "give one value, and call it for each",
  });
}

const NETWORK = required({
  accepts: (value) =>
    typeof value === "string" || (Array.isArray(value) && value.every((layer) => typeof layer === "string")),
  is: "a network as text, or a list of its layers",
  hint: 'write for example "input(512) dropout(0.5) bn"',
});

const OPTIONS = optionsOf<NetworkTheoryOptions>({ variables: optional(TEXT) });
