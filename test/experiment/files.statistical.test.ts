import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type NamedArrays, type ScenarioInput, simulate } from "../../src/index.ts";
import { readTensors } from "../../src/tensor/read.ts";
import { rowsOf } from "../../src/tensor/rows-of.ts";
import { alignedTheory } from "../../src/theory/linear-shift.ts";
import { directShift } from "../../src/theory/shift.ts";
import { type Rows, skewedRows, unequalWeights } from "../skewed-rows.ts";
import { zOf } from "./measured.ts";
import type { ComparedRecord } from "./measured-one.ts";
import { simulateOne } from "./simulate-one.ts";

// 27 scenarios, two-sided z = 5.6: one false alarm in 10⁶ for all of them together (27 · 2.1·10⁻⁸ = 6·10⁻⁷), and the
// distribution over a thousand batches is near enough to normal for that. Seeds are fixed.
const LIMIT = 5.6;

const WIDTH = 20;
const ROWS = skewedRows(1500, WIDTH);
const WEIGHTS = unequalWeights(5, WIDTH);
/** What evaluation mode makes of other samples: less of what varies, about other means. */
const EVALUATION_ROWS = skewedRows(900, WIDTH).map((row) => row.map((x, unit) => Math.fround(0.6 * x + 0.05 * unit)));
const ARRAYS: NamedArrays = {
  "file:eval.npy": { shape: [EVALUATION_ROWS.length, WIDTH], values: EVALUATION_ROWS.flat() },
  "file:x.npy": { shape: [ROWS.length, WIDTH], values: ROWS.flat() },
  "file:w.npy": { shape: [WEIGHTS.length, WIDTH], values: WEIGHTS.flat() },
};

const X: ScenarioInput = { activation: "file:x.npy" };
const W: ScenarioInput = { weights: "file:w.npy" };

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Δ by the definition of a variance, each mask's part worked out row by row: over all rows, E Var(Σ w m x) with the row is
 * σ² Σ w²x², and Var E is the variance of Σ w x. In test it is that of the rows of evaluation.
 */
function shiftOf(rows: Rows, weights: Rows, noise: number, evaluationRows = rows): number {
  const signalOf = (inputs: Rows) => {
    const outputs = weights.map((row) =>
      inputs.map((x) => x.reduce((sum, value, unit) => sum + value * (row[unit] ?? 0), 0)),
    );
    return average(outputs.map((y) => average(y.map((value) => value * value)) - average(y) ** 2));
  };
  const added = average(
    weights.map((row) =>
      average(rows.map((x) => x.reduce((sum, value, unit) => sum + (value * (row[unit] ?? 0)) ** 2, 0))),
    ),
  );
  return signalOf(evaluationRows) / (signalOf(rows) + noise * added);
}

const UNITS: Rows = Array.from({ length: WIDTH }, (_, i) =>
  Array.from({ length: WIDTH }, (__, j) => (i === j ? 1 : 0)),
);

const NOISES: readonly ScenarioInput[] = [
  { keep: 0.5 },
  { keep: 0.8 },
  { keep: 0.1, masks: "independent" },
  { keep: 0.6, batchSize: 7 },
  { noise: "gaussian", keep: 0.7 },
  { noise: "uout", beta: 0.9 },
];

const cases = NOISES.flatMap((noise) => [
  { input: { ...X, ...noise }, weights: UNITS },
  { input: { ...X, ...W, ...noise }, weights: WEIGHTS },
]);

const MODES: ScenarioInput = { ...X, testActivation: "file:eval.npy" };
const ofModes = NOISES.flatMap((noise) => [
  { input: { ...MODES, ...noise }, weights: UNITS },
  { input: { ...MODES, ...W, ...noise }, weights: WEIGHTS },
]);

function measured(input: ScenarioInput): Promise<ComparedRecord> {
  return simulateOne({ batchSize: 64, samples: 64_000, seed: "files", ...input }, { arrays: ARRAYS });
}

describe("rows that are drawn, and the exact form of their own moments, agree to within the measurement's own error", () => {
  test.each(cases)("$input", async ({ input, weights }) => {
    const record = await measured(input);
    const expected = shiftOf(ROWS, weights, record.scenario.relativeVariance);
    // 1,500 rows of 20 products, 2⁻⁵³ each, and the mean's square taken from a sum that is a few times as large.
    expect(Math.abs(record.theory.shift / expected - 1)).toBeLessThan(1e-11);
    expect(Math.abs(zOf(record.measured, expected)), `Δ̂ ${record.measured.shift}, Δ ${expected}`).toBeLessThan(LIMIT);
  });
});

