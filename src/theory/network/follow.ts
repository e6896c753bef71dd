import type { LawKind } from "../../laws/laws.ts";
import {
  type GraphLayer,
  type GraphNode,
  type InputLayer,
  inputMeanOf,
  isFileName,
  isNoiseLayer,
  type LayerWeights,
  type NetworkGraph,
  type NormLayer,
  type Shape,
} from "../../notation/graph.ts";
import { LARGEST_MAGNITUDE, SMALLEST_MAGNITUDE } from "../../numeric/domain.ts";
import { activationMoments } from "../activation.ts";
import { behindFunction } from "./function.ts";
import { averaged, sumOf, together } from "./joined.ts";
import { behindNoise } from "./noise.ts";
import { behindBatchNorm, behindSampleNorm, sampleStatistics } from "./normalised.ts";
import { ofTypes, type Signal, type Work } from "./signal.ts";
import { behindWeights, WIDE } from "./weighted.ts";

/** Channels that follow each other and have one signal. */
export interface Piece {
  readonly channels: number;
  readonly signal: Signal;
}

/**
 * What theory says of a position. Variances are those over data, averaged over channels; at Layer and Group Normalization those of a
 * sample over its channels, which they divide by.
 */
export interface NetworkTheory {
  /** Null where no noise comes before it and only Δ = 1 is known. */
  readonly trainVariance: number | null;
  readonly testVariance: number | null;
  readonly shift: number;
  /** Mean over channels of the squared shift of a channel's mean, over Var_train; null at norms of samples. */
  readonly meanShift: number | null;
  /** Mean over data and channels. */
  readonly trainMean: number | null;
  readonly testMean: number | null;
}

export type PositionOfNetwork =
  | { readonly theory: NetworkTheory; readonly reason: null }
  | { readonly theory: null; readonly reason: string };

/** What theory knows of the output of a node. */
type Followed =
  | { readonly pieces: readonly Piece[]; readonly isQuiet: boolean }
  | { readonly pieces: null; readonly reason: string; readonly at: string; readonly isQuiet: boolean };

/** Pieces of a concatenation; theory follows each by itself. */
const MOST_PIECES = 256;

/** Units of work for a network: some seconds. */
const MOST_WORK = 5_000_000;

/**
 * What theory says of each position of a network, in the limit of wide layers with independent weights.
 *
 * Where a layer has no closed form, nothing behind it has, with its reason; except that without noise both phases are the same, and
 * that Batch Normalization then makes mean 0 and variance 1 of anything. Time is bounded for any network.
 */
export function networkTheory({ nodes, positions }: NetworkGraph): readonly PositionOfNetwork[] {
  const work: Work = { left: MOST_WORK };
  const lastRead = new Map(nodes.flatMap(({ from }, number) => from.map((read) => [read, number] as const)));
  const followed = new Map<number, Followed>();
  const theories: PositionOfNetwork[] = [];
  for (const [number, node] of nodes.entries()) {
    const before = node.from.map((from) => ({ ...got(followed.get(from)), shape: got(nodes[from]).shape }));
    const isQuiet = before.every((one) => one.isQuiet) && !isNoisy(node.layer);
    const found = behind({ node, nodes, number, before, isQuiet, work });
    followed.set(number, found);
    for (let next = positions[theories.length]; next?.node === number; next = positions[theories.length]) {
      theories.push(theoryAt(found, next.norm));
    }
    // What nothing reads any more makes room.
    for (const from of node.from) if (lastRead.get(from) === number) followed.delete(from);
  }
  return theories;
}

function got<Of>(found: Of | undefined): Of {
  if (found === undefined) throw new RangeError("a node reads one that comes after it");
  return found;
}

interface Step {
  readonly node: GraphNode;
  /** All, in their order. */
  readonly nodes: readonly GraphNode[];
  readonly number: number;
  readonly before: readonly (Followed & { readonly shape: Shape })[];
  /** Whether no noise comes before its output. */
  readonly isQuiet: boolean;
  readonly work: Work;
}

function behind(step: Step): Followed {
  const { node, number, before, isQuiet } = step;
  const unknown = before.find(({ pieces }) => pieces === null);
  const inputs = before.map(({ pieces }) => pieces ?? []);
  const found = unknown?.pieces === null ? unknown : withinRange(piecesBehind(step, inputs));
  if (typeof found !== "string" && !("reason" in found)) return { pieces: found, isQuiet };
  const { reason, at } = typeof found === "string" ? { reason: found, at: whereIs(node) } : found;
  if (isQuiet && node.layer.kind === "bn") return { pieces: [quietNorm(node, number, at)], isQuiet };
  return { pieces: null, reason, at, isQuiet };
}

