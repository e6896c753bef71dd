/**
 * The normals that all else is made of, held against the normal distribution:
 *
 *   npm run normals-study              10⁹ of them, 20 to 40 seconds on one core
 *   npm run normals-study -- 1e7       fewer
 *   npm run normals-study -- 1e9 other of another seed
 *
 * They come as in a simulation: mini-batches of 64 channels and 256 samples, each with an address of its own. Prints a
 * Markdown table, the same bytes each time. Every statistic has a limit that true normals pass once in 10⁶, either way (28
 * of them: 3·10⁻⁵ together); one beyond it is marked, and the exit code is 1.
 */

import { inputKey } from "../src/forward/key.ts";
import { createKernel } from "../src/kernel/fastest.ts";
import { GROUP, STAGE_FLOATS } from "../src/kernel/kernel.ts";
import { normalCdf } from "../src/numeric/normal.ts";
import { STATE_WORDS, startStream } from "../src/random/streams.ts";
import { markdownTable } from "../src/report/markdown.ts";
import { defineScenario } from "../src/scenario/define.ts";
import { segmentIn } from "../test/experiment/measured-one.ts";

const SAMPLES = 256;
const BATCH = 64 * SAMPLES;
const batches = Math.ceil(Number(process.argv[2] ?? 1e9) / BATCH);
const draws = batches * BATCH;
const seed = process.argv[3] ?? "normals";

/** Standard errors that a normal statistic passes with odds of 10⁻⁶, either way. */
const LARGEST_Z = 4.892;
/** Kolmogorov's distribution passes this with odds of 10⁻⁶: 2·e^(−2x²) (scipy.stats.kstwobign.isf(1e-6)). */
const LARGEST_DISTANCE = 2.694;

/** Bins of the histogram in a unit, and the range ±8 that it covers; our normals reach 6.56. */
const BINS = 4096;
const RANGE = 8;

interface Row {
  readonly statistic: string;
  readonly value: string;
  readonly expected: string;
  readonly standardError: string;
  readonly z: string;
  readonly limit: string;
  readonly holds: boolean;
}

const histogram = new Float64Array(2 * RANGE * BINS);
const powers = { one: 0, two: 0, three: 0, four: 0 };
const [sines, cosines] = [new Float32Array(BATCH / 2), new Float32Array(BATCH / 2)];
const pairs = createCorrelation("sine and cosine of a point");
const lags = [
  { lag: 1, correlation: createCorrelation("next sample, of another lane") },
  { lag: GROUP, correlation: createCorrelation("8 samples on, next of its lane") },
  { lag: SAMPLES, correlation: createCorrelation("next channel") },
];
const nextBatch = createCorrelation("same position of the next mini-batch");
/** Where the next mini-batch's streams would be these, a word further on. */
const shiftedBatch = createCorrelation("one random integer earlier in the next mini-batch");

draw((now, before) => {
  addPowers(now);
  addPairs(now);
  for (const { lag, correlation } of lags) correlation.add(now.subarray(0, BATCH - lag), now.subarray(lag));
  if (before === undefined) return;
  nextBatch.add(before, now);
  shiftedBatch.add(before.subarray(GROUP), now.subarray(0, BATCH - GROUP));
});

const rows = [...moments(), distance(), chiSquare(), ...tails()];
const correlations = [pairs, ...lags.map(({ correlation }) => correlation), nextBatch, shiftedBatch];
rows.push(...correlations.flatMap((correlation) => correlation.rows()));
process.stdout.write(
  markdownTable(
    ["statistic", "measured", "expected", "standard error", "z", "limit"],
    rows.map(({ statistic, value, expected, standardError, z, limit, holds }) => {
      return [statistic, value, expected, standardError, z, holds ? limit : `${limit}: FAILS`];
    }),
  ),
);
process.stdout.write(`\n${draws} normals of ${batches} mini-batches, seed ${seed}.\n`);
if (rows.some(({ holds }) => !holds)) process.exitCode = 1;

