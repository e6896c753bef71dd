import { VshiftError } from "../errors.ts";
import type { Pass } from "../forward/pass.ts";
import { addStatistics, averaged, channelStarts, createStatistics } from "../forward/statistics.ts";
import type { Tile } from "../forward/tiles.ts";
import { createWholeNetwork, wholeBytes } from "../forward/whole.ts";
import { type Arrays, NO_ARRAYS } from "../scenario/arrays.ts";
import { conflict } from "../scenario/refusal.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { KernelFactory } from "./block.ts";
import { type RecordPosition, recordPosition } from "./record.ts";
import { settingOf } from "./setting.ts";

export const HISTOGRAM_SCHEMA = "vshift.histogram/1";

/** Bars that a histogram may have. */
export const MOST_BINS = 10_000;
/** Numbers that may be held until the bars are known: 64 MB of each phase. */
const MOST_VALUES = 2 ** 24;

/** What a histogram shows. */
export interface HistogramOptions {
  /** Number of the position, from 1, of a network with several [1]. */
  readonly position?: number;
  /** Number of the channel, from 0 [0]. */
  readonly channel?: number;
  /** Bars, from 1 to 10,000 [64]. */
  readonly bins?: number;
  /** Mini-batches, at least 1 [64]. */
  readonly batches?: number;
  /** Where the first bar begins and the last one ends [the smallest and the largest value of both phases]. */
  readonly range?: readonly [number, number];
}

/** What one channel of a position receives during training and at test time, as counts of equally wide bars. */
export interface Histogram {
  readonly schema: typeof HISTOGRAM_SCHEMA;
  readonly scenario: Scenario;
  /** Null where the network has one position. */
  readonly position: RecordPosition | null;
  /** From 0. */
  readonly channel: number;
  /** Where the first bar begins and the last one ends. */
  readonly range: readonly [number, number];
  readonly train: PhaseHistogram;
  readonly test: PhaseHistogram;
  /** What Batch Normalization goes by at test time: averages over the mini-batches of training, the variance unbiased. */
  readonly runningMean: number;
  readonly runningVariance: number;
  readonly epsilon: number;
}

/** The values of one phase. */
export interface PhaseHistogram {
  /** Values in each bar. */
  readonly counts: readonly number[];
  /** Values before the first bar and behind the last one. */
  readonly outside: readonly [number, number];
  /** Of all values, in the bars or outside. */
  readonly mean: number;
  /** Unbiased. */
  readonly variance: number;
}

/**
 * Takes mini-batches through the network, as during training and then at test time with the statistics that training left, and counts the
 * values of one channel before the norm that receives them, or at the output.
 *
 * Takes the time of two passes of so many mini-batches, and 12 bytes a value.
 */
export function histogramOf(
  createKernel: KernelFactory,
  scenario: Scenario,
  { position = 1, channel = 0, bins = 64, batches = 64, range }: HistogramOptions,
  arrays: Arrays = NO_ARRAYS,
): Histogram {
  const { network } = settingOf(scenario);
  if (scenario.testActivation !== null) {
    throw conflict("testActivation", "has rows of its own at test time, and a histogram has none", "leave it out");
  }
  const count = network.positions.length;
  requireWhole("position", position, { from: 1, to: count, of: "the network's positions" });
  const index = position - 1;
  const { channels = 0, node = -1 } = network.positions[index] ?? {};
  requireWhole("channel", channel, { from: 0, to: channels - 1, of: "the position's channels" });
  const { batchSize, epsilon } = scenario;
  const ofBatch = batchSize * (network.nodes[node]?.shape.sizes.reduce((product, size) => product * size, 1) ?? 1);
  requireWhole("batches", batches, { from: 1, to: Math.floor(MOST_VALUES / ofBatch), of: "mini-batches" });

  const values = new Float32Array(batches * ofBatch);
  let filled = 0;
  const setting = {
    network,
    batchSize,
    onRead(at: number, { tiles }: { readonly tiles: readonly Tile[] }) {
      if (at !== index) return;
      for (const { x, stride, samples } of tiles) {
        values.set(x.subarray(channel * stride, channel * stride + samples), filled);
        filled += samples;
      }
    },
  };
  const { forward } = createWholeNetwork(createKernel(wholeBytes(setting)), setting, arrays);
  const { starts, total } = channelStarts(network.positions);

  const trained = createStatistics(total);
  const received = (pass: Pass): Float32Array => {
    filled = 0;
    for (let batch = 0; batch < batches; batch++) {
      const { statistics } = forward(batch, pass);
      if (pass.kind === "train") addStatistics(trained, statistics);
    }
    return values.slice();
  };
  const train = received({ kind: "train", mask: 0 });
  const frozen = averaged(trained, batches);
  const test = received({ kind: "test", frozen, ...(scenario.noiseInTest === null ? {} : { noise: true }) });
  const ends = range === undefined ? endsOf(train, test) : checkedRange(range);
  const at = (starts[index] ?? 0) + channel;
  return {
    schema: HISTOGRAM_SCHEMA,
    scenario,
    position: recordPosition(network.positions, index),
    channel,
    range: ends,
    train: phaseOf(train, ends, bins),
    test: phaseOf(test, ends, bins),
    runningMean: frozen.mean[at] ?? Number.NaN,
    runningVariance: frozen.variance[at] ?? Number.NaN,
    epsilon: network.positions[index]?.norm?.epsilon ?? epsilon,
  };
}

/** The smallest and the largest value; a little more where both are one, so that a bar has a width. */
function endsOf(...phases: readonly Float32Array[]): readonly [number, number] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of phases) {
    for (const value of values) {
      from = Math.min(from, value);
      to = Math.max(to, value);
    }
  }
  if (!Number.isFinite(from + to)) {
    throw new VshiftError({
      code: "invalid-value",
      problem: "some values are beyond single precision",
      hint: "use smaller weights or inputs",
    });
  }
  // A zero has no sign in JSON.
  return from < to ? [from + 0, to + 0] : [from - 0.5, to + 0.5];
}

function phaseOf(values: Float32Array, [from, to]: readonly [number, number], bins: number): PhaseHistogram {
  const counts = new Array<number>(bins).fill(0);
  const outside: [number, number] = [0, 0];
  const scale = bins / (to - from);
  let sum = 0;
  for (const value of values) {
    sum += value;
    if (value < from) outside[0]++;
    else if (value > to) outside[1]++;
    else {
      // The end belongs to the last bar.
      const bin = Math.min(bins - 1, Math.floor((value - from) * scale));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { counts, outside, mean, variance: squares / (values.length - 1) };
}

function requireWhole(
  field: string,
  value: number,
  { from, to, of }: { readonly from: number; readonly to: number; readonly of: string },
): void {
  if (Number.isInteger(value) && value >= from && value <= to) return;
  throw new VshiftError({
    code: "invalid-value",
    field,
    problem: `${value} is not a whole number from ${from} to ${to}, ${of}`,
    hint: `use ${typeof value === "number" && value > to ? to : from}`,
  });
}

function checkedRange([from = Number.NaN, to = Number.NaN]: readonly number[]): readonly [number, number] {
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return [from, to];
  throw new VshiftError({
    code: "invalid-value",
    field: "range",
    problem: `${from} to ${to} is not a range of numbers`,
    hint: "give the lower end first, as in [-3, 3]",
  });
}
