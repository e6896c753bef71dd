import { activationOf } from "../activations/activations.ts";
import { channelStarts, type PositionStatistics } from "../forward/statistics.ts";
import type { Layer, Network } from "../network/network.ts";

/**
 * Running statistics without what the noise adds to them, and without data: the running variance of a channel less
 * σ² Σ w² E x², of the noise before its layer, and with residual connections of all before. x is f of a standard normal, which
 * Batch Normalization makes of its input during training, and with these statistics at test time, too.
 *
 * squares   Σw² of each neuron, by the node of its linear layer
 */
export function corrected(
  { nodes, positions }: Network,
  statistics: PositionStatistics,
  squares: readonly (Float64Array | undefined)[],
): PositionStatistics {
  const added: (readonly number[])[] = [];
  const secondMoments: number[] = [];
  for (const [index, { layer, from }] of nodes.entries()) {
    const [first = -1] = from;
    secondMoments.push(secondMomentOf(layer, secondMoments[first] ?? 1));
    added.push(
      addedBy(layer, {
        inputs: from.map((node) => added[node] ?? []),
        secondMoment: secondMoments[first] ?? 1,
        squares: squares[index],
      }),
    );
  }
  const { starts } = channelStarts(positions);
  const variance = statistics.variance.slice();
  for (const [index, { node }] of positions.entries()) {
    for (const [channel, noise] of (added[node] ?? []).entries()) {
      const at = (starts[index] ?? 0) + channel;
      // A channel whose noise was, by chance, more than it had: what is left of it is unknown, and not negative.
      variance[at] = Math.max(variance[at] - noise, LEAST_LEFT * variance[at]);
    }
  }
  return { mean: statistics.mean, variance };
}

/** Of a running variance, at the least. */
const LEAST_LEFT = 1e-3;

/** E x² of a node's units, as far as a norm before it says. */
function secondMomentOf(layer: Layer, ofInput: number): number {
  if (layer.kind === "activation") return activationOf(layer.activation).meanField().secondMoment;
  return layer.kind === "noise" ? ofInput : 1;
}

interface NoiseBefore {
  /** Variance that the noise adds to each channel of what the node reads; empty where it adds none. */
  readonly inputs: readonly (readonly number[])[];
  readonly secondMoment: number;
  readonly squares: Float64Array | undefined;
}

/** Variance that the noise adds to each channel of a node's output; empty where it adds none. */
function addedBy(layer: Layer, { inputs, secondMoment, squares }: NoiseBefore): readonly number[] {
  const [first = []] = inputs;
  switch (layer.kind) {
    case "noise":
      return [layer.relativeVariance * secondMoment];
    case "linear":
      // Noise is the same on all units of a layer.
      return first.length === 0 ? [] : Array.from(squares ?? [], (square) => (first[0] ?? 0) * square);
    case "add":
      return inputs.reduce((sum, one) => sumOf(sum, one));
    case "input":
    case "norm":
    case "activation":
      return [];
    case "added-noise":
    case "convolution":
    case "function":
    case "pool":
    case "flatten":
    case "concat":
      throw new RangeError(`no statistics without data are known behind the layer ${layer.kind}`);
  }
}

function sumOf(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return a.map((value, at) => value + (b[at] ?? 0));
}
