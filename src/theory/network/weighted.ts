import {
  type ConvolutionLayer,
  type LayerWeights,
  type LinearLayer,
  paddingOf,
  positionsOf,
  type Shape,
  tapsOf,
} from "../../notation/graph.ts";
import { isZero, NO_COVARIANCE, type Signal, testSquare } from "./signal.ts";

/** What a layer with weights reads, and what it is. */
export interface WeightedSetting {
  readonly layer: LinearLayer | ConvolutionLayer;
  /** Of what it reads, and of its output. */
  readonly before: Shape;
  readonly behind: Shape;
  /** Number of its node. */
  readonly node: number;
}

/**
 * Behind a linear layer or a convolution of a signal, averaged over its neurons.
 *
 * Zero-mean weights, S₂ = E Σw²:
 *
 *   V′ = S₂(φV + (φ − ψ)·E m²)     T′ alike     E m′² = S₂ψ·E m²     E δ′² = S₂ψ·E δ²
 *
 * φ, ψ    means of f and of f² over the taps of a kernel, f the share of positions at which a tap lies on the map: 1 without padding
 *
 * Products of different weights vanish in the mean, so correlations and shared noise of the inputs leave no trace in it.
 *
 * Weights of alignment a, of inputs that all have the same mean and the same covariance of every pair:
 *
 *   V′ = S₂(V + (a − 1)·Cov)       E m′² = a·S₂·m²                                                  Li et al. 2019, eq. 12
 *
 * A text says why there is no closed form.
 */
export function behindWeights(setting: WeightedSetting, signal: Signal): Signal | string {
  const { layer, before, node } = setting;
  const inputs = layer.kind === "linear" ? before.channels : tapsOf(layer, before);
  const weights = sumsOf(layer, { inputs, outputs: outputsOf(setting) });
  const taps = layer.kind === "linear" ? ALL_TAPS : sharesOfTaps(layer, setting);
  const made = { origins: new Set([node]), bySample: signal.bySample };
  if (weights.sum !== null) return aligned(signal, { ...weights, sum: weights.sum, taps, made });
  const { sumOfSquares } = weights;
  const { share, squared } = taps;
  const edge = share - squared;
  const kept = sumOfSquares * squared;
  const units = isZero(signal.units) ? NO_COVARIANCE : null;
  return {
    ...made,
    train: sumOfSquares * (share * signal.train + edge * signal.meanSquare),
    test: sumOfSquares * (share * signal.test + edge * testSquare(signal)),
    mean: 0,
    meanSquare: kept * signal.meanSquare,
    moved: 0,
    movedSquare: kept * signal.movedSquare,
    cross: kept * signal.cross,
    positions:
      layer.kind === "linear"
        ? units
        : signal.positions && { train: kept * signal.positions.train, test: kept * signal.positions.test },
    units,
    channels: channelsBehind(setting, signal),
  };
}

function channelsBehind({ layer, before }: WeightedSetting, signal: Signal): Signal["channels"] {
  const why = (reason: string) => ({ kind: "unknown", reason }) as const;
  if (!isZero(signal.units)) return why("units are correlated, so channels differ behind a linear layer");
  if (signal.bySample) return why("noise that a sample shares makes its scale random");
  if (layer.kind === "conv" && layer.groups > 1 && before.channels / layer.groups < WIDE) {
    return why(`a group of fewer than ${WIDE} channels is not wide`);
  }
  return { kind: "alike" };
}

/** Channels of a group whose sums count as normal. */
export const WIDE = 8;

/** S₂, and E S₁² and E S₁ where the weights have a mean: null where they have none. */
interface Sums {
  readonly sumOfSquares: number;
  readonly sum: { readonly squared: number; readonly mean: number } | null;
}

