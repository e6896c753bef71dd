import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMeasured, checkRecord } from "../../src/check/check.ts";
import { describeCheck } from "../../src/check/describe.ts";
import { readMeasured } from "../../src/check/read-measured.ts";
import { simulate } from "../../src/index.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { between } from "../theory/arbitrary.ts";
import { errorOf } from "./error-of.ts";

// What PyTorch 2.15 measured, by bench/peers/torch_batch_variances.py: nn.Dropout → nn.Linear → nn.BatchNorm1d,
//   --keep 0.7 --mean 0.5 --neurons 32 --batches 256 --mode … --weights-out torch-weights.csv
const TORCH: ScenarioInput = { keep: 0.7, mean: 0.5, width: 64, layer: "linear", neurons: 32, batchSize: 128 };
const dataOf = (name: string) => readFileSync(new URL(`data/${name}.csv`, import.meta.url), "utf8");
const torch = async (mode: string) => {
  const { layers } = await readMeasured({ text: dataOf(`torch-${mode}`), place: mode });
  return layers[0].measured;
};
const weights = parse(dataOf("torch-weights"), {
  columns: true,
  cast: (cell, { header }) => (header ? cell : Number(cell)),
}) as {
  sum: number;
  sumOfSquares: number;
}[];

// The draws are the files': these verdicts are the same everywhere. At alpha 10⁻⁴ a right PyTorch would have been drawn that
// disagrees with odds of 10⁻⁴ at most.
const TERMS = { tolerance: 0.01, alpha: 1e-4 };

describe("spatial dropout", () => {
  const SPATIAL: ScenarioInput = { ...TORCH, noise: "spatial", channelSize: 16 };

  test("is compared with the measurer's weights, by their channels' sums", async () => {
    const measured = { trainVariance: 2, testVariance: 1, batches: 64, standardError: 1e-3 };
    // One neuron of four weights of ½ in two channels: S₁² = 4, S₂ = 1, C = 2; v = 1, c = 1, σ² = 3/7.
    const sums = [{ sum: 2, sumOfSquares: 1, channelSquares: 2 }];
    const { theory } = checkMeasured({ ...SPATIAL, mean: 1 }, measured, { weights: sums });
    expect(theory.testVariance).toBe(1);
    expect(theory.trainVariance).toBeCloseTo(1 + (3 / 7) * (2 + 1), 15);
  });

  test("is refused without them, where its shift depends on them", async () => {
    const measured = { trainVariance: 2, testVariance: 1 };
    expect(errorOf(() => checkMeasured(SPATIAL, measured))).toMatchObject({ field: "channelSquares" });
    expect(errorOf(() => checkMeasured(SPATIAL, measured, { weights }))).toMatchObject({ field: "channelSquares" });
    expect(checkMeasured({ ...SPATIAL, mean: 0 }, measured).theory.shift).toBeCloseTo(0.7, 15);
  });
});

describe("PyTorch's own modules", () => {
  test("agree with theory as they stand, in the ratio and in both variances", async () => {
    const { agreement, diagnosis } = checkMeasured(TORCH, await torch("normal"), { ...TERMS, weights });
    expect(agreement).toMatchObject({ verdict: "agrees", variances: "fit" });
    expect(diagnosis).toEqual([]);
  });

  test("agree without a word about the weights, since the ratio of uncorrelated units depends on none", async () => {
    const { agreement, diagnosis } = checkMeasured(TORCH, await torch("normal"), TERMS);
    expect(agreement).toMatchObject({ verdict: "agrees", variances: "unknown" });
    expect(diagnosis).toEqual([]);
  });

  test.each([
    ["swapped", "keep-drop-swapped"],
    ["train-mode", "noise-on-in-test"],
    ["alpha", "alpha-dropout"],
  ])("%s: are told to be wrong, and how", async (mode, kind) => {
    const { agreement, diagnosis } = checkMeasured(TORCH, await torch(mode), { ...TERMS, weights });
    expect(agreement.verdict).toBe("disagrees");
    // Beside it only numbers of the scenario that would have to be just so.
    expect(diagnosis.filter(({ value }) => value === null).map((one) => one.kind)).toEqual([kind]);
    expect(diagnosis[0]).toMatchObject({ kind, variances: "fit" });
  });

  test("left in train mode: without the weights it may as well be noise that was never on", async () => {
    const { diagnosis } = checkMeasured(TORCH, await torch("train-mode"), TERMS);
    expect(diagnosis.map(({ kind }) => kind)).toEqual(["noise-on-in-test", "noise-off-in-training"]);
  });

  test("a diagnosis is a sentence", async () => {
    const { diagnosis } = checkMeasured(TORCH, await torch("swapped"), TERMS);
    expect(diagnosis[0]?.sentence).toMatch(
      /^looks as if keep and drop were swapped: Δ would be 0\.25532, measured 0\.25\d+ ± 0\.00\d+$/,
    );
  });

  test("compared with another keep, its own is named", async () => {
    const { agreement, diagnosis } = checkMeasured({ ...TORCH, keep: 0.6 }, await torch("normal"), TERMS);
    expect(agreement.verdict).toBe("disagrees");
    expect(diagnosis[0]).toMatchObject({ kind: "wrong-strength", value: 0.7 });
  });
});

