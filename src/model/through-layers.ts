import { type BoundFunction, pointwise } from "../activations/pointwise.ts";
import { concatenated, flattened, independent, rescaled, sumOf } from "./covariance.ts";
import type { ActivationOfModel, FlattenOfModel, ModelNode, NoiseOfModel, PoolOfModel } from "./graph.ts";
import { momentsUnderNormal } from "./moments-under-normal.ts";
import {
  ACROSS_OF,
  acrossOf,
  type Bounds,
  type ChannelMoments,
  cleanSignal,
  type FreshNoise,
  isBoundOnly,
  isPoint,
  lengthsOf,
  noiseOf,
  productOf,
  type Signal,
  settled,
  unknownFor,
  widest,
} from "./signal.ts";
import { positionsInWindow } from "./windows.ts";

// How noise that is known at the input of a layer without weights stands at its output. Each function is given a signal without `unknown`, which passes any
// layer unchanged.

/** Multipliers one behind another: 1 + σ² = (1 + σ₁²)(1 + σ₂²). */
export function throughNoise(signal: Signal, { noise, shares, variance }: NoiseOfModel, node: number): Signal {
  const at = { ...signal, noise: [...signal.noise, node] };
  if (variance === null) return unknownFor(at, REASONS[noise]);
  const own = shares === "sample" ? "block" : shares === "channel" && !isPoint(signal) ? "channel" : "unit";
  const draws = new Float64Array(signal.channels).fill(variance);
  if (noise !== "added") {
    const before = signal.fresh;
    const relativeVariance = draws.map(
      (one, channel) => (1 + (before?.relativeVariance[channel] ?? 0)) * (1 + one) - 1,
    );
    return { ...at, fresh: { relativeVariance, shares: before === null || before.shares === own ? own : "block" } };
  }
  const drawn = {
    ...cleanSignal(signal.channels, signal.positions),
    added: independent(draws),
    across: ACROSS_OF[own],
  };
  return throughAdd([signal, { ...drawn, noise: [node] }], signal);
}

const REASONS: { readonly [Kind in NoiseOfModel["noise"]]: string } = {
  dropout: "dropout of an unknown rate",
  "alpha-dropout": "alpha dropout does not multiply alone",
  multiplied: "noise of an unknown strength",
  added: "noise of an unknown strength",
  unknown: "noise that is neither a multiplier of mean 1 nor added",
};

/** Behind the norm before it a channel is taken to be normal; a function that is homogeneous lets a mask pass. */
export function throughActivation(signal: Signal, { activation }: ActivationOfModel): Signal {
  const f = pointwise(activation);
  const { moments, added } = signal;
  if (signal.fresh !== null && !f.isHomogeneous) return unknownFor(signal, `noise before ${activation.name}`);
  if (isBoundOnly(signal))
    return unknownFor(signal, `noise that is known within bounds only before ${activation.name}`);
  const square = f.isHomogeneous ? squareBehind(f, signal) : null;
  if (!moments?.isNormal) {
    const reason = `noise before ${activation.name}, and no norm between`;
    const isNoisy = added !== null || signal.meanShift.some((shift) => shift !== 0);
    return isNoisy ? unknownFor(signal, reason) : { ...signal, moments: null, square };
  }
  const channels = signal.channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  const meanShift = new Float64Array(channels);
  const gate = new Float64Array(channels);
  const lost = new Float64Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const of = { mean: moments.mean[channel] as number, variance: moments.variance[channel] as number };
    const shift = signal.meanShift[channel] as number;
    const less = added?.variances[channel] ?? 0;
    const train = momentsUnderNormal(f, of);
    const isMoved = less !== 0 || shift !== 0;
    const test = isMoved
      ? momentsUnderNormal(f, { mean: of.mean + shift, variance: Math.max(0, of.variance - less) })
      : train;
    mean[channel] = train.mean;
    variance[channel] = train.variance;
    meanShift[channel] = test.mean - train.mean;
    gate[channel] = (train.slope + test.slope) / 2;
    lost[channel] = train.variance - test.variance;
  }
  return {
    ...signal,
    moments: { mean, variance, isNormal: false },
    square,
    meanShift,
    added: added === null ? null : rescaled(added, gate, lost),
    addedBounds: null,
  };
}

