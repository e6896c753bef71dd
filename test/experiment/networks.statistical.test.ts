import { describe, expect, test } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { measure } from "../../src/experiment/measure.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import type { Sums } from "../../src/experiment/sums.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { meanOf } from "../../src/numeric/mean.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { once } from "../once.ts";
import { count, FEWEST, MOST, SEEDS } from "./coverage.ts";

const executor = createInlineExecutor(createKernel);

const measured = (input: ScenarioInput) => measure(defineScenario(input), { executor });

function at(records: readonly ShiftRecord[], name: string): ShiftRecord {
  const found = records.find(({ position }) => (position?.name ?? "BN") === name);
  if (found === undefined) throw new Error(`there is no position ${name}`);
  return found;
}

const RATES_THAT_DIFFER =
  "input(512) bn relu dropout(0.3) linear(512) bn relu dropout(0.3) linear(512) bn relu dropout(0.5) linear(512)";

/** A position, its Δ, and its mean shift where that is known. */
interface Answer {
  readonly position: string;
  readonly shift: number;
  readonly meanShift?: number;
}

/** Right answers of other programs and derivations, of zero-mean weights; where none are drawn theory is exact. */
const CASES: readonly (readonly [text: string, answers: readonly Answer[]])[] = [
  ["input(512, relu) linear(512) dropout(0.3) bn", [{ position: "BN", shift: 0.614 }]],
  ["input(512, mean=-2.6) mask(0.17, unscaled) bn", [{ position: "BN", shift: 0.56059, meanShift: 0.10952 }]],
  ["input(64) dropout(0.3) dropconnect(0.4) linear(64) bn", [{ position: "BN", shift: 0.42 }]],
  ["input(512) concat(dropout(0.5)) bn", [{ position: "BN", shift: 2 / 3 }]],
  ["input(512) dropout(0.25) linear(512) relu bn", [{ position: "BN", shift: 0.75, meanShift: 0.00838 }]],
  [
    RATES_THAT_DIFFER,
    [
      { position: "BN 2", shift: 0.614 },
      { position: "BN 3", shift: 0.377 },
      { position: "output", shift: 0.153 },
    ],
  ],
  ["input(512) bn elu dropout(0.5) linear(512) bn", [{ position: "BN 2", shift: 0.48981 }]],
  ["input(512) bn leakyrelu(0.01) dropout(0.5) linear(512) bn", [{ position: "BN 2", shift: 0.4076 }]],
  ["input(512) bn leakyrelu(0.2) dropout(0.5) linear(512) bn", [{ position: "BN 2", shift: 0.44571 }]],
  // Its mean is √½ of that during training: (1 − √½)²·c²/(e − c²).
  ["input(512) dropout(0.5) linear(512) relu", [{ position: "output", shift: 0.5, meanShift: 0.04006 }]],
];

const NETWORKS = 16;
/** Standard errors of a mean over networks: further off with odds of 4·10⁻⁷ (t of 15 degrees of freedom). */
const FAR = 8.5;
/** What finite width and mini-batches leave, as the answers themselves are given. */
const FINITE = 0.003;

test.each(CASES)("%s", async (network, answers) => {
  const records: (readonly ShiftRecord[])[] = [];
  for (let seed = 0; seed < NETWORKS; seed++)
    records.push(await measured({ network, seed: `case ${seed}`, batches: 8 }));
  for (const { position, shift, meanShift } of answers) {
    const own = records.map((one) => at(one, position).measured);
    const [mean, error] = meanAndError(own.map((one) => one.shift));
    expect(error, position).toBeLessThan(0.0015);
    expect(Math.abs(mean - shift), position).toBeLessThan(FINITE + FAR * error);
    // A negative control: of another answer it would be found out.
    expect(Math.abs(mean - 0.85 * shift), position).toBeGreaterThan(FINITE + FAR * error);
    if (meanShift === undefined) continue;
    const [shifted, itsError] = meanAndError(own.map((one) => one.meanShift ?? Number.NaN));
    expect(Math.abs(shifted - meanShift), position).toBeLessThan(0.02 * meanShift + FAR * itsError);
  }
});

