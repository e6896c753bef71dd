import type { Piece } from "./follow.ts";
import {
  affine,
  averagesOf,
  isZero,
  lazily,
  NO_COVARIANCE,
  ofTypes,
  type Phases,
  partsOf,
  type Signal,
  TOO_LONG,
  testSquare,
  typesOf,
  type Work,
} from "./signal.ts";

/**
 * Behind Batch Normalization: each channel less its mean during training, over the deviation √V that it had then, in both phases. A text
 * says why there is no closed form.
 */
export function behindBatchNorm(signal: Signal, work: Work): Signal | string {
  if (signal.train === 0) return "its input does not vary during training";
  if (signal.channels.kind === "alike") {
    const deviation = Math.sqrt(signal.train);
    return {
      ...signal,
      ...{ train: 1, test: signal.test / signal.train, mean: 0, meanSquare: 0, cross: 0 },
      moved: signal.moved / deviation,
      movedSquare: signal.movedSquare / signal.train,
      positions: over(signal.positions, signal.train),
      units: over(signal.units, signal.train),
    };
  }
  const known = typesOf(signal);
  if (typeof known === "string") return known;
  const before = known();
  work.left -= before.length * partsOf(before);
  if (work.left <= 0) return TOO_LONG;
  if (before.some(({ train }) => train.variance === 0)) return "a channel does not vary during training";
  const types = before.map(({ weight, train, test }) => {
    const scale = 1 / Math.sqrt(train.variance);
    const change = { shift: -train.mean * scale, scale };
    return { weight, train: { ...affine(train, change), mean: 0, variance: 1 }, test: affine(test, change) };
  });
  const [only] = before.length === 1 ? before : [];
  const scaled = (covariance: Phases | null) => {
    if (isZero(covariance)) return NO_COVARIANCE;
    return only === undefined ? null : over(covariance, only.train.variance);
  };
  return {
    ...averagesOf(types),
    ...{ train: 1, mean: 0, meanSquare: 0, cross: 0 },
    positions: scaled(signal.positions),
    units: scaled(signal.units),
    origins: signal.origins,
    bySample: signal.bySample,
    channels: ofTypes(types),
  };
}

function over(covariance: Phases | null, variance: number): Phases | null {
  return covariance && { train: covariance.train / variance, test: covariance.test / variance };
}

/** Of a sample, over its channels and positions: mean and mean square about it, the same in every sample of a wide layer. */
export interface SampleStatistics {
  readonly mean: Phases;
  readonly square: Phases;
}

/** What Layer Normalization divides by, in each phase. A text says why samples differ. */
export function sampleStatistics(pieces: readonly Piece[]): SampleStatistics | string {
  let channels = 0;
  const mean = { train: 0, test: 0 };
  const square = { train: 0, test: 0 };
  for (const { channels: count, signal } of pieces) {
    if (signal.bySample) return "noise that a sample shares moves its own statistics";
    if (!isZero(signal.units)) return "units are correlated, so each sample has statistics of its own";
    channels += count;
    mean.train += count * signal.mean;
    mean.test += count * (signal.mean + signal.moved);
    square.train += count * (signal.train + signal.meanSquare);
    square.test += count * (signal.test + testSquare(signal));
  }
  for (const phase of ["train", "test"] as const) {
    mean[phase] /= channels;
    square[phase] = square[phase] / channels - mean[phase] * mean[phase];
    if (!(square[phase] > 0)) return "a sample does not vary over its channels";
  }
  return { mean, square };
}

/** Behind Layer Normalization, which goes by each sample's own statistics in both phases. */
export function behindSampleNorm(signal: Signal, { mean, square }: SampleStatistics, work: Work): Signal {
  const train = { scale: 1 / Math.sqrt(square.train), shift: -mean.train / Math.sqrt(square.train) };
  const test = { scale: 1 / Math.sqrt(square.test), shift: -mean.test / Math.sqrt(square.test) };
  const { channels } = signal;
  const known = channels.kind === "types" ? channels.types : undefined;
  // m′ = k·m + s, and δ′ = l·(m + δ) + t − m′ = (l − k)·m + l·δ + (t − s).
  const [k, s, l] = [train.scale, train.shift, test.scale];
  const [of, by] = [l - k, test.shift - s];
  const { mean: m, meanSquare, moved, movedSquare, cross } = signal;
  const nextMoved = of * m + l * moved + by;
  return {
    ...signal,
    train: signal.train / square.train,
    test: signal.test / square.test,
    mean: k * m + s,
    meanSquare: k * k * meanSquare + 2 * k * s * m + s * s,
    moved: nextMoved,
    // Never below 0, except for rounding.
    movedSquare: Math.max(
      0,
      of * of * meanSquare + l * l * movedSquare + by * by + 2 * (of * l * cross + of * by * m + l * by * moved),
    ),
    cross: k * (of * meanSquare + l * cross + by * m) + s * nextMoved,
    positions: signal.positions && {
      train: signal.positions.train / square.train,
      test: signal.positions.test / square.test,
    },
    units: NO_COVARIANCE,
    channels:
      known === undefined
        ? channels
        : lazily(
            () => known().map((type) => ({ ...type, train: affine(type.train, train), test: affine(type.test, test) })),
            { from: [signal], work },
          ),
  };
}