describe("rows of both modes, and the exact form of each mode's moments, agree likewise", () => {
  test.each(ofModes)("$input", async ({ input, weights }) => {
    const record = await measured(input);
    const expected = shiftOf(ROWS, weights, record.scenario.relativeVariance, EVALUATION_ROWS);
    expect(Math.abs(record.theory.shift / expected - 1)).toBeLessThan(1e-11);
    expect(Math.abs(zOf(record.measured, expected)), `Δ̂ ${record.measured.shift}, Δ ${expected}`).toBeLessThan(LIMIT);
    // Negative control: as if evaluation had the rows of training.
    const wrong = shiftOf(ROWS, weights, record.scenario.relativeVariance);
    expect(Math.abs(zOf(record.measured, wrong))).toBeGreaterThan(LIMIT);
  });

  test("and as many rows in both files are the same samples, so that the ratio is known better", async () => {
    const paired = ROWS.map((row) => row.map((x) => Math.fround(0.5 * x)));
    const arrays = { ...ARRAYS, "file:half": { shape: [ROWS.length, WIDTH], values: paired.flat() } };
    const run = { ...MODES, noise: "none", batchSize: 64, samples: 6400 } as const;
    const half = await simulate({ ...run, testActivation: "file:half" }, { arrays });
    // Each mini-batch has a quarter of its own variance: nothing is left to chance but rounding.
    expect(half.measured.shift).toBeCloseTo(0.25, 6);
    expect(half.measured.standardError).toBeLessThan(1e-6);
    const other = await simulate(run, { arrays });
    expect(other.measured.standardError).toBeGreaterThan(1e-4);
  });
});

/** Arrays of a file of test/theory/data, by their names. */
async function arraysIn(file: string): Promise<NamedArrays> {
  const path = `test/theory/data/${file}`;
  const tensors = await readTensors({ file: path, bytes: new Uint8Array(readFileSync(path)) });
  return Object.fromEntries(tensors.map(({ name, open }) => [`file:${name}`, rowsOf(open(), "out-first")]));
}

// To the digits of the right answers, which were worked out elsewhere from the definitions.
test.each<[string, string, ScenarioInput, number]>([
  ["feature-maps.npz", "at a BN2d", { activation: "file:maps", drop: 0.5 }, 0.40046],
  [
    "feature-maps.npz",
    "behind a convolution, channels dropped",
    { activation: "file:maps", weights: "file:kernel", padding: 1, noise: "spatial", drop: 0.3 },
    0.65198,
  ],
  ["two-modes.npz", "in a second block", { activation: "file:train", testActivation: "file:eval", drop: 0.5 }, 0.17504],
])("%s, %s, is measured as it should be", async (file, _, input, expected) => {
  const record = await simulate({ batchSize: 64, samples: 128_000, ...input }, { arrays: await arraysIn(file) });
  expect(Math.abs(zOf(record.measured, expected)), `Δ̂ ${record.measured.shift}`).toBeLessThan(LIMIT);
});

describe("negative controls: the same comparison finds", () => {
  test("eq. 12 with the averages of units that differ, behind unequal weights", async () => {
    const record = await measured({ ...X, ...W, keep: 0.5 });
    const { inputMean: mean, inputVariance: variance, inputRho: correlation, alignment } = record.scenario;
    const input = { mean, variance, correlation };
    const wrong = alignedTheory({ input, alignment: alignment ?? 0, width: WIDTH }, 1).shift;
    expect(Math.abs(zOf(record.measured, wrong))).toBeGreaterThan(LIMIT);
  });

  test("eq. 8 with the averages of units whose means differ", async () => {
    const record = await measured({ ...X, keep: 0.5 });
    const { inputMean: mean, inputVariance: variance } = record.scenario;
    expect(Math.abs(zOf(record.measured, directShift({ mean, variance }, 1)))).toBeGreaterThan(LIMIT);
  });

  test("rows whose units are drawn one by one, so that they lose their correlation", async () => {
    const record = await measured({ ...X, ...W, keep: 0.5 });
    const shuffled = ROWS.map((row, index) =>
      row.map((_, unit) => ROWS[(index + 97 * unit) % ROWS.length]?.[unit] ?? 0),
    );
    expect(Math.abs(zOf(record.measured, shiftOf(shuffled, WEIGHTS, 1)))).toBeGreaterThan(LIMIT);
  });
});