describe("the ratio alone", () => {
  test("means without an error are judged as they are", () => {
    const check = (testVariance: number) => checkMeasured({ keep: 0.5 }, { trainVariance: 2, testVariance });
    expect(check(1.004).agreement.verdict).toBe("agrees");
    expect(check(1.006).agreement.verdict).toBe("disagrees");
    expect(check(1.006).measured).toMatchObject({ standardError: null, interval: null, batches: null });
  });

  test("means with an error are judged by their interval, whose quantile knows the number of mini-batches", () => {
    const measured = { trainVariance: 2, testVariance: 1, standardError: 0.0005 };
    const check = (batches?: number) =>
      checkMeasured({ keep: 0.5 }, { ...measured, ...(batches === undefined ? {} : { batches }) });
    // Normal 1.96·0.001, Student with 7 degrees of freedom 2.3646·0.001 (both scipy.stats), as ln Δ̂.
    expect(check().measured.interval?.[1]).toBeCloseTo(0.5 * Math.exp(0.001 * 1.959963984540054), 12);
    expect(check(8).measured.interval?.[1]).toBeCloseTo(0.5 * Math.exp(0.001 * 2.3646242515927844), 12);
    expect(check(8).agreement.verdict).toBe("agrees");
  });

  test("fewer mini-batches than simulate would judge by are inconclusive, however narrow the interval", () => {
    const measured = { trainVariance: 2, testVariance: 1, standardError: 1e-9 };
    expect(checkMeasured({ keep: 0.5 }, { ...measured, batches: 7 }).agreement.verdict).toBe("inconclusive");
    expect(checkMeasured({ keep: 0.5 }, { ...measured, batches: 8 }).agreement.verdict).toBe("agrees");
  });

  test("an interval that reaches over the edge of the band is inconclusive, and nothing is diagnosed", () => {
    const measured = { trainVariance: 2, testVariance: 1.004, standardError: 0.002 };
    const { agreement, diagnosis } = checkMeasured({ keep: 0.5 }, measured);
    expect(agreement.verdict).toBe("inconclusive");
    expect(diagnosis).toEqual([]);
  });

  test("tolerance and error rate are the scenario's, unless they are given", () => {
    const measured = { trainVariance: 2, testVariance: 1 };
    const scenario = { keep: 0.5, tolerance: 0.02, confidence: 0.9 };
    const { tolerance, alpha } = checkMeasured(scenario, measured).agreement;
    expect([tolerance, alpha]).toEqual([0.02, expect.closeTo(0.1, 12)]);
    const given = { tolerance: 0.03, alpha: 1e-6 };
    expect(checkMeasured(scenario, measured, given).agreement).toMatchObject(given);
  });
});

