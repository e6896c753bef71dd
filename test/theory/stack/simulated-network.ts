import type { BlockNoise } from "../../../src/theory/stack/block-noise.ts";
import type { MeanFieldPlace, MeanFieldSetting } from "../../../src/theory/stack/mean-field.ts";

/*
 * Two blocks of a stack, norm → f → noise → linear, written down as their definition reads, in double precision: no code of src/.
 */

const [WIDTH, OUTPUTS] = [2000, 256];
const SAMPLES = 128;
/** Of every noise: a random bit says what is kept. */
const KEEP = 1 / 2;
const DROPPED = -1.7580993408473766;
const CHANNEL = 4;

export const FUNCTIONS = { relu: (x: number) => (x > 0 ? x : 0), tanh: Math.tanh } as const;

/** What theory says of each noise that is simulated. */
export const NOISES = {
  alpha: {
    relativeVariance: 1,
    pivot: DROPPED,
    gains: { train: Math.sqrt(KEEP / (1 + DROPPED * DROPPED * (1 - KEEP))), test: 1 },
  },
  classic: { relativeVariance: 1, pivot: 0, gains: { train: KEEP, test: KEEP } },
  spatial: { relativeVariance: 1, pivot: 0, gains: { train: 1, test: 1 } },
  dropconnect: { relativeVariance: 1, pivot: 0, gains: { train: 1, test: 1 } },
} as const satisfies Readonly<Record<string, BlockNoise>>;

export interface Network {
  readonly norm: "batch" | "layer";
  readonly activation: keyof typeof FUNCTIONS;
  readonly noise: keyof typeof NOISES;
  readonly residual: boolean;
  /** Of the input's channels. */
  readonly variance: number;
}

/** What a position has, over samples, averaged over its channels. */
export interface SimulatedPlace {
  readonly trainVariance: number;
  readonly testVariance: number;
  /** (Mean at test time − mean during training)², without its sampling error. */
  readonly movedSquare: number;
}

/** A row a sample. */
interface Matrix {
  readonly columns: number;
  readonly values: Float64Array;
}

/** Every network that is simulated with a norm, by its name. */
export function networks(norm: Network["norm"]): readonly (readonly [string, Network])[] {
  return (["relu", "tanh"] as const).flatMap((activation) =>
    (Object.keys(NOISES) as Network["noise"][]).flatMap((noise) =>
      [false, true].map((residual) => {
        const name = `${residual ? "residual" : "plain"} ${activation} blocks with ${noise} noise`;
        return [name, { norm, activation, noise, residual, variance: 4 }] as const;
      }),
    ),
  );
}

/** Theory with each mistake that would show in a network. */
export function mistakes({ noise, residual }: Network): readonly [string, Partial<MeanFieldSetting>][] {
  const right: BlockNoise = NOISES[noise];
  const { train, test } = right.gains;
  const both = (wrong: Partial<BlockNoise>) => ({ noises: [right, right].map((one) => ({ ...one, ...wrong })) });
  const without: [string, Partial<MeanFieldSetting>][] = [["the noise", both({ relativeVariance: 0 })]];
  if (right.pivot !== 0) without.push(["the pivot", both({ pivot: 0 })]);
  if (train !== 1) without.push(["the gain during training", both({ gains: { train: 1, test } })]);
  if (test !== 1) without.push(["the gain at test time", both({ gains: { train, test: 1 } })]);
  if (train !== 1 && test !== 1) without.push(["both gains", both({ gains: { train: 1, test: 1 } })]);
  if (train !== test) without.push(["the difference of the gains", both({ gains: { train, test: train } })]);
  if (residual) without.push(["the input's variance", { variance: 1 }]);
  return without;
}

export interface Draws {
  readonly seed: number;
  /** Of the two linear layers, a row a neuron of unit norm. */
  readonly weights: readonly Matrix[];
  /** Of variance 1. */
  readonly input: Matrix;
}

/** Positions 2 and 3 of a stack of two blocks; the last block has fewer neurons, to save time. */
export function simulated({ norm, activation, noise, residual, variance }: Network, draws: Draws): SimulatedPlace[] {
  const f = FUNCTIONS[activation];
  const input = { ...draws.input, values: draws.input.values.map((x) => x * Math.sqrt(variance)) };
  let [train, test]: readonly [Matrix, Matrix] = [input, input];
  const word = words(draws.seed);
  return draws.weights.map((weights) => {
    const normalise = norm === "layer" ? standardisedRows : standardisedBy(train);
    const hidden = [train, test].map((x) => {
      const { columns, values } = normalise(x);
      return { columns, values: values.map(f) };
    }) as [Matrix, Matrix];
    const branches = [noisy(noise, hidden[0], weights, word), quiet(noise, hidden[1], weights)] as const;
    [train, test] = residual ? [sum(train, branches[0]), sum(test, branches[1])] : branches;
    return placeOf(train, test);
  });
}

