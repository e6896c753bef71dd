import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMeasured } from "../../src/check/check.ts";
import { mistakes } from "../../src/theory/mistakes.ts";
import { between } from "../theory/arbitrary.ts";

const TOLERANCE = 0.005;

test("whatever mistake is measured exactly is named, if its ratio is another than theory's", () => {
  const property = fc.property(
    between(0.05, 0.95),
    between(-2, 2),
    between(0.1, 10),
    fc.integer({ min: 2, max: 1000 }),
    (keep, mean, variance, batchSize) => {
      const input = { mean, variance, correlation: 0 };
      const noise = { kind: "bernoulli", keepProbability: keep } as const;
      for (const { kind, theory } of mistakes({ noise, input, layer: { kind: "none" }, batchSize })) {
        const { agreement, diagnosis } = checkMeasured(
          { keep, mean, variance, batchSize, tolerance: TOLERANCE },
          theory,
        );
        if (agreement.verdict === "disagrees") expect(diagnosis.map((one) => one.kind)).toContain(kind);
        else expect(Math.abs(agreement.deviation)).toBeLessThanOrEqual(TOLERANCE);
        // Others may be as near, but none is nearer.
        if (diagnosis.length > 0) expect(diagnosis[0]?.predicted.shift).toBeCloseTo(theory.shift, 9);
      }
    },
  );
  fc.assert(property, { numRuns: 300 });
});

test("what agrees in ratio and in both variances has nothing to be diagnosed", () => {
  const property = fc.property(between(0.05, 0.95), between(-2, 2), between(0, 0.002), (keep, mean, deviation) => {
    const trainVariance = 1 + ((1 - keep) / keep) * (1 + mean * mean);
    const measured = { trainVariance, testVariance: 1 + deviation };
    expect(checkMeasured({ keep, mean, tolerance: TOLERANCE }, measured).diagnosis).toEqual([]);
  });
  fc.assert(property, { numRuns: 300 });
});

describe("how sure a diagnosis is", () => {
  const scenario = { keep: 0.7 };
  const swapped = (standardError: number, ratio = 0.3) =>
    checkMeasured(
      scenario,
      { trainVariance: 1 / ratio, testVariance: 1, standardError },
      { tolerance: 0.01, alpha: 0.05 },
    ).diagnosis;

  test("likely where the ratio lies within the tolerance of the mistake's own, whatever the interval is", () => {
    expect(swapped(1e-6)).toMatchObject([{ kind: "keep-drop-swapped", certainty: "likely" }]);
    expect(swapped(1e-6, 0.302)).toMatchObject([{ kind: "keep-drop-swapped", certainty: "likely" }]);
    expect(swapped(0.01, 0.302)).toMatchObject([{ kind: "keep-drop-swapped", certainty: "likely" }]);
  });

  test("possible where only the interval reaches it", () => {
    const [first] = swapped(0.01, 0.31);
    expect(first).toMatchObject({ kind: "keep-drop-swapped", certainty: "possible" });
    expect(first?.sentence).toMatch(
      /^it may be that keep and drop were swapped: Δ would be 0\.3, and 0\.310 ± 0\.020 was/,
    );
  });

  test("not at all where neither holds, or where the interval leaves the mistake out on the far side", () => {
    expect(swapped(0.001, 0.31)).toEqual([]);
    // 0.8 % off, ± 0.5 %: within the tolerance, but the interval neither holds 0.3 nor lies within 1 %.
    expect(swapped(0.3024 * 0.0025, 0.3024)).toEqual([]);
  });

  test("a likely one rules out what is only possible", () => {
    // Keep 0.7, mean 0.2: Δ = 0.69168; not scaled Δ/0.49 = 1.41159, exchanged 1/Δ = 1.44576. In another unit, so that only the
    // ratio tells.
    const named = (ratio: number) =>
      checkMeasured(
        { keep: 0.7, mean: 0.2 },
        { trainVariance: 100, testVariance: 100 * ratio, standardError: 0.02 },
        { alpha: 0.05, tolerance: 0.01 },
      ).diagnosis.map(({ kind, certainty }) => [kind, certainty]);
    expect(named(1.412)).toEqual([["not-scaled", "likely"]]);
    expect(named(1.446)).toEqual([["phases-exchanged", "likely"]]);
    expect(named(1.428)).toEqual([
      ["not-scaled", "possible"],
      ["phases-exchanged", "possible"],
    ]);
  });
});

describe("where the variances themselves tell mistakes of one ratio apart", () => {
  const scenario = { keep: 0.5, mean: 1 };

  test.each([
    ["noise-on-in-test", 3],
    ["noise-off-in-training", 1],
  ])("%s", (kind, variance) => {
    const measured = { trainVariance: variance, testVariance: variance };
    expect(checkMeasured(scenario, measured).diagnosis.map((one) => one.kind)).toEqual([kind]);
  });

  test("and where they fit neither, both are named", () => {
    const { diagnosis } = checkMeasured(scenario, { trainVariance: 7, testVariance: 7 });
    expect(diagnosis.map(({ kind, variances }) => [kind, variances])).toEqual([
      ["noise-on-in-test", "differ"],
      ["noise-off-in-training", "differ"],
    ]);
  });
});
