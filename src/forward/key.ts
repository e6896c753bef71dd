import seedrandom from "seedrandom";
import type { AddedNoise, InputLayer, NoiseOfNetwork, WeightsOfLayer } from "../network/network.ts";
import { propertiesOf } from "../noises/noises.ts";
import type { WordPair } from "../random/threefry.ts";
import { identify } from "../scenario/canonical.ts";

// Common random numbers: what networks have in common they draw alike, so that a comparison differs in what it varies and in
// nothing else. Strengths, means and correlations are what the draws are turned into, and are in no key. Where there are several
// layers of a kind, the layer's number is in it.

/** The root key of the input: of the seed and of the kind of law, or of the rows of a file. */
export function inputKey(seed: string, { activation, activationDigest }: InputLayer): WordPair {
  return keyOf(identify({ drawn: "input", seed, activation, activationDigest }));
}

/** The root key of the masks: of the seed, the layer and what is masked. */
export function noiseKey(seed: string, { noise, number, sharing }: NoiseOfNetwork): WordPair {
  const masked = sharing.by === "unit" ? propertiesOf(noise).shares : sharing.by;
  return keyOf(identify({ drawn: "noise", seed, masked, layer: number }));
}

/** The root key of noise that is added. */
export function addedNoiseKey(seed: string, { number }: AddedNoise): WordPair {
  return keyOf(identify({ drawn: "noise", seed, masked: "added", layer: number }));
}

/** The root key of the weights of a layer, see `weightsId`. */
export function weightsKey(seed: string, layer: WeightsOfLayer): WordPair {
  return keyOf(weightsId(seed, layer));
}

/**
 * The identity of the draws that weights are made of: of the seed, the layer and its size, and the law that all kinds are scaled
 * from.
 */
export function weightsId(seed: string, { width, neurons, weights, number }: WeightsOfLayer): string {
  const law = weights === "uniform" ? "uniform" : "normal";
  return identify({ drawn: "weights", seed, width, neurons, law, layer: number });
}

/** The root key of the masks of one noise layer of a trained model. */
export function modelNoiseKey(seed: string, layer: number): WordPair {
  return keyOf(identify({ drawn: "noise", seed, masked: "trained", layer }));
}

/**
 * seedrandom repeats a seed's text until its pool is full, so that "1" and "11" would be one stream, and reads only the low
 * byte of a character. It is therefore given the SHA-256 of all that the draws depend on, whose length is always the same.
 */
function keyOf(id: string): WordPair {
  const root = seedrandom(id);
  return [root.int32(), root.int32()];
}