/** The linear layer during training. */
function noisy(noise: Network["noise"], x: Matrix, weights: Matrix, word: () => number): Matrix {
  const bit = () => word() >>> 31;
  switch (noise) {
    case "alpha": {
      // Klambauer et al. 2017, §3.
      const a = 1 / Math.sqrt(KEEP + DROPPED * DROPPED * KEEP * (1 - KEEP));
      const b = -a * DROPPED * (1 - KEEP);
      return product({ ...x, values: x.values.map((value) => a * (bit() === 1 ? value : DROPPED) + b) }, weights);
    }
    case "classic":
      return product({ ...x, values: x.values.map((value) => value * bit()) }, weights);
    case "spatial": {
      let multiplier = 0;
      const values = x.values.map((value, at) => {
        if (at % CHANNEL === 0) multiplier = bit() / KEEP;
        return value * multiplier;
      });
      return product({ ...x, values }, weights);
    }
    case "dropconnect":
      return product({ ...x, values: x.values.map((value) => value / KEEP) }, weights, word);
  }
}

/** The linear layer at test time. */
function quiet(noise: Network["noise"], x: Matrix, weights: Matrix): Matrix {
  return product(noise === "classic" ? { ...x, values: x.values.map((value) => KEEP * value) } : x, weights);
}

/** A sample's sums Σ wᵢxᵢ, four neurons at a time; with random words, those of the weights that a bit of its own keeps. */
function product(x: Matrix, weights: Matrix, word?: () => number): Matrix {
  const [inputs, rows] = [x.columns, x.values.length / x.columns];
  const neurons = weights.values.length / inputs;
  const [w, h] = [weights.values, x.values];
  const out = new Float64Array(rows * neurons);
  for (let j = 0; j < neurons; j += 4) {
    const [w0, w1, w2, w3] = [j * inputs, (j + 1) * inputs, (j + 2) * inputs, (j + 3) * inputs];
    for (let row = 0; row < rows; row++) {
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      const from = row * inputs;
      if (word === undefined) {
        for (let i = 0; i < inputs; i++) {
          const value = h[from + i];
          s0 += w[w0 + i] * value;
          s1 += w[w1 + i] * value;
          s2 += w[w2 + i] * value;
          s3 += w[w3 + i] * value;
        }
      } else {
        let bits = 0;
        for (let i = 0; i < inputs; i++) {
          bits = i % 8 === 0 ? word() : bits >>> 4;
          const value = h[from + i];
          s0 += w[w0 + i] * value * (bits & 1);
          s1 += w[w1 + i] * value * ((bits >>> 1) & 1);
          s2 += w[w2 + i] * value * ((bits >>> 2) & 1);
          s3 += w[w3 + i] * value * ((bits >>> 3) & 1);
        }
      }
      const to = row * neurons + j;
      out[to] = s0;
      out[to + 1] = s1;
      out[to + 2] = s2;
      out[to + 3] = s3;
    }
  }
  return { columns: neurons, values: out };
}

/** The first channels of x, and what is added to them. */
function sum(x: Matrix, added: Matrix): Matrix {
  const { columns } = added;
  const values = added.values.map(
    (value, at) => value + x.values[Math.floor(at / columns) * x.columns + (at % columns)],
  );
  return { columns, values };
}

/** Mean and variance of each column. */
function columnMoments({ columns, values }: Matrix): { readonly mean: Float64Array; readonly variance: Float64Array } {
  const rows = values.length / columns;
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  values.forEach((value, at) => {
    mean[at % columns] += value / rows;
  });
  values.forEach((value, at) => {
    variance[at % columns] += (value - mean[at % columns]) ** 2 / (rows - 1);
  });
  return { mean, variance };
}

/** Batch Normalization by the statistics that training has. */
function standardisedBy(train: Matrix): (x: Matrix) => Matrix {
  const { mean, variance } = columnMoments(train);
  return ({ columns, values }) => ({
    columns,
    values: values.map((value, at) => (value - mean[at % columns]) / Math.sqrt(variance[at % columns])),
  });
}