/** "maxpool at 34". */
function whereIs({ layer, at }: GraphNode): string {
  return `${layer.kind === "add" ? "residual" : layer.kind} at ${at}`;
}

/** The pieces, unless a variance is so large or small that products of it would not be numbers. */
function withinRange(pieces: readonly Piece[] | string): readonly Piece[] | string {
  if (typeof pieces === "string") return pieces;
  const isFine = pieces.every(
    ({ signal: { train, test, meanSquare, movedSquare } }) =>
      [train, test].every((variance) => variance === 0 || variance >= SMALLEST_MAGNITUDE) &&
      [train, test, meanSquare, movedSquare].every((square) => square <= LARGEST_MAGNITUDE),
  );
  return isFine ? pieces : "its variance leaves the range from 1e-75 to 1e75";
}

/** Anything behind Batch Normalization where both phases are the same. */
function quietNorm({ shape }: GraphNode, number: number, at: string): Piece {
  const nothing = { mean: 0, meanSquare: 0, moved: 0, movedSquare: 0, cross: 0 };
  const covariances = { positions: null, units: { train: 0, test: 0 } };
  const channels = { kind: "unknown", reason: `the law behind ${at} is not known` } as const;
  const signal: Signal = {
    ...nothing,
    ...covariances,
    ...{ train: 1, test: 1, origins: new Set([number]), bySample: false, channels },
  };
  return { channels: shape.channels, signal };
}

/** The pieces of a node's output; a text says why there is no closed form. */
function piecesBehind(step: Step, inputs: readonly (readonly Piece[])[]): readonly Piece[] | string {
  const { node, number, before, isQuiet, work } = step;
  const { layer, shape } = node;
  const [pieces = [], others = []] = inputs;
  const shapeBefore = before[0]?.shape ?? shape;
  switch (layer.kind) {
    case "input": {
      const { law } = layer;
      if (isFileName(law)) return "rows of a file have no closed form in a network";
      return [{ channels: shape.channels, signal: signalOf({ ...layer, law }, number) }];
    }
    case "linear":
    case "conv": {
      if (isFileName(layer.weights)) return "weights of a file have no closed form in a network";
      if (hasMean(layer) && isCentred(step)) {
        return "weights of a nonzero mean, and units whose mean a norm of samples takes away";
      }
      if (layer.kind === "conv" && layer.groups > 1 && pieces.length > 1) return "groups of concatenated channels";
      const signal = together(pieces);
      return one(shape, behindWeights({ layer, before: shapeBefore, behind: shape, node: number }, signal));
    }
    case "relu":
    case "tanh":
    case "gelu":
    case "elu":
    case "leakyrelu":
    case "silu":
    case "sigmoid":
      return each(pieces, (signal) => behindFunction(layer, signal, work));
    case "identity":
      return pieces;
    case "flatten": {
      const times = shape.channels / shapeBefore.channels;
      return pieces.map(({ channels, signal }) => ({ channels: channels * times, signal }));
    }
    case "bn":
      return each(pieces, (signal) => behindBatchNorm(signal, work));
    case "layernorm":
    case "groupnorm": {
      const statistics = statisticsOf(layer, { pieces, shape });
      return typeof statistics === "string"
        ? statistics
        : each(pieces, (signal) => behindSampleNorm(signal, statistics, work));
    }
    case "maxpool":
      return isQuiet ? "max-pool has no closed form" : "max-pool after noise has no closed form; measured only";
    case "avgpool": {
      const { size, stride } = layer;
      return each(pieces, (signal) => averaged(signal, { before: shapeBefore, behind: shape, size, stride, work }));
    }
    case "add":
      return added(pieces, others, work);
    case "concat":
      return pieces.length + others.length > MOST_PIECES
        ? `more than ${MOST_PIECES} concatenated parts`
        : [...pieces, ...others];
    default:
      return each(pieces, (signal) => behindNoise(layer, signal, { shape: shapeBefore, work }));
  }
}

/** Whether its weights have a mean, which sees what the units have in common. */
function hasMean({ weights, alignment, mean }: LayerWeights): boolean {
  return weights === "constant" || alignment !== null || (mean ?? 0) !== 0;
}

/**
 * Whether units that a layer reads add up to about 0 in each sample, all or some of them: by Layer or Group Normalization and what keeps
 * that sum.
 */
function isCentred({ node, nodes }: Step): boolean {
  const open = [...node.from];
  const seen = new Set(open);
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    const { layer, from } = got(nodes[number]);
    if (layer.kind === "layernorm" || layer.kind === "groupnorm") return true;
    if (!KEEPING_SUMS.includes(layer.kind) && !isNoiseLayer(layer)) continue;
    for (const read of from) {
      if (!seen.has(read)) open.push(read);
      seen.add(read);
    }
  }
  return false;
}

