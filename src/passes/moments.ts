import type { BatchNormOfModel } from "../model/graph.ts";
import { meanOf } from "../numeric/mean.ts";
import type { Loaded } from "./loaded.ts";
import type { Network, Received } from "./network.ts";

/** Sums over what a norm receives, channel by channel, of the deviation from its running mean, and of its square. */
export interface ChannelSums {
  /** Samples × positions. */
  count: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** What a norm receives with its noise on, and off, by the same inputs. */
export interface PairedSums {
  readonly on: ChannelSums;
  readonly off: ChannelSums;
}

export function emptySums(channels: number): ChannelSums {
  return { count: 0, sums: new Float64Array(channels), squares: new Float64Array(channels) };
}

/**
 * Adds up what a norm receives, each channel in the order of its samples and positions. Four channels at a time, because each addition waits for the
 * one before of its channel: three times as fast as one by one.
 */
export function addReceived(to: ChannelSums, { x, samples, positions }: Received, pivot: Float64Array): void {
  const channels = pivot.length;
  const { sums, squares } = to;
  const row = channels * positions;
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    const [m0, m1, m2, m3] = pivot.subarray(channel, channel + 4) as unknown as readonly [
      number,
      number,
      number,
      number,
    ];
    let [s0, s1, s2, s3, q0, q1, q2, q3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let start = channel * positions; start < x.length; start += row) {
      const end = start + positions;
      for (let at = start; at < end; at++) {
        const d0 = (x[at] as number) - m0;
        const d1 = (x[at + positions] as number) - m1;
        const d2 = (x[at + 2 * positions] as number) - m2;
        const d3 = (x[at + 3 * positions] as number) - m3;
        s0 += d0;
        s1 += d1;
        s2 += d2;
        s3 += d3;
        q0 += d0 * d0;
        q1 += d1 * d1;
        q2 += d2 * d2;
        q3 += d3 * d3;
      }
    }
    for (const [at, sum] of [s0, s1, s2, s3].entries()) sums[channel + at] = (sums[channel + at] as number) + sum;
    for (const [at, sum] of [q0, q1, q2, q3].entries()) squares[channel + at] = (squares[channel + at] as number) + sum;
  }
  for (; channel < channels; channel++) {
    const centre = pivot[channel] as number;
    let sum = 0;
    let square = 0;
    for (let start = channel * positions; start < x.length; start += row) {
      for (let at = start; at < start + positions; at++) {
        const deviation = (x[at] as number) - centre;
        sum += deviation;
        square += deviation * deviation;
      }
    }
    sums[channel] = (sums[channel] as number) + sum;
    squares[channel] = (squares[channel] as number) + square;
  }
  to.count += samples * positions;
}

/** The sums of both together, or of the first without the second. */
export function combinedSums(one: ChannelSums, other: ChannelSums, sign: 1 | -1 = 1): ChannelSums {
  const of = (a: Float64Array, b: Float64Array) => a.map((value, channel) => value + sign * (b[channel] as number));
  return {
    count: one.count + sign * other.count,
    sums: of(one.sums, other.sums),
    squares: of(one.squares, other.squares),
  };
}

/** Mean less running mean, and variance (divided by the count), of each channel. */
export interface ChannelMomentsOf {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export function momentsOf({ count, sums, squares }: ChannelSums): ChannelMomentsOf {
  const mean = sums.map((sum) => sum / count);
  return {
    mean,
    variance: squares.map((square, channel) =>
      Math.max(0, square / count - (mean[channel] as number) * (mean[channel] as number)),
    ),
  };
}

/**
 * Var_test / Var_train of each channel by paired inputs, (V_off + λ·r·V)/(V_on + λ·V): what a channel that is almost never active in few
 * inputs cannot say by itself, its layer says.
 *
 * V   running variance; r   ratio of the sums over channels of both variances
 * λ   1.6/inputs: as if so many more had the running variance, and the ratio of the layer
 */
export function pairedRatios(
  { on, off }: PairedSums,
  { running, inputs }: { readonly running: Float64Array; readonly inputs: number },
): Float64Array {
  const [train, test] = [momentsOf(on).variance, momentsOf(off).variance];
  const total = (values: Float64Array) => meanOf(values) * values.length;
  const pooled = total(train) > 0 ? total(test) / total(train) : 1;
  const weight = PSEUDO_INPUTS / inputs;
  return running.map((variance, channel) => {
    const below = (train[channel] as number) + weight * variance;
    return below > 0 ? ((test[channel] as number) + weight * pooled * variance) / below : 1;
  });
}

/** Chosen on five networks: 0.1 at 16 inputs, below which less lets dead channels through, and more is a bias. */
const PSEUDO_INPUTS = 1.6;

/** Sums of every norm of a network over some inputs, with noise and without. */
export function measuredSums(
  network: Network,
  {
    x,
    from,
    to,
    masks,
  }: { readonly x: Float32Array; readonly from: number; readonly to: number; readonly masks: number },
): readonly PairedSums[] {
  const size = x.length / (to - from);
  const all = network.norms.map(({ variance }) => ({
    on: emptySums(variance.length),
    off: emptySums(variance.length),
  }));
  const take = (phase: keyof PairedSums) => (received: Received) => {
    const { norm } = received;
    const { mean } = network.norms[norm] as Loaded<BatchNormOfModel>;
    addReceived((all[norm] as PairedSums)[phase], received, mean);
  };
  const chunk = chunkOf(network);
  for (let first = from; first < to; first += chunk) {
    const inputs = Math.min(chunk, to - first);
    const part = x.subarray((first - from) * size, (first - from + inputs) * size);
    const at = { x: part, inputs, firstInput: first };
    network.run({ ...at, masks: null, atNorm: take("off") });
    network.run({ ...at, masks, atNorm: take("on") });
  }
  return all;
}

/** Inputs that run at a time. */
export function chunkOf({ liveSize }: Pick<Network, "liveSize">): number {
  return Math.max(1, Math.floor(MOST_AT_A_TIME / liveSize));
}

/** 16 MB of single precision. */
const MOST_AT_A_TIME = 0x40_0000;
