import { mixed, type Tap } from "./covariance.ts";
import type { ConvolutionOfModel, LinearOfModel, ModelNode, Padding } from "./graph.ts";
import {
  acrossOf,
  type Bounds,
  cleanSignal,
  isBoundOnly,
  isPoint,
  lengthsOf,
  productOf,
  type Signal,
  settled,
  unknownFor,
} from "./signal.ts";

// How noise that is known at the input of a layer with weights stands at its output: N ← W·N·Wᵀ, tap by tap.

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
  const values = layer.weight.values();
  const maps = { input: signal.positions, output: positions };
  const taps = { [Symbol.iterator]: () => tapsOf(layer, { values, ...maps }) };
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
function* tapsOf(
  layer: ConvolutionOfModel,
  { values, input, output }: Maps & { readonly values: Float64Array },
): Generator<BoundedTap> {
  const [neurons = 0, width = 0, ...kernel] = layer.weight.shape;
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
    const before = (padding[axis] as Padding).before - at * (dilation[axis] as number);
    const first = Math.max(0, Math.ceil(before / step));
    const last = Math.min(length - 1, Math.floor((size - 1 + before) / step));
    const inside = Math.max(0, last - first + 1);
    share *= inside / length;
    isWhole &&= inside === size && stride[axis] === 1;
  }
  const most = productOf(input) / productOf(output);
  return { share, least: isWhole ? most : 0, most };
}