/** Draws one mini-batch after the other and shows each with the one before. */
function draw(show: (now: Float32Array, before: Float32Array | undefined) => void): void {
  const kernel = createKernel(1 << 20);
  const key = inputKey(seed, segmentIn(defineScenario({ seed })).input);
  const radius = kernel.words(STATE_WORDS);
  const angle = kernel.words(STATE_WORDS);
  const [even, odd] = [kernel.floats(BATCH), kernel.floats(BATCH)];
  for (let batch = 0; batch < batches; batch++) {
    startStream({ key, batch }, "inputRadius", radius);
    startStream({ key, batch }, "inputAngle", angle);
    const [now, before] = batch % 2 === 0 ? [even, odd] : [odd, even];
    for (let start = 0; start < BATCH; start += STAGE_FLOATS) {
      kernel.normals({ radius, angle, out: now.subarray(start, start + STAGE_FLOATS) });
    }
    show(now, batch === 0 ? undefined : before);
  }
}

/** Sums of a mini-batch first, so that the totals of 10⁹ lose no digits. */
function addPowers(x: Float32Array): void {
  let one = 0;
  let two = 0;
  let three = 0;
  let four = 0;
  for (let at = 0; at < x.length; at++) {
    const z = x[at];
    const square = z * z;
    one += z;
    two += square;
    three += square * z;
    four += square * square;
    // Exact, and positive: cutting off the fraction rounds down.
    histogram[(z * BINS + RANGE * BINS) | 0]++;
  }
  powers.one += one;
  powers.two += two;
  powers.three += three;
  powers.four += four;
}

/** A group holds four points of a circle: their sines, then their cosines. */
function addPairs(x: Float32Array): void {
  for (let at = 0; at < x.length; at++) {
    const side = at % GROUP < GROUP / 2 ? sines : cosines;
    side[Math.floor(at / GROUP) * (GROUP / 2) + (at % (GROUP / 2))] = x[at];
  }
  pairs.add(sines, cosines);
}

function moments(): Row[] {
  const mean = powers.one / draws;
  const square = powers.two / draws;
  const cube = powers.three / draws;
  const variance = square - mean * mean;
  const third = cube - 3 * mean * square + 2 * mean ** 3;
  const fourth = powers.four / draws - 4 * mean * cube + 6 * mean * mean * square - 3 * mean ** 4;
  return [
    row({ statistic: "mean", value: mean, expected: 0, standardError: Math.sqrt(1 / draws) }),
    row({ statistic: "variance", value: variance, expected: 1, standardError: Math.sqrt(2 / draws) }),
    row({
      statistic: "skewness",
      value: third / variance ** 1.5,
      expected: 0,
      standardError: Math.sqrt(6 / draws),
    }),
    row({
      statistic: "kurtosis",
      value: fourth / variance ** 2,
      expected: 3,
      standardError: Math.sqrt(24 / draws),
    }),
  ];
}

/**
 * Kolmogorov and Smirnov's √N·max|F(z) − Φ(z)|, over the edges of the bins alone. Between two edges F − Φ strays from both by
 * less than 5·√(bin/N), the bridge of a bin of at most 10⁻⁴ of the draws: the true maximum is larger by less than 0.05.
 */
function distance(): Row {
  let below = 0;
  let largest = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    largest = Math.max(largest, Math.abs(below / draws - normalCdf(bin / BINS - RANGE)));
    below += histogram[bin];
  }
  const value = largest * Math.sqrt(draws);
  return {
    statistic: "Kolmogorov-Smirnov, √N·D",
    value: value.toFixed(3),
    expected: "0.87",
    standardError: "0.26",
    z: "",
    limit: `below ${LARGEST_DISTANCE}`,
    holds: value < LARGEST_DISTANCE,
  };
}