function meanAndError(values: readonly number[]): readonly [mean: number, error: number] {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return [mean, Math.sqrt(squares / (values.length - 1) / values.length)];
}

/** Networks of an independent program, NumPy: the first norm of each block and the last one, or also a second norm of the first block. */
const RESNETS = [
  [
    "input(3x12x12) conv(48,3) repeat(4, residual(bn relu conv(48,3) bn relu dropout(0.3) conv(48,3))) bn",
    { "BN 3": 0.867, "BN 5": 0.778, "BN 7": 0.713, "BN 9": 0.667 },
  ],
  [
    "input(3x12x12) conv(48,3) repeat(4, residual(bn relu conv(48,3) dropout(0.3) bn relu conv(48,3))) bn",
    { "BN 2": 0.613, "BN 3": 0.903, "BN 5": 0.833, "BN 7": 0.767, "BN 9": 0.726 },
  ],
] as const;

test.each(RESNETS)("a Wide ResNet has the shifts of an independent program: %s", async (network, expected) => {
  const records = await Promise.all(
    Array.from({ length: 4 }, (_, seed) => measured({ network, seed: `wide ${seed}`, batchSize: 32, batches: 8 })),
  );
  for (const [position, shift] of Object.entries(expected)) {
    const mean = meanOf(records.map((one) => at(one, position).measured.shift));
    expect(Math.abs(mean - shift), position).toBeLessThan(0.02);
  }
});

const BATCH = 16;
const POSITIONS = 16;

/**
 * What a mini-batch sees on average of a variance V, unbiased for independent values, where positions of a sample have the covariance C:
 * (nV − V − (P − 1)C)/(n − 1), n values, P positions.
 */
function inBatch(variance: number, covariance: number): number {
  const n = BATCH * POSITIONS;
  return variance - ((POSITIONS - 1) * covariance) / (n - 1);
}

const relativeVariance = (drop: number) => drop / (1 - drop);
/** Of units of mean 1 and variance 1, whose positions share m: V = 1 + 2σ², C = σ². */
const shared = (drop: number) => 1 / inBatch(1 + 2 * relativeVariance(drop), relativeVariance(drop));
/** Of units of mean 1 and variance 1, each with its own m, unscaled: pv + p(1 − p)c². */
const unscaled = (drop: number) => 1 / ((1 - drop) * (1 + drop));

/** Networks without weights, whose Δ follows from the law of the noise alone: that, and that of a noise a fifth stronger. */
const EXACT: readonly (readonly [text: string, shift: number, mistaken: number])[] = [
  ["input(3x4x4, mean=1) dropout2d(0.3) bn as end", shared(0.3), shared(0.36)],
  ["input(3x4x4, mean=1) droppath(0.3) bn as end", shared(0.3), shared(0.36)],
  [
    "input(8, mean=1) droppath(0.3) bn as end",
    1 / (1 + 2 * relativeVariance(0.3)),
    1 / (1 + 2 * relativeVariance(0.36)),
  ],
  ["input(8) gaussiannoise(0.5) bn as end", 1 / 1.25, 1 / 1.36],
  ["input(8, mean=1) mask(0.3, unscaled) bn as end", unscaled(0.3), unscaled(0.36)],
];

// Of any network a false alarm once in 2·10⁶ (coverage.ts).
describe.each(EXACT)("%s", (network, shift, mistaken) => {
  const sums = once(async () => {
    const found: Sums[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const [record] = await measured({ network, seed: `coverage ${seed}`, batchSize: BATCH, batches: 60 });
      found.push(record.sums);
    }
    return found;
  });

  test("the 95 % interval holds Δ 95 % of the time", async () => {
    const { all, holding } = count(await sums(), { expected: shift });
    expect(all).toBe(SEEDS);
    expect(holding).toBeGreaterThanOrEqual(FEWEST);
    expect(holding).toBeLessThanOrEqual(MOST);
  });

  test("negative control: that of a noise a fifth stronger is held too rarely", async () => {
    expect(count(await sums(), { expected: mistaken }).holding).toBeLessThan(FEWEST);
  });
});