/**
 * E f(x)², for f with slope 1 above 0 and a smaller one below: at most E x², and at least f(E x)² where f(E x) > 0, by Jensen's
 * inequality.
 */
function squareBehind(f: BoundFunction, { moments, square }: Signal): Bounds | null {
  if (!moments?.isNormal || square === null || Math.abs(f.at(-1)) > 1) return null;
  return { low: moments.mean.map((mean) => Math.max(0, f.at(mean)) * Math.max(0, f.at(mean))), high: square.high };
}

/** The average divides noise of independent positions by the window; the largest lets nothing pass but a mask that they share. */
export function throughPool(signal: Signal, layer: PoolOfModel, { shape }: ModelNode): Signal {
  const { pool } = layer;
  const positions = lengthsOf(shape.slice(2));
  const window = positionsInWindow(layer, { before: signal.positions, after: positions });
  const tiles =
    window !== null &&
    positions !== null &&
    signal.positions !== null &&
    window * productOf(positions) === productOf(signal.positions);
  // The square of an average is at most the average of the squares.
  const isBounded = pool === "average" && tiles && signal.square !== null;
  const square = isBounded ? { low: zeros(signal), high: signal.square.high } : null;
  const out: Signal = { ...signal, positions, moments: null, square };
  if (signal.noise.length === 0) return out;
  const { fresh, added } = signal;
  const commutes = fresh !== null && fresh.shares !== "unit" && added === null && !isMoved(signal);
  if (commutes) return out;
  if (pool === "max") return unknownFor(out, "noise before a max-pool");
  if (window === null) return unknownFor(out, "noise before an average of unknown windows");
  if (isBoundOnly(signal)) return unknownFor(out, "noise that is known within bounds only before an average");
  const across = acrossOf(signal);
  if (fresh === null && (across === "channel" || across === "block")) return out;
  const total = settled(signal);
  if (total === null || across !== "independent") {
    return unknownFor(out, "noise that neighbouring positions share before an average");
  }
  const shrunk = new Float64Array(signal.channels).fill(Math.sqrt(1 / window));
  return {
    ...out,
    fresh: null,
    added: rescaled(
      total,
      shrunk,
      total.variances.map((variance) => variance / window),
    ),
    addedBounds: null,
  };
}

/** Noise of different summands is taken to be independent. */
export function throughAdd(
  signals: readonly Signal[],
  { positions }: { readonly positions: readonly number[] | null },
): Signal {
  const noisy = signals.filter(({ noise }) => noise.length > 0);
  const channels = Math.max(...signals.map((signal) => signal.channels));
  const out = { ...cleanSignal(channels, positions), noise: noiseOf(noisy) };
  if (noisy.length === 0) return out;
  const isFitting = noisy.every((signal) => signal.channels === channels && isOver(signal, positions));
  if (!isFitting) return unknownFor(out, "noise before an addition of different shapes");
  const known = noisy.map(settled).filter((total) => total !== null);
  const [only] = noisy;
  const addedBounds = noisy.length === 1 && only?.fresh === null ? only.addedBounds : null;
  const isBounded = addedBounds !== null && only?.added === null;
  if (known.length < noisy.length && !isBounded) {
    return unknownFor(out, "noise on a value that comes from no norm, before an addition");
  }
  const meanShift = new Float64Array(channels);
  for (const signal of noisy) {
    for (let at = 0; at < channels; at++) meanShift[at] = (meanShift[at] as number) + (signal.meanShift[at] as number);
  }
  return {
    ...out,
    meanShift,
    added: isBounded ? null : known.reduce(sumOf),
    across: widest(noisy.map(acrossOf)),
    addedBounds,
  };
}

/** Whether a value has these positions; open lengths are taken to be the same. */
function isOver(signal: Signal, positions: readonly number[] | null): boolean {
  return signal.positions === null || positions === null || productOf(signal.positions) === productOf(positions);
}

