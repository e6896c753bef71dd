import seedrandom from "seedrandom";
import { propertiesOf } from "../noises/noises.ts";
import type { WordPair } from "../random/threefry.ts";
import { identify } from "../scenario/canonical.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { stackDrawId } from "../scenario/stack/identity.ts";
import type { StackScenario } from "../scenario/stack/stack.ts";

// Common random numbers: what scenarios have in common they draw alike, so that a comparison differs in what it varies and in
// nothing else. Strengths, means and correlations are what the draws are turned into, and are in no key.

/** The root key of the input: of the seed and of the kind of law, or of the rows of a file. */
export function inputKey({ seed, activation, activationDigest }: Scenario): WordPair {
  return keyOf(identify({ drawn: "input", seed, activation, activationDigest }));
}

/** The root key of the masks: of the seed and of what is masked. */
export function noiseKey({ seed, noise }: Scenario): WordPair {
  return keyOf(identify({ drawn: "noise", seed, masked: propertiesOf(noise).shares }));
}

/** The root key of the weights of a linear layer, see `weightsId`. */
export function weightsKey(scenario: Scenario): WordPair {
  return keyOf(weightsId(scenario));
}

/** The identity of the draws that weights are made of: of the seed, the layer's size, and the law that all kinds are scaled from. */
export function weightsId({ seed, width, neurons, weights }: Scenario): string {
  return identify({ drawn: "weights", seed, width, neurons, law: weights === "uniform" ? "uniform" : "normal" });
}

/** The root key of every draw of a stack. */
export function stackKey(stack: StackScenario): WordPair {
  return keyOf(stackDrawId(stack));
}

/**
 * seedrandom repeats a seed's text until its pool is full, so that "1" and "11" would be one stream, and reads only the low
 * byte of a character. It is therefore given the SHA-256 of all that the draws depend on, whose length is always the same.
 */
function keyOf(id: string): WordPair {
  const root = seedrandom(id);
  return [root.int32(), root.int32()];
}