describe("variances that are right in ratio only", () => {
  const scenario = { keep: 0.5, mean: 1, batchSize: 32 };

  test.each([
    ["scaled-in-test", 0.25 * 3, 0.25],
    ["biased-in-both", (3 * 31) / 32, 31 / 32],
  ])("%s is named, and the verdict stays agreement", (kind, trainVariance, testVariance) => {
    const { agreement, diagnosis } = checkMeasured(scenario, { trainVariance, testVariance });
    expect(agreement).toMatchObject({ verdict: "agrees", variances: "differ" });
    expect(diagnosis.map((one) => one.kind)).toEqual([kind, "wrong-scale"]);
    expect(diagnosis[0]?.sentence).toMatch(/^looks as if .*: Δ stays correct, but Var_train would be /);
  });

  test("another unit of the input is a factor upstream", () => {
    const { agreement, diagnosis } = checkMeasured(scenario, { trainVariance: 30, testVariance: 10 });
    expect(agreement).toMatchObject({ verdict: "agrees", variances: "differ" });
    // √10 within half of the tolerance, as the variances are its square.
    expect(diagnosis).toMatchObject([{ kind: "wrong-scale", value: expect.closeTo(Math.sqrt(10), 2) }]);
  });

  test("a mistake in another unit is named all the same, and said not to fit otherwise", () => {
    const { diagnosis } = checkMeasured({ keep: 0.7 }, { trainVariance: 10 / 0.3, testVariance: 10 });
    expect(diagnosis[0]).toMatchObject({ kind: "keep-drop-swapped", variances: "differ", certainty: "possible" });
    for (const { sentence } of diagnosis) expect(sentence).not.toContain("looks as if");
    expect(diagnosis[0]?.sentence).toMatch(/the variances fit too with an additional upstream factor of 3\.162$/);
  });
});

describe("a linear layer of correlated units", () => {
  const scenario: ScenarioInput = { keep: 0.5, width: 64, rho: 0.2, layer: "linear" };
  // Alignment 4: 1 + 0.2·3 of 2 + 0.2·3.
  const measured = { trainVariance: 2.6, testVariance: 1.6 };

  test("needs the alignment of the measured weights, and says so", () => {
    expect(errorOf(() => checkMeasured(scenario, measured))).toMatchObject({
      code: "invalid-value",
      field: "alignment",
    });
  });

  test("has no ratio where the weights cancel all that the units vary by", () => {
    const cancelled = { ...scenario, rho: 1, alignment: 0 };
    expect(errorOf(() => checkMeasured(cancelled, measured))).toMatchObject({ code: "invalid-value", field: "rho" });
  });

  test("has its theory from the alignment, from constant weights, or from the weights' sums", () => {
    expect(checkMeasured({ ...scenario, alignment: 4 }, measured).agreement.deviation).toBeCloseTo(0, 12);
    const constant = { trainVariance: 2 + 0.2 * 63, testVariance: 1 + 0.2 * 63 };
    expect(checkMeasured({ ...scenario, weights: "constant" }, constant).agreement.deviation).toBeCloseTo(0, 12);
    const sums = { weights: [{ sum: 2, sumOfSquares: 1 }] };
    expect(checkMeasured(scenario, measured, sums).agreement).toMatchObject({ verdict: "agrees", variances: "fit" });
  });
});

describe("errors", () => {
  test.each([
    ["tolerance", { tolerance: 0 }],
    ["tolerance", { tolerance: 0.6 }],
    ["tolerance", { tolerance: Number.NaN }],
    ["alpha", { alpha: 0 }],
    ["alpha", { alpha: 0.7 }],
    ["weights", { weights: [{ sum: 1, sumOfSquares: 1 }] }],
  ])("%s of %o", (field, options) => {
    const measured = { trainVariance: 2, testVariance: 1 };
    expect(errorOf(() => checkMeasured({}, measured, options))).toMatchObject({ field });
  });
});

test("a record is checked with its own weights and verdict", async () => {
  const record = await simulate({ keep: 0.5, width: 16, layer: "linear", neurons: 4, rho: 0.3, precision: 0.01 });
  const { theory, measured, agreement, diagnosis } = checkRecord(record);
  expect(theory).toEqual(record.theory);
  expect(measured.shift).toBe(record.measured.shift);
  expect(measured.standardError).toBeCloseTo(record.measured.standardError ?? Number.NaN, 15);
  expect(agreement).toMatchObject({ ...record.agreement, variances: "fit" });
  expect(diagnosis).toEqual([]);
});

