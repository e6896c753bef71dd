import { normalNodes } from "../../activations/normal-nodes.ts";
import type { Moments } from "../../numeric/moments.ts";

/**
 * What theory knows of the output of a layer, in the limit of wide layers with independent weights.
 *
 * Of a channel, m is the mean over data during training, m + δ that at test time. They differ from channel to channel, since a random
 * layer gives each another mean; E is the average over channels.
 */
export interface Signal {
  /** V, the variance over data during training. */
  readonly train: number;
  /** T, that at test time. */
  readonly test: number;
  /** E m. */
  readonly mean: number;
  /** E m². */
  readonly meanSquare: number;
  /** E δ. */
  readonly moved: number;
  /** E δ². */
  readonly movedSquare: number;
  /** E m·δ. */
  readonly cross: number;
  /** Covariance of two positions of one map; null where it is not known. */
  readonly positions: Phases | null;
  /** Covariance of units of two channels; null where it is not known. */
  readonly units: Phases | null;
  /** Nodes with draws of their own that it is a sum of: sums without a common one are uncorrelated. */
  readonly origins: ReadonlySet<number>;
  /** Whether units of one sample share noise, so that its scale is random. */
  readonly bySample: boolean;
  readonly channels: Channels;
}

export interface Phases {
  readonly train: number;
  readonly test: number;
}

/**
 * How channels differ.
 *
 * alike    V and T are those of every channel, over data each is normal in both phases, and (m, δ) is normal over channels
 * types    channels of a few kinds, made when somebody asks for them: of those before them, `depth` times in a row
 * unknown  not known, and why; averages are
 */
export type Channels =
  | { readonly kind: "alike" }
  | { readonly kind: "types"; readonly types: () => readonly ChannelType[]; readonly depth: number }
  | { readonly kind: "unknown"; readonly reason: string };

export interface ChannelType {
  /** Its share of the channels. */
  readonly weight: number;
  readonly train: ChannelLaw;
  readonly test: ChannelLaw;
}

/** The law of a channel over data: its moments, and normals that it is a mixture of, or why these are not known. */
export interface ChannelLaw extends Moments {
  readonly parts: readonly NormalPart[] | string;
}

export interface NormalPart extends Moments {
  readonly weight: number;
}

export const NO_COVARIANCE: Phases = { train: 0, test: 0 };

/** E (m + δ)². */
export function testSquare({ meanSquare, cross, movedSquare }: Signal): number {
  return meanSquare + 2 * cross + movedSquare;
}

/** Whether both phases of a covariance are 0. */
export function isZero(covariance: Phases | null): boolean {
  return covariance !== null && covariance.train === 0 && covariance.test === 0;
}

function normalLaw(moments: Moments): ChannelLaw {
  return { ...moments, parts: [{ ...moments, weight: 1 }] };
}

/** The mixture of weighted parts. */
export function mixture(parts: readonly NormalPart[]): ChannelLaw {
  let mean = 0;
  for (const part of parts) mean += part.weight * part.mean;
  let variance = 0;
  for (const part of parts) {
    const away = part.mean - mean;
    variance += part.weight * (part.variance + away * away);
  }
  return { mean, variance, parts };
}

/** What theory may spend on a network, in units of about a microsecond; what takes part of it subtracts. */
export interface Work {
  left: number;
}

export const TOO_LONG = "the network is longer than theory follows";

/** Layers in a row whose kinds of channels are made of each other. */
const DEEPEST = 32;
/** Normals of a kind of channel that take a microsecond. */
const PER_UNIT = 4;

/** Channels of a few kinds, which are worked out once, when they are asked for, from those before. */
export function lazily(make: () => readonly ChannelType[], { from, work }: Lazy): Channels {
  let made: readonly ChannelType[] | undefined;
  const depth = 1 + Math.max(...from.map(({ channels }) => (channels.kind === "types" ? channels.depth : 0)));
  if (depth > DEEPEST) return { kind: "unknown", reason: `more than ${DEEPEST} layers in a row without weights` };
  const types = () => {
    if (made === undefined) {
      made = make();
      work.left -= (made.length * partsOf(made)) / PER_UNIT;
    }
    return made;
  };
  return { kind: "types", types, depth };
}

