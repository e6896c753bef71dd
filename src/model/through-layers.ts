import {
  concatenated,
  flattened,
  independent,
  mixed,
  type NoiseCovariance,
  rescaled,
  sumOf,
  type Tap,
} from "./covariance.ts";
import type {
  ActivationOfModel,
  ConvolutionOfModel,
  LinearOfModel,
  ModelNode,
  NoiseOfModel,
  PoolOfModel,
} from "./graph.ts";
import { momentsUnderNormal } from "./moments-under-normal.ts";
import { type BoundFunction, pointwise } from "./pointwise.ts";
import {
  ACROSS,
  type Across,
  type Bounds,
  type ChannelMoments,
  cleanSignal,
  type FreshNoise,
  noiseOf,
  type Signal,
  unknownFor,
} from "./signal.ts";

// How noise that is known at a layer's input stands at its output. Each function is given a signal without `unknown`, which passes any
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
  unknown: "noise written by hand that is neither a multiplier of mean 1 nor added",
};

const ACROSS_OF: { readonly [Shares in FreshNoise["shares"]]: Across } = {
  unit: "independent",
  channel: "channel",
  block: "block",
};

/** That of all noise of a value, `fresh` noise too. */
export function acrossOf({ across, fresh }: Signal): Across {
  return widest([across, fresh === null ? "independent" : ACROSS_OF[fresh.shares]]);
}

function widest(all: readonly Across[]): Across {
  return ACROSS.findLast((across) => all.includes(across)) ?? "independent";
}

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

/** A matrix over the channels. */
export function throughLinear(signal: Signal, { weight }: LinearOfModel): Signal {
  const [neurons = 0, width = 0] = weight.shape;
  if (signal.noise.length === 0) return cleanSignal(neurons, signal.positions);
  if (width !== signal.channels || !isPoint(signal)) {
    return unknownFor({ ...signal, channels: neurons }, "noise before a linear layer over the last of several axes");
  }
  const tap = { weights: weight.values(), share: 1, least: 1, most: 1 };
  return throughTaps(signal, { neurons, positions: [], isPointwise: true, taps: [tap] });
}

/** A convolution as a matrix at each tap of its kernel. */
export function throughConvolution(signal: Signal, layer: ConvolutionOfModel, { shape }: ModelNode): Signal {
  const [neurons = 0, width = 0, ...kernel] = layer.weight.shape;
  const positions = lengthsOf(shape.slice(2));
  if (signal.noise.length === 0) return cleanSignal(neurons, positions);
  const isFitting = width * layer.groups === signal.channels && kernel.length === signal.positions?.length;
  if (!isFitting) return unknownFor({ ...signal, channels: neurons }, "noise before a convolution of another shape");
  const isPointwise = kernel.every((length) => length === 1);
  const taps = { [Symbol.iterator]: () => tapsOf(layer, { input: signal.positions, output: positions }) };
  return throughTaps(signal, { neurons, positions, isPointwise, taps });
}

interface BoundedTap extends Tap {
  /** Bounds on the sum over output positions of what the tap reads, over that at all input positions, both as averages. */
  readonly least: number;
  readonly most: number;
}

interface Taps {
  readonly neurons: number;
  readonly positions: readonly number[] | null;
  readonly isPointwise: boolean;
  readonly taps: Iterable<BoundedTap>;
}

function throughTaps(signal: Signal, { neurons, positions, isPointwise, taps }: Taps): Signal {
  const out = { ...signal, channels: neurons, positions };
  if (isBoundOnly(signal)) return unknownFor(out, "noise that is known within bounds only before a second layer");
  const across = acrossOf(signal);
  if (across === "block") return unknownFor(out, "a mask that several inputs of a layer share");
  if (across === "channel" && !isPointwise) {
    return unknownFor(out, "a mask that positions share before a kernel larger than 1 × 1");
  }
  const total = settled(signal);
  const addedBounds = boundsBehind(signal, { neurons, taps });
  if (total === null && signal.fresh !== null && addedBounds === null) {
    return unknownFor(out, "noise on a value that comes from no norm");
  }
  const meanShift = new Float64Array(neurons);
  if (signal.meanShift.some((shift) => shift !== 0)) {
    for (const { weights, share } of taps) addProduct(meanShift, { weights, by: signal.meanShift, scale: share });
  }
  return {
    ...cleanSignal(neurons, positions),
    noise: signal.noise,
    meanShift,
    added: total === null ? null : mixed(total, taps, neurons),
    across: isPointwise ? across : "near",
    addedBounds,
  };
}

/** Σ w²σ²·E x² over taps and channels, for any law of the data; of masks of units on a value that no earlier noise reached. */
function boundsBehind(
  { fresh, added, square }: Signal,
  { neurons, taps }: Pick<Taps, "neurons" | "taps">,
): Bounds | null {
  if (fresh?.shares !== "unit" || added !== null || square === null) return null;
  const low = new Float64Array(neurons);
  const high = new Float64Array(neurons);
  const least = fresh.relativeVariance.map((variance, channel) => variance * (square.low[channel] as number));
  const most = fresh.relativeVariance.map((variance, channel) => variance * (square.high[channel] as number));
  for (const tap of taps) {
    if (tap.most === Number.POSITIVE_INFINITY) return null;
    const weights = tap.weights.map((weight) => weight * weight);
    addProduct(low, { weights, by: least, scale: tap.least });
    addProduct(high, { weights, by: most, scale: tap.most });
  }
  return { low, high };
}