/** Of the draws of forward/draw-weights.ts: He et al. 2015, eq. 10; Glorot & Bengio 2010, eq. 12; 1/inputs for the others. */
function sumsOf(
  { weights, alignment, mean }: LayerWeights,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): Sums {
  const norm = weights === "he" ? 2 : weights === "xavier" ? (2 * inputs) / (inputs + outputs) : 1;
  if (alignment !== null) {
    const squared = alignment * norm;
    return { sumOfSquares: norm, sum: { squared, mean: Math.sqrt(squared) } };
  }
  if (weights === "constant") return { sumOfSquares: norm, sum: { squared: inputs, mean: Math.sqrt(inputs) } };
  if (mean === null || mean === 0) return { sumOfSquares: norm, sum: null };
  const square = mean * mean;
  return {
    sumOfSquares: norm * (1 + square),
    sum: { squared: norm * (1 + inputs * square), mean: mean * Math.sqrt(norm * inputs) },
  };
}

function outputsOf({ layer, before }: WeightedSetting): number {
  if (layer.kind === "linear") return layer.units;
  return tapsOf(layer, { channels: layer.channels, sizes: before.sizes });
}

interface Aligned {
  readonly sumOfSquares: number;
  readonly sum: { readonly squared: number; readonly mean: number };
  readonly taps: Taps;
  readonly made: Pick<Signal, "origins" | "bySample">;
}

function aligned(signal: Signal, { sumOfSquares, sum, taps, made }: Aligned): Signal | string {
  const { train, test, mean, meanSquare, moved, movedSquare, cross, units, positions } = signal;
  const isAlike = isClose(meanSquare, mean * mean) && isClose(movedSquare, moved * moved);
  if (!isAlike) return "weights of a nonzero mean, and inputs whose means differ";
  if (
    units === null ||
    positions === null ||
    !isClose(units.train, positions.train) ||
    !isClose(units.test, positions.test)
  ) {
    return "weights of a nonzero mean, and inputs that share noise or weights";
  }
  if (taps.share !== 1) return "weights of a nonzero mean, and borders of zeros";
  const pairs = sum.squared - sumOfSquares;
  return {
    ...made,
    // Weights of a mean leave the output correlated with correlated inputs.
    origins: isZero(units) ? made.origins : new Set([...made.origins, ...signal.origins]),
    train: sumOfSquares * train + units.train * pairs,
    test: sumOfSquares * test + units.test * pairs,
    mean: sum.mean * mean,
    meanSquare: sum.squared * meanSquare,
    moved: sum.mean * moved,
    movedSquare: sum.squared * movedSquare,
    cross: sum.squared * cross,
    positions: null,
    units: null,
    channels:
      isZero(units) && !made.bySample
        ? { kind: "alike" }
        : { kind: "unknown", reason: "units are correlated, so the law behind a linear layer is not known" },
  };
}

/** Equal except for rounding. */
function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-12 * Math.abs(one);
}

interface Taps {
  readonly share: number;
  readonly squared: number;
}

const ALL_TAPS: Taps = { share: 1, squared: 1 };

/** Means over the taps of a kernel of the share of positions at which a tap lies on the map, and of its square. */
function sharesOfTaps(layer: ConvolutionLayer, { before, behind }: WeightedSetting): Taps {
  const { kernel, stride } = layer;
  const padding = paddingOf(layer);
  let [share, squared] = [1, 1];
  for (const [direction, length] of before.sizes.entries()) {
    const positions = behind.sizes[direction] ?? positionsOf(behind);
    let [once, twice] = [0, 0];
    for (let tap = 0; tap < kernel; tap++) {
      const first = Math.max(0, Math.ceil((padding - tap) / stride));
      const last = Math.min(positions - 1, Math.floor((length - 1 + padding - tap) / stride));
      const f = Math.max(0, last - first + 1) / positions;
      once += f / kernel;
      twice += (f * f) / kernel;
    }
    share *= once;
    squared *= twice;
  }
  // Taps that all lie on the map add up to 1 except for rounding.
  return Math.abs(share - 1) < 1e-12 ? ALL_TAPS : { share, squared };
}