interface Lazy {
  readonly from: readonly Signal[];
  readonly work: Work;
}

/** Channels of these kinds. */
export function ofTypes(types: readonly ChannelType[]): Channels {
  return { kind: "types", types: () => types, depth: 0 };
}

/** Normals that a kind of channel is a mixture of during training. */
export function partsOf([first]: readonly ChannelType[]): number {
  return typeof first?.train.parts === "string" ? 1 : (first?.train.parts.length ?? 1);
}

/** Normals of all kinds of channels together. */
export const MOST_PARTS = 80_000;

/** The kinds of channels; a text that says why they are not known. */
export function typesOf(signal: Signal): (() => readonly ChannelType[]) | string {
  const { channels } = signal;
  switch (channels.kind) {
    case "unknown":
      return channels.reason;
    case "types":
      return channels.types;
    case "alike":
      return () => normalTypes(signal);
  }
}

/** All averages from the kinds of channels. */
export function averagesOf(types: readonly ChannelType[]) {
  let [train, test, mean, meanSquare, moved, movedSquare, cross] = [0, 0, 0, 0, 0, 0, 0];
  for (const { weight, train: during, test: at } of types) {
    const away = at.mean - during.mean;
    train += weight * during.variance;
    test += weight * at.variance;
    mean += weight * during.mean;
    meanSquare += weight * during.mean * during.mean;
    moved += weight * away;
    movedSquare += weight * away * away;
    cross += weight * during.mean * away;
  }
  return { train, test, mean, meanSquare, moved, movedSquare, cross };
}

/**
 * Channels whose (m, δ) is normal as a grid of them, by the trapezoidal rule along m, and along what is left of δ.
 *
 * What a function makes of a channel is as smooth in m as the channel's own normal makes it. Its Fourier transform falls like
 * e^{−s²ω²/2}, s² = V/(V + Var m), so a step of 0.57·s leaves an error of e^{−2π²s²/h²} = 10⁻²⁶; δ alike, with T.
 */
function normalTypes({ train, test, mean, meanSquare, moved, movedSquare, cross }: Signal): readonly ChannelType[] {
  const spread = notNegative(meanSquare - mean * mean, meanSquare);
  const covariance = spread === 0 ? 0 : cross - mean * moved;
  const slope = spread === 0 ? 0 : covariance / spread;
  const all = notNegative(movedSquare - moved * moved, movedSquare);
  const own = notNegative(all - slope * covariance, all);
  const types: ChannelType[] = [];
  const along = nodesFor(spread, Math.min(train, test));
  const across = nodesFor(own, test);
  for (const node of along) {
    const away = Math.sqrt(spread) * node.at;
    const during = normalLaw({ mean: mean + away, variance: train });
    for (const other of across) {
      const delta = moved + slope * away + Math.sqrt(own) * other.at;
      const at = delta === 0 && train === test ? during : normalLaw({ mean: during.mean + delta, variance: test });
      types.push({ weight: node.weight * other.weight, train: during, test: at });
    }
  }
  return types;
}

const ONE_NODE = [{ at: 0, weight: 1 }];

/** Points of a normal of this variance, for functions that a normal of the other makes smooth. */
function nodesFor(variance: number, smooth: number) {
  if (variance === 0) return ONE_NODE;
  const width = Math.sqrt(smooth / (smooth + variance));
  return normalNodes(Math.max(FEWEST, Math.min(MOST, Math.ceil(1 / (STEP * width)))));
}

const STEP = 0.57;
/** Nodes in a standard deviation. */
const FEWEST = 2;
const MOST = 24;

/** A variance that is 0 except for rounding. */
function notNegative(variance: number, of: number): number {
  return variance > ROUNDING * of ? variance : 0;
}

const ROUNDING = 1e-14;

/** The law of a channel as a + b·x of it. */
export function affine({ mean, variance, parts }: ChannelLaw, { shift, scale }: Affine): ChannelLaw {
  const of = <Of extends Moments>(moments: Of) => ({
    ...moments,
    mean: shift + scale * moments.mean,
    variance: scale * scale * moments.variance,
  });
  return { ...of({ mean, variance }), parts: typeof parts === "string" ? parts : parts.map(of) };
}

export interface Affine {
  readonly shift: number;
  readonly scale: number;
}