/** sums ← sums + scale·W·by. */
function addProduct(
  sums: Float64Array,
  { weights, by, scale }: { readonly weights: Float64Array; readonly by: Float64Array; readonly scale: number },
): void {
  for (let neuron = 0; neuron < sums.length; neuron++) {
    let sum = 0;
    for (let k = 0; k < by.length; k++) sum += (weights[neuron * by.length + k] as number) * (by[k] as number);
    sums[neuron] = (sums[neuron] as number) + scale * sum;
  }
}

interface Maps {
  readonly input: readonly number[] | null;
  readonly output: readonly number[] | null;
}

/** The taps of a kernel, one at a time: their matrices together may be large. */
function* tapsOf(layer: ConvolutionOfModel, { input, output }: Maps): Generator<BoundedTap> {
  const [neurons = 0, width = 0, ...kernel] = layer.weight.shape;
  const values = layer.weight.values();
  const count = productOf(kernel);
  const channels = width * layer.groups;
  for (let tap = 0; tap < count; tap++) {
    const weights = new Float64Array(neurons * channels);
    for (let neuron = 0; neuron < neurons; neuron++) {
      const start = neuron * channels + Math.floor((neuron * layer.groups) / neurons) * width;
      for (let k = 0; k < width; k++) weights[start + k] = values[(neuron * width + k) * count + tap] as number;
    }
    yield { weights, ...coverage(layer, { input, output, tap }) };
  }
}

/** At which share of the output's positions a tap is inside of the map, and what it reads at least and at most. */
function coverage(
  { weight, stride, padding, dilation }: ConvolutionOfModel,
  { input, output, tap }: Maps & { readonly tap: number },
): { readonly share: number; readonly least: number; readonly most: number } {
  if (input === null || output === null) return { share: 1, least: 0, most: Number.POSITIVE_INFINITY };
  const kernel = weight.shape.slice(2);
  let share = 1;
  let isWhole = true;
  let rest = tap;
  for (let axis = kernel.length - 1; axis >= 0; axis--) {
    const at = rest % (kernel[axis] as number);
    rest = Math.floor(rest / (kernel[axis] as number));
    const size = input[axis] as number;
    const length = output[axis] as number;
    // Position q reads q·stride − before, which is inside from 0 up to size − 1.
    const step = stride[axis] as number;
    const before = (padding[axis] as number) - at * (dilation[axis] as number);
    const first = Math.max(0, Math.ceil(before / step));
    const last = Math.min(length - 1, Math.floor((size - 1 + before) / step));
    const inside = Math.max(0, last - first + 1);
    share *= inside / length;
    isWhole &&= inside === size && stride[axis] === 1;
  }
  const most = productOf(input) / productOf(output);
  return { share, least: isWhole ? most : 0, most };
}

/** The average divides noise of independent positions by the window; the largest lets nothing pass but a mask that they share. */
export function throughPool(signal: Signal, { pool, window }: PoolOfModel, { shape }: ModelNode): Signal {
  const positions = lengthsOf(shape.slice(2));
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
  const isFitting = noisy.every((signal) => signal.channels === channels);
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

/** Channel by channel, and in it position by position. */
export function throughFlatten(signal: Signal): Signal {
  const count = signal.positions === null ? null : productOf(signal.positions);
  if (count === 1) return { ...signal, positions: [] };
  const channels = signal.channels * (count ?? 1);
  const out = { ...cleanSignal(channels, []), noise: signal.noise };
  if (signal.noise.length > 0 && (count === null || isBoundOnly(signal))) {
    return unknownFor(out, "noise that positions share before they are flattened");
  }
  const repeated = (values: Float64Array) =>
    Float64Array.from({ length: channels }, (_, at) => values[Math.floor(at / (count ?? 1))] as number);
  const { moments, fresh, added } = signal;
  return {
    ...out,
    moments: moments && { ...moments, mean: repeated(moments.mean), variance: repeated(moments.variance) },
    meanShift: repeated(signal.meanShift),
    added: added && flattened(added, count ?? 1),
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

/** All that noise adds, `fresh` noise too: σ²·E x² in each channel. Null where nothing is added, or E x² is not known. */
function settled({ added, fresh, moments }: Signal): NoiseCovariance | null {
  if (fresh === null) return added;
  if (moments === null) return null;
  const own = fresh.relativeVariance.map((variance, channel) => {
    const mean = moments.mean[channel] as number;
    return variance === 0 ? 0 : variance * ((moments.variance[channel] as number) + mean * mean);
  });
  return added === null ? independent(own) : sumOf(added, independent(own));
}

/** Whether it is known within bounds only what earlier noise adds. */
export function isBoundOnly({ added, addedBounds }: Signal): boolean {
  return added === null && addedBounds !== null;
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

/** Whether a channel is one number. */
function isPoint({ positions }: Signal): boolean {
  return positions !== null && productOf(positions) === 1;
}

function zeros({ channels }: Signal): Float64Array {
  return new Float64Array(channels);
}

export function lengthsOf(lengths: readonly (number | null)[]): readonly number[] | null {
  const known = lengths.filter((length) => length !== null);
  return known.length === lengths.length ? known : null;
}

function productOf(lengths: readonly number[]): number {
  return lengths.reduce((product, length) => product * length, 1);
}
