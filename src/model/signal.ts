import { independent, type NoiseCovariance, sumOf } from "./covariance.ts";

/** What is known, without any input, of a value of a trained network that passes from training to test time; channel by channel. */
export interface Signal {
  readonly channels: number;
  /** Positions of each axis behind the channels; null where one is left open. */
  readonly positions: readonly number[] | null;
  /** The nodes that are noise before it, in ascending order. */
  readonly noise: readonly number[];
  /** Why it is not known what the noise adds; null where it is known. Otherwise the fields below mean nothing. */
  readonly unknown: string | null;
  /** Mean and variance during training, before `fresh` noise; null where neither is known. */
  readonly moments: ChannelMoments | null;
  /** Bounds on E x² that hold for any law of the data, before `fresh` noise; null where there are none. */
  readonly square: Bounds | null;
  /** Mean at test time less mean during training. */
  readonly meanShift: Float64Array;
  /** What earlier noise adds during training. */
  readonly added: NoiseCovariance | null;
  /** How what is added is correlated between the positions of a channel, and beyond. */
  readonly across: Across;
  /** Bounds on the variance that noise adds, for any law of the data; null where there are none. */
  readonly addedBounds: Bounds | null;
  /** Noise that multiplies this value straight away. */
  readonly fresh: FreshNoise | null;
}

/** From none to one draw for a channel, and to one for several channels, whose covariances are then left out. */
export type Across = (typeof ACROSS)[number];

export const ACROSS = ["independent", "near", "channel", "block"] as const;

export interface ChannelMoments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly isNormal: boolean;
}

export interface Bounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface FreshNoise {
  /** σ² of each channel's multiplier; 0 where a channel has none. */
  readonly relativeVariance: Float64Array;
  /** What has a draw of its own: a unit, a channel of a map, or a block of several channels. */
  readonly shares: "unit" | "channel" | "block";
}

/** A value that no noise reaches, and of which nothing else is known. */
export function cleanSignal(channels: number, positions: readonly number[] | null): Signal {
  return {
    channels,
    positions,
    noise: [],
    unknown: null,
    moments: null,
    square: null,
    meanShift: new Float64Array(channels),
    added: null,
    across: "independent",
    addedBounds: null,
    fresh: null,
  };
}

/** The same value where what the noise adds is not known any more. A value that no noise reaches stays the same. */
export function unknownFor(signal: Signal, reason: string): Signal {
  if (signal.noise.length === 0) return signal;
  return {
    ...cleanSignal(signal.channels, signal.positions),
    noise: signal.noise,
    unknown: signal.unknown ?? reason,
  };
}

/** The noise of several values, each node once, in ascending order. */
export function noiseOf(signals: readonly Signal[]): readonly number[] {
  return [...new Set(signals.flatMap(({ noise }) => noise))].sort((one, other) => one - other);
}

export const ACROSS_OF: { readonly [Shares in FreshNoise["shares"]]: Across } = {
  unit: "independent",
  channel: "channel",
  block: "block",
};

/** That of all noise of a value, `fresh` noise too. */
export function acrossOf({ across, fresh }: Signal): Across {
  return widest([across, fresh === null ? "independent" : ACROSS_OF[fresh.shares]]);
}

export function widest(all: readonly Across[]): Across {
  return ACROSS.findLast((across) => all.includes(across)) ?? "independent";
}

/** All that noise adds, `fresh` noise too: σ²·E x² in each channel. Null where nothing is added, or E x² is not known. */
export function settled({ added, fresh, moments }: Signal): NoiseCovariance | null {
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

/** Whether a channel is one number. */
export function isPoint({ positions }: Signal): boolean {
  return positions !== null && productOf(positions) === 1;
}

export function lengthsOf(lengths: readonly (number | null)[]): readonly number[] | null {
  const known = lengths.filter((length) => length !== null);
  return known.length === lengths.length ? known : null;
}

export function productOf(lengths: readonly number[]): number {
  return lengths.reduce((product, length) => product * length, 1);
}