export function throughConcat(signals: readonly Signal[], { shape }: ModelNode): Signal {
  const channels = signals.reduce((sum, signal) => sum + signal.channels, 0);
  const out = { ...cleanSignal(channels, lengthsOf(shape.slice(2))), noise: noiseOf(signals) };
  const bounded = signals.filter(isBoundOnly).length;
  if (bounded > 0 && signals.some(({ added }) => added !== null)) {
    return unknownFor(out, "noise that is known within bounds only, next to other noise");
  }
  const isAdded = signals.some(({ added }) => added !== null);
  return {
    ...out,
    moments: momentsOf(signals),
    square: boundsOf(signals.map(({ square }) => square)),
    meanShift: joined(signals.map(({ meanShift }) => meanShift)),
    added: isAdded ? concatenated(signals.map((signal) => signal.added ?? independent(zeros(signal)))) : null,
    across: widest(signals.map(({ across }) => across)),
    addedBounds:
      bounded > 0
        ? boundsOf(signals.map((signal) => signal.addedBounds ?? { low: zeros(signal), high: zeros(signal) }))
        : null,
    fresh: freshOf(signals),
  };
}

function momentsOf(signals: readonly Signal[]): ChannelMoments | null {
  const all = signals.map(({ moments }) => moments).filter((moments) => moments !== null);
  if (all.length < signals.length) return null;
  return {
    mean: joined(all.map(({ mean }) => mean)),
    variance: joined(all.map(({ variance }) => variance)),
    isNormal: all.every(({ isNormal }) => isNormal),
  };
}

function boundsOf(parts: readonly (Bounds | null)[]): Bounds | null {
  const all = parts.filter((part) => part !== null);
  if (all.length < parts.length) return null;
  return { low: joined(all.map(({ low }) => low)), high: joined(all.map(({ high }) => high)) };
}

function freshOf(signals: readonly Signal[]): FreshNoise | null {
  const [first, ...others] = signals.map(({ fresh }) => fresh?.shares).filter((shares) => shares !== undefined);
  if (first === undefined) return null;
  return {
    relativeVariance: joined(signals.map((signal) => signal.fresh?.relativeVariance ?? zeros(signal))),
    shares: others.every((shares) => shares === first) ? first : "block",
  };
}

/** Every position of a channel as a channel. */
export function throughFlatten(signal: Signal, { fastest }: FlattenOfModel): Signal {
  const count = signal.positions === null ? null : productOf(signal.positions);
  if (count === 1) return { ...signal, positions: [] };
  const channels = signal.channels * (count ?? 1);
  const out = { ...cleanSignal(channels, []), noise: signal.noise };
  if (signal.noise.length > 0 && (count === null || isBoundOnly(signal))) {
    return unknownFor(out, "noise that positions share before they are flattened");
  }
  const channelAt = (at: number) => (fastest === "positions" ? Math.floor(at / (count ?? 1)) : at % signal.channels);
  const repeated = (values: Float64Array) =>
    Float64Array.from({ length: channels }, (_, at) => values[channelAt(at)] as number);
  const { moments, fresh, added } = signal;
  return {
    ...out,
    moments: moments && { ...moments, mean: repeated(moments.mean), variance: repeated(moments.variance) },
    meanShift: repeated(signal.meanShift),
    added: added && flattened(added, count ?? 1, fastest),
    across: signal.across === "channel" ? "block" : signal.across,
    fresh: fresh && {
      relativeVariance: repeated(fresh.relativeVariance),
      shares: fresh.shares === "unit" ? "unit" : "block",
    },
  };
}

export function throughScale(signal: Signal, factor: number): Signal {
  const times = (values: Float64Array, by: number) => values.map((value) => value * by);
  const square = factor * factor;
  const widened = (bounds: Bounds | null) =>
    bounds && { low: times(bounds.low, square), high: times(bounds.high, square) };
  const { moments, added } = signal;
  return {
    ...signal,
    moments: moments && { ...moments, mean: times(moments.mean, factor), variance: times(moments.variance, square) },
    square: widened(signal.square),
    meanShift: times(signal.meanShift, factor),
    added: added && rescaled(added, zeros(signal).fill(factor), times(added.variances, square)),
    addedBounds: widened(signal.addedBounds),
  };
}

function isMoved({ meanShift, addedBounds }: Signal): boolean {
  return addedBounds !== null || meanShift.some((shift) => shift !== 0);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    result.set(part, start);
    start += part.length;
  }
  return result;
}

function zeros({ channels }: Signal): Float64Array {
  return new Float64Array(channels);
}
