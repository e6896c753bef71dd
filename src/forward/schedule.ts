import type { ActivationKind } from "../activations/activations.ts";
import type { InputLayer, LinearLayer, Network, NoiseOfNetwork } from "../network/network.ts";

/**
 * A network without any statistics that a later layer depends on: input → noise → an optional linear layer and function → Batch
 * Normalization. Stages of it stream through all layers while they are in the cache, and both phases need one pass.
 */
export interface Segment {
  readonly seed: string;
  readonly input: InputLayer;
  readonly noise: NoiseOfNetwork;
  readonly linear: LinearLayer | null;
  readonly activation: ActivationKind | null;
}

/** The network as one segment; undefined where it needs whole mini-batches, and statistics that training leaves behind. */
export function segmentOf({ seed, nodes, positions }: Network): Segment | undefined {
  const [input, noise, ...rest] = nodes.map(({ layer }) => layer);
  const isChain = nodes.every(({ from }, index) => (index === 0 ? from.length === 0 : from[0] === index - 1));
  if (input?.kind !== "input" || noise?.kind !== "noise" || !isChain || positions.length !== 1) return undefined;
  const linear = rest[0]?.kind === "linear" ? rest[0] : null;
  const afterLinear = linear === null ? rest : rest.slice(1);
  const activation = afterLinear[0]?.kind === "activation" ? afterLinear[0].activation : null;
  const [norm, ...others] = activation === null ? afterLinear : afterLinear.slice(1);
  if (norm?.kind !== "norm" || norm.norm !== "batch" || others.length > 0) return undefined;
  return { seed, input, noise, linear, activation };
}