const KEEPING_SUMS: readonly GraphLayer["kind"][] = ["bn", "identity", "flatten", "avgpool", "add", "concat"];

function one({ channels }: Shape, signal: Signal | string): readonly Piece[] | string {
  return typeof signal === "string" ? signal : [{ channels, signal }];
}

function each(pieces: readonly Piece[], of: (signal: Signal) => Signal | string): readonly Piece[] | string {
  const found: Piece[] = [];
  for (const { channels, signal } of pieces) {
    const made = of(signal);
    if (typeof made === "string") return made;
    found.push({ channels, signal: made });
  }
  return found;
}

/** A sum, piece by piece. */
function added(pieces: readonly Piece[], others: readonly Piece[], work: Work): readonly Piece[] | string {
  const isAlike =
    pieces.length === others.length && pieces.every(({ channels }, index) => channels === others[index]?.channels);
  if (!isAlike) return "its summands are concatenated in different ways";
  const found: Piece[] = [];
  for (const [index, { channels, signal }] of pieces.entries()) {
    const other = others[index];
    const sum = other === undefined ? signal : sumOf(signal, other.signal, work);
    if (typeof sum === "string") return sum;
    found.push({ channels, signal: sum });
  }
  return found;
}

function statisticsOf(
  layer: NormLayer,
  { pieces, shape }: { readonly pieces: readonly Piece[]; readonly shape: Shape },
) {
  if (layer.kind === "groupnorm") {
    if (pieces.length > 1 && layer.groups > 1) return "groups of concatenated channels";
    if (shape.channels / layer.groups < WIDE) return `a group of fewer than ${WIDE} channels is not wide`;
  }
  return sampleStatistics(pieces);
}

/** Whether a layer makes training differ from test time. */
function isNoisy(layer: GraphLayer): boolean {
  if ("rate" in layer) return layer.rate > 0;
  if (layer.kind === "uout") return layer.beta > 0;
  return layer.kind === "gaussiannoise" ? layer.deviation > 0 : layer.kind === "cutout";
}

function signalOf(layer: InputLayer & { readonly law: LawKind }, node: number): Signal {
  const { law, variance, rho } = layer;
  const moments = activationMoments({ kind: law, mean: inputMeanOf(layer), variance, correlation: rho });
  const pairs = { train: moments.variance * moments.correlation, test: moments.variance * moments.correlation };
  const parts =
    law === NORMAL_LAW
      ? [{ weight: 1, mean: moments.mean, variance: moments.variance }]
      : `the law of a ${law} input is not normal`;
  const channel = { mean: moments.mean, variance: moments.variance, parts };
  return {
    train: moments.variance,
    test: moments.variance,
    mean: moments.mean,
    meanSquare: moments.mean * moments.mean,
    ...{ moved: 0, movedSquare: 0, cross: 0 },
    positions: pairs,
    units: pairs,
    origins: new Set([node]),
    bySample: false,
    channels: law === NORMAL_LAW ? { kind: "alike" } : ofTypes([{ weight: 1, train: channel, test: channel }]),
  };
}

const NORMAL_LAW = "normal";

function theoryAt(followed: Followed, norm: NormLayer | null): PositionOfNetwork {
  const { pieces, isQuiet } = followed;
  if (pieces === null) {
    if (!isQuiet) return { theory: null, reason: `${followed.at}: ${followed.reason}` };
    const unknown = { trainVariance: null, testVariance: null, trainMean: null, testMean: null };
    return { theory: { ...unknown, shift: 1, meanShift: isOfSamples(norm) ? null : 0 }, reason: null };
  }
  const { train, test, mean, moved, movedSquare } = together(pieces);
  const means = { trainMean: mean, testMean: mean + moved };
  if (isOfSamples(norm)) {
    const statistics = sampleStatistics(pieces);
    if (typeof statistics === "string") return { theory: null, reason: `${norm?.kind}: ${statistics}` };
    const { square } = statistics;
    const theory = { ...means, ...varianceTheory(square.train, square.test), meanShift: null };
    return { theory, reason: null };
  }
  const meanShift = train === 0 ? 0 : movedSquare / train;
  return { theory: { ...means, ...varianceTheory(train, test), meanShift }, reason: null };
}

/** Where neither phase varies, both see the same constant: Δ = 1. */
function varianceTheory(trainVariance: number, testVariance: number) {
  return { trainVariance, testVariance, shift: trainVariance === 0 ? 1 : testVariance / trainVariance };
}

function isOfSamples(norm: NormLayer | null): boolean {
  return norm !== null && norm.kind !== "bn";
}
