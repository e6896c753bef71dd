import { positionsOf, type Shape } from "../../notation/graph.ts";
import type { Piece } from "./follow.ts";
import {
  type ChannelLaw,
  type Channels,
  isZero,
  lazily,
  MOST_PARTS,
  NO_COVARIANCE,
  type NormalPart,
  type Phases,
  partsOf,
  type Signal,
  typesOf,
  type Work,
} from "./signal.ts";

/**
 * The sum of two signals without a common origin: weights of zero mean lie between, so that covariances vanish like 1/√width, and
 * variances, mean squares of means and of their shifts add up. A text says why there is no closed form.
 */
export function sumOf(one: Signal, other: Signal, work: Work): Signal | string {
  for (const origin of one.origins) {
    if (other.origins.has(origin)) return "its summands are correlated, without weights between them";
  }
  return {
    train: one.train + other.train,
    test: one.test + other.test,
    mean: one.mean + other.mean,
    meanSquare: one.meanSquare + other.meanSquare + 2 * one.mean * other.mean,
    moved: one.moved + other.moved,
    movedSquare: one.movedSquare + other.movedSquare + 2 * one.moved * other.moved,
    cross: one.cross + other.cross + one.mean * other.moved + one.moved * other.mean,
    positions: both(one.positions, other.positions),
    units: both(one.units, other.units),
    origins: new Set([...one.origins, ...other.origins]),
    bySample: one.bySample || other.bySample,
    channels: channelsOfSum(one, other, work),
  };
}

function both(one: Phases | null, other: Phases | null): Phases | null {
  return one && other && { train: one.train + other.train, test: one.test + other.test };
}

function channelsOfSum(one: Signal, other: Signal, work: Work): Channels {
  if (one.channels.kind === "alike" && other.channels.kind === "alike") return { kind: "alike" };
  const [first, second] = [typesOf(one), typesOf(other)];
  if (typeof first === "string") return { kind: "unknown", reason: first };
  if (typeof second === "string") return { kind: "unknown", reason: second };
  const [ofOne, ofOther] = [first(), second()];
  const size = ofOne.length * ofOther.length * partsOf(ofOne) * partsOf(ofOther);
  if (size > MOST_PARTS)
    return { kind: "unknown", reason: "a sum of noisy branches has a law that theory does not follow" };
  const make = () =>
    ofOne.flatMap((a) =>
      ofOther.map((b) => ({
        weight: a.weight * b.weight,
        train: sumOfLaws(a.train, b.train),
        test: sumOfLaws(a.test, b.test),
      })),
    );
  return lazily(make, { from: [one, other], work });
}

function sumOfLaws(one: ChannelLaw, other: ChannelLaw): ChannelLaw {
  const moments = { mean: one.mean + other.mean, variance: one.variance + other.variance };
  if (typeof one.parts === "string") return { ...moments, parts: one.parts };
  const { parts } = other;
  if (typeof parts === "string") return { ...moments, parts };
  return {
    ...moments,
    parts: one.parts.flatMap((a) =>
      parts.map(
        (b): NormalPart => ({
          weight: a.weight * b.weight,
          mean: a.mean + b.mean,
          variance: a.variance + b.variance,
        }),
      ),
    ),
  };
}

/** Channels one after the other, averaged: all that a layer with weights asks of them. */
export function together(pieces: readonly Piece[]): Signal {
  const [first] = pieces;
  if (first === undefined) throw new RangeError("a layer reads nothing");
  if (pieces.length === 1) return first.signal;
  const channels = pieces.reduce((sum, piece) => sum + piece.channels, 0);
  const average = (of: (signal: Signal) => number) =>
    pieces.reduce((sum, piece) => sum + piece.channels * of(piece.signal), 0) / channels;
  const covariance = (of: (signal: Signal) => Phases | null): Phases | null => {
    if (pieces.every(({ signal }) => isZero(of(signal)))) return NO_COVARIANCE;
    if (pieces.some(({ signal }) => of(signal) === null)) return null;
    return { train: average((signal) => of(signal)?.train ?? 0), test: average((signal) => of(signal)?.test ?? 0) };
  };
  return {
    train: average(({ train }) => train),
    test: average(({ test }) => test),
    mean: average(({ mean }) => mean),
    meanSquare: average(({ meanSquare }) => meanSquare),
    moved: average(({ moved }) => moved),
    movedSquare: average(({ movedSquare }) => movedSquare),
    cross: average(({ cross }) => cross),
    positions: covariance(({ positions }) => positions),
    units: covariance(({ units }) => units),
    origins: new Set(pieces.flatMap(({ signal }) => [...signal.origins])),
    bySample: pieces.some(({ signal }) => signal.bySample),
    channels: { kind: "unknown", reason: "concatenated channels differ" },
  };
}

/**
 * The average over windows of n positions: what is independent from position to position is divided by n, what a map shares is not. A
 * text says why there is no closed form.
 */
export function averaged(signal: Signal, { before, behind, size, stride, work }: Windows): Signal | string {
  const { positions } = signal;
  if (positions === null) return "positions of a map share something that theory does not follow";
  const isWhole = size === null;
  const count = isWhole ? positionsOf(before) : before.sizes.reduce((product) => product * size, 1);
  const over = (variance: number, shared: number) => (variance + (count - 1) * shared) / count;
  const { channels } = signal;
  const types = channels.kind === "types" && isZero(positions) ? channels.types : undefined;
  const parts = "the average of a few positions has a law that theory does not follow";
  const ofLaw = ({ mean, variance }: ChannelLaw): ChannelLaw => ({ mean, variance: variance / count, parts });
  return {
    ...signal,
    train: over(signal.train, positions.train),
    test: over(signal.test, positions.test),
    positions: behind.sizes.length === 0 ? signal.units : (stride ?? count) < (size ?? 1) ? null : positions,
    channels:
      count === 1 || channels.kind === "alike"
        ? channels
        : types === undefined
          ? { kind: "unknown", reason: parts }
          : lazily(
              () => types().map(({ weight, train, test }) => ({ weight, train: ofLaw(train), test: ofLaw(test) })),
              { from: [signal], work },
            ),
  };
}

export interface Windows {
  readonly before: Shape;
  readonly behind: Shape;
  /** Null for the whole map. */
  readonly size: number | null;
  /** Null for that of the size. */
  readonly stride: number | null;
  readonly work: Work;
}