function standardisedRows({ columns, values }: Matrix): Matrix {
  const out = values.slice();
  for (let from = 0; from < out.length; from += columns) {
    const row = out.subarray(from, from + columns);
    const mean = average(row);
    const deviation = Math.sqrt(average(row.map((value) => (value - mean) ** 2)));
    for (let at = 0; at < columns; at++) row[at] = (row[at] - mean) / deviation;
  }
  return { columns, values: out };
}

function placeOf(train: Matrix, test: Matrix): SimulatedPlace {
  const rows = train.values.length / train.columns;
  const difference = { ...train, values: test.values.map((value, at) => value - train.values[at]) };
  const moved = columnMoments(difference);
  return {
    trainVariance: average(columnMoments(train).variance),
    testVariance: average(columnMoments(test).variance),
    movedSquare: average(moved.mean.map((mean) => mean * mean)) - average(moved.variance) / rows,
  };
}

function average(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Weights and input of a seed. */
export function drawsOf(seed: number): Draws {
  const word = words(seed);
  const normal = () => Math.sqrt(-2 * Math.log((word() + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * word()) / 2 ** 32);
  const matrix = (rows: number) => ({
    columns: WIDTH,
    values: Float64Array.from({ length: rows * WIDTH }, normal),
  });
  const weights = [matrix(WIDTH), matrix(OUTPUTS)].map(({ columns, values }) => {
    for (let from = 0; from < values.length; from += columns) {
      const row = values.subarray(from, from + columns);
      const norm = Math.sqrt(row.reduce((total, value) => total + value * value, 0));
      for (let at = 0; at < columns; at++) row[at] /= norm;
    }
    return { columns, values };
  });
  return { seed, weights, input: matrix(SAMPLES) };
}

/** xorshift32 through a multiplication: Marsaglia 2003, Xorshift RNGs; Vigna 2016 for the multiplication. */
function words(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.imul(state, 0x9e3779bb) >>> 0;
  };
}

/**
 * How far the simulated positions lie from those of theory, at most, in units of their limits: 1 or less if they agree.
 *
 * Of n samples, d units, b units that share a draw, and k channels averaged over, one block gives the variances a relative
 * variance of at most (2/n + 2b/d)/k + 12b/nd: that of a sample variance of a normal for each channel (2/n, and 2b/d for sums
 * of d/b independent parts), and of the mean square over nd/b draws of a unit whose fourth moment is at most 12 times its
 * squared mean square (a ReLU's is 6 times, doubled by p = ½). A block adds such an error and passes on those before it. The
 * squared difference of means is a mean of k squared normals whose variance has a sampling error of (V + T)/n. Batch statistics,
 * and sums of finitely many parts, move the variances by up to 2/n + b/d for each block, and the squared difference by as much
 * and by (V + T)/n. Of a residual connection's sum, the last term of the variance and what moves belong to the blocks' part.
 * Over 12 seeds at n = 192 the largest standard deviation was 1.05 times its limit, the largest bias 0.82 times.
 */
export function deviation(
  { noise, residual }: Network,
  places: readonly SimulatedPlace[],
  expected: readonly MeanFieldPlace[],
): number {
  const shared = noise === "spatial" ? CHANNEL : 1;
  const excess = places.map((place, index) => {
    const blocks = index + 1;
    const { trainVariance, testVariance, meanShift } = expected[blocks];
    const channels = index === 0 ? WIDTH : OUTPUTS;
    const perChannel = 2 / SAMPLES + (2 * shared) / WIDTH;
    const perDraw = (12 * shared) / (SAMPLES * WIDTH);
    const bias = blocks * (2 / SAMPLES + shared / WIDTH);
    const ofBlocks = residual ? 1 - expected[0].trainVariance / trainVariance : 1;
    const limit = DEVIATIONS * blocks * Math.sqrt(perChannel / channels + perDraw * ofBlocks ** 2) + bias * ofBlocks;
    const moved = meanShift * trainVariance;
    const sampling = (trainVariance + testVariance) / SAMPLES;
    const perSquare = DEVIATIONS * blocks * Math.sqrt(2 / channels + (2 * shared) / WIDTH);
    const movedLimit = perSquare * (moved + sampling) + bias * moved + sampling;
    return Math.max(
      Math.abs(Math.log(place.trainVariance / trainVariance)) / limit,
      Math.abs(Math.log(place.testVariance / testVariance)) / limit,
      Math.abs(place.movedSquare - moved) / movedLimit,
    );
  });
  return Math.max(...excess);
}

/** Of a normal, two-sided: once in 10⁸, so once in 10⁶ for the 96 comparisons of a norm. */
const DEVIATIONS = 5.8;