/** Pearson's χ² of the bins in which 25 or more are expected, which finds a comb that no moment sees. */
function chiSquare(): Row {
  let sum = 0;
  let bins = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    // The lower tail's mirror image, since near 1 the distribution function has no digits left for a small difference.
    const near = Math.min(bin, histogram.length - 1 - bin) / BINS - RANGE;
    const expected = draws * (normalCdf(near + 1 / BINS) - normalCdf(near));
    if (expected < 25) continue;
    sum += (histogram[bin] - expected) ** 2 / expected;
    bins++;
  }
  return row({
    statistic: `χ² of ${bins} bins of 1/${BINS}`,
    value: sum,
    expected: bins - 1,
    standardError: Math.sqrt(2 * (bins - 1)),
    digits: 0,
  });
}

/** How many lie beyond so many σ, held to the 5·10⁻⁷ and 1 − 5·10⁻⁷ quantiles of Poisson's distribution. */
function tails(): Row[] {
  return [3, 4, 4.5, 5, 5.5].flatMap((sigmas) => {
    const expected = draws * normalCdf(-sigmas);
    const [least, most] = poissonBounds(expected);
    const counts = {
      [`below −${sigmas}`]: sum(histogram.subarray(0, (RANGE - sigmas) * BINS)),
      [`above ${sigmas}`]: sum(histogram.subarray((RANGE + sigmas) * BINS)),
    };
    return Object.entries(counts).map(([statistic, count]) => ({
      ...row({
        statistic,
        value: count,
        expected,
        standardError: Math.sqrt(expected),
        digits: expected < 1000 ? 1 : 0,
      }),
      value: String(count),
      limit: `${least} to ${most}`,
      holds: least <= count && count <= most,
    }));
  });
}

/** The fewest and the most events that are not rarer than 5·10⁻⁷ on their side, where so many are expected. */
function poissonBounds(expected: number): readonly [number, number] {
  const mode = Math.floor(expected);
  const reach = Math.ceil(10 * Math.sqrt(expected) + 40);
  const first = Math.max(0, mode - reach);
  const weights = new Float64Array(mode + reach - first + 1);
  weights[mode - first] = 1;
  for (let k = mode; k > first; k--) weights[k - 1 - first] = (weights[k - first] * k) / expected;
  for (let k = mode + 1; k <= mode + reach; k++) weights[k - first] = (weights[k - 1 - first] * expected) / k;
  const limit = 5e-7 * sum(weights);
  let least = first;
  for (let tail = weights[0]; tail < limit; tail += weights[least - first]) least++;
  let most = mode + reach;
  for (let tail = weights[most - first]; tail < limit; tail += weights[most - first]) most--;
  return [least, most];
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Correlation of two draws, and of their squares, whose dependence would show in the error of a variance. */
function createCorrelation(title: string) {
  let values = 0;
  let squares = 0;
  let count = 0;
  return {
    add(a: Float32Array, b: Float32Array): void {
      let product = 0;
      let productOfSquares = 0;
      for (let at = 0; at < a.length; at++) {
        const x = a[at];
        const y = b[at];
        product += x * y;
        productOfSquares += (x * x - 1) * (y * y - 1);
      }
      values += product;
      squares += productOfSquares / 2;
      count += a.length;
    },
    rows(): Row[] {
      const standardError = 1 / Math.sqrt(count);
      return [
        row({ statistic: `correlation, ${title}`, value: values / count, expected: 0, standardError }),
        row({ statistic: "of their squares", value: squares / count, expected: 0, standardError }),
      ];
    },
  };
}

interface Statistic {
  readonly statistic: string;
  readonly value: number;
  readonly expected: number;
  readonly standardError: number;
  readonly digits?: number;
}

/** A statistic that is normal for so many draws. */
function row({ statistic, value, expected, standardError, digits = 7 }: Statistic): Row {
  const z = (value - expected) / standardError;
  return {
    statistic,
    value: value.toFixed(digits),
    expected: expected === 0 ? "0" : expected.toFixed(Number.isInteger(expected) ? 0 : digits),
    standardError: standardError.toFixed(digits),
    z: z.toFixed(2),
    limit: `z within ±${LARGEST_Z}`,
    holds: Math.abs(z) < LARGEST_Z,
  };
}