describe("a layer and an input that arrays have", () => {
  // Independent units 0 or 2 and 1 or 3: variances 1 and 1, second moments 2 and 5.
  const arrays = {
    "file:x": { shape: [4, 2], values: [0, 1, 2, 1, 0, 3, 2, 3] },
    "file:w": { shape: [1, 2], values: [1, 2] },
  };
  const files: ScenarioInput = { activation: "file:x", weights: "file:w", keep: 0.5 };
  const exact = { testVariance: 1 + 4, trainVariance: 1 + 4 + 1 * (2 + 4 * 5), standardError: 1e-6, batches: 100 };

  test("are held against the exact form", () => {
    const { theory, agreement, diagnosis } = checkMeasured(files, exact, { arrays });
    expect(theory).toEqual({ testVariance: 5, trainVariance: 27, shift: 5 / 27 });
    expect(agreement).toMatchObject({ verdict: "agrees", variances: "fit" });
    expect(diagnosis).toEqual([]);
    const wrong = checkMeasured(files, { ...exact, trainVariance: 26 }, { arrays });
    expect(wrong.agreement.verdict).toBe("disagrees");
    expect(wrong.diagnosis).toEqual([]);
  });

  test("a file's weights behind a law have its diagnosis", () => {
    const law: ScenarioInput = { weights: "file:w", keep: 0.7, mean: 1 };
    const swapped = { testVariance: 5, trainVariance: 5 + (0.7 / 0.3) * 10, standardError: 1e-6, batches: 100 };
    const { agreement, diagnosis } = checkMeasured(law, swapped, { arrays });
    expect(agreement.verdict).toBe("disagrees");
    expect(diagnosis.map(({ kind }) => kind)).toContain("keep-drop-swapped");
  });

  test.each<[ScenarioInput, object, string]>([
    [
      { activation: "file:x", layer: "linear" },
      {},
      "weights: are missing, and with `activation` file:x each weight must be known",
    ],
    [files, { weights: [{ sum: 3, sumOfSquares: 5 }] }, "weights: are given both by their sums and by a file"],
  ])("%o with %o is refused", (input, options, message) => {
    expect(errorOf(() => checkMeasured(input, exact, { arrays, ...options })).message).toContain(message);
  });
});

describe("no number is shown that means nothing", () => {
  const variances = fc.double({ min: 1e-75, max: 1e75, noNaN: true });
  const row = fc.tuple(fc.oneof(between(0.5, 5), variances, fc.constant(0)), fc.oneof(between(0.5, 5), variances));

  test("whatever rows, the interval is narrower than the estimate or is not there, and no text has NaN", () => {
    const property = fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), between(0.1, 0.9), (rows, keep) => {
      fc.pre(rows.some(([train]) => train > 0));
      const measured = { trainVariances: rows.map(([train]) => train), testVariances: rows.map(([, test]) => test) };
      const check = checkMeasured({ keep }, measured, { alpha: 1e-6 });
      const { shift, interval, standardError } = check.measured;
      expect(Number.isFinite(shift) && Number.isFinite(standardError)).toBe(true);
      if (interval !== null) expect((interval[1] - interval[0]) / 2).toBeLessThan(shift);
      expect(describeCheck(check)).not.toMatch(/NaN|Infinity|undefined/);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("3 rows have no interval, and say how many would: t·s/√n ≤ ln 2", () => {
    // Deviations −0.367, 0.033, 0.333 of 1.567: s = 0.2242. Student's quantiles at 10⁻⁶, two-sided, are 10.52 with 10 degrees of
    // freedom and 9.70 with 11 (jstat): 0.711 of 11 rows, 0.628 of 12.
    const check = checkMeasured(
      { keep: 0.5 },
      { trainVariances: [1.2, 1.6, 1.9], testVariances: [1, 1, 1] },
      { alpha: 1e-6 },
    );
    expect(check.measured).toMatchObject({ shift: expect.closeTo(3 / 4.7, 12), interval: null, rowsNeeded: 12 });
    expect(check.agreement.deviation).toBeCloseTo(3 / 4.7 / 0.5 - 1, 12);
    expect(check.agreement.verdict).toBe("inconclusive");
  });

  test("enough rows that lie far apart have none either", () => {
    const trainVariances = Array.from({ length: 20 }, (_, at) => (at % 5 === 0 ? 40 : 1));
    const check = checkMeasured({ keep: 0.5 }, { trainVariances, testVariances: Array(20).fill(1) }, { alpha: 1e-6 });
    expect(check.measured.interval).toBeNull();
    expect(check.measured.rowsNeeded).toBeGreaterThan(20);
    expect(describeCheck(check)).toMatch(/20 rows are too few for an interval at an error rate of 10⁻⁶; about \d+ are/);
  });
});
