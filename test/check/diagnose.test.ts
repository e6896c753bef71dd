import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkMeasured, type MeasuredCheck } from "../../src/check/check.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
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
  fc.assert(property, { numRuns: 60 });
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
    ).diagnosis.filter(({ value }) => value === null);

  test("likely where the ratio lies within the tolerance of the mistake's own, whatever the interval is", () => {
    expect(swapped(1e-6)).toMatchObject([{ kind: "keep-drop-swapped", certainty: "likely" }]);
    expect(swapped(1e-6, 0.302)).toMatchObject([{ kind: "keep-drop-swapped", certainty: "likely" }]);
    expect(swapped(0.01, 0.302)).toMatchObject([{ kind: "keep-drop-swapped", certainty: "likely" }]);
  });

  test("possible where only the interval reaches it", () => {
    const [first] = swapped(0.01, 0.31);
    expect(first).toMatchObject({ kind: "keep-drop-swapped", certainty: "possible" });
    expect(first?.sentence).toMatch(
      /^may fit if keep and drop were swapped: Δ would be 0\.3, measured 0\.310 ± 0\.020;/,
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
      ).diagnosis.map(({ kind }) => kind);
    expect(named(1.412)).toEqual(["not-scaled"]);
    expect(named(1.446)).toEqual(["phases-exchanged"]);
    expect(named(1.428)).toEqual(["not-scaled", "phases-exchanged"]);
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
    expect(diagnosis.map(({ kind, variances, certainty }) => [kind, variances, certainty])).toEqual([
      ["noise-on-in-test", "differ", "possible"],
      ["noise-off-in-training", "differ", "possible"],
      ["wrong-strength", "differ", "possible"],
    ]);
    for (const { sentence } of diagnosis) expect(sentence).toMatch(/^only the ratio fits if /);
  });
});

describe("a wrong input of the scenario", () => {
  const error = { standardError: 2e-4, batches: 200 };
  const kinds = (scenario: ScenarioInput, trainVariance: number, testVariance: number) =>
    checkMeasured(scenario, { trainVariance, testVariance, ...error }).diagnosis.map(({ kind, value }) => [
      kind,
      value,
    ]);

  test("a mean of 0 comes before a shared mask, which gives the same variances: T + σ²v", () => {
    expect(kinds({ keep: 0.5, mean: 0.5 }, 2, 1).slice(0, 2)).toEqual([
      ["wrong-mean", 0],
      ["mask-shared-by-batch", null],
    ]);
  });

  test("no explanation accuses where two are as good", () => {
    const { diagnosis } = checkMeasured({ keep: 0.5, mean: 0.5 }, { trainVariance: 2, testVariance: 1, ...error });
    expect(diagnosis[0]?.sentence).toMatch(/^fits if the input's mean is 0, not 0\.5: /);
    for (const { sentence } of diagnosis) expect(sentence).not.toContain("looks as if");
  });

  // Worked by hand: v + σ²(v + c²) and v; behind a layer of alignment a, v(1 + ρ(a − 1)) for v.
  test.each<[ScenarioInput, number, number, [string, number][]]>([
    [{ keep: 0.5 }, 1 / 0.65, 1, [["wrong-strength", 0.65]]],
    [{ keep: 0.5, mean: 0.5 }, 0.64 * 2.25, 0.64, [["wrong-scale", 0.8]]],
    [{ keep: 0.5, mean: 1 }, 2.5 + 3.5, 2.5, [["wrong-variance", 2.5]]],
    [{ noise: "gaussian", relativeVariance: 1 }, 1.3, 1, [["wrong-strength", 0.3]]],
    [{ noise: "uout", beta: 0.1 }, 1 + 0.25 / 3, 1, [["wrong-strength", 0.5]]],
    [
      { keep: 0.5, rho: 0.1, layer: "linear", width: 64, alignment: 8 },
      1 + 1 + 0.4 * 7,
      1 + 0.4 * 7,
      [
        ["wrong-rho", 0.4],
        ["wrong-alignment", 29],
      ],
    ],
  ])("of %o is found from %d and %d", (scenario, train, test, wanted) => {
    const found = kinds(scenario, train, test);
    for (const one of wanted) expect(found).toContainEqual(one);
  });

  test("a ReLU that was not declared is found, and an activation that is not there", () => {
    const relu = { mean: 1 / Math.sqrt(2 * Math.PI), variance: 0.5 - 1 / (2 * Math.PI) };
    expect(kinds({ keep: 0.5 }, relu.variance + 0.5, relu.variance)[0]).toEqual(["wrong-activation", null]);
    expect(kinds({ keep: 0.5, activation: "relu" }, 2, 1)[0]).toEqual(["wrong-activation", null]);
    expect(kinds({ keep: 0.5, activation: "gelu" }, 2, 1)[0]).toEqual(["wrong-activation", null]);
  });

  test.each<[string, ScenarioInput, number, number]>([
    ["keep", { keep: 0.5 }, 1 / 0.65, 1],
    ["mean", { keep: 0.5, mean: 3 }, 3, 1],
    ["mean,variance", { keep: 0.5, mean: 0.5 }, 0.64 * 2.25, 0.64],
    ["variance", { keep: 0.5, mean: 1 }, 2.5 + 3.5, 2.5],
    ["relativeVariance", { noise: "gaussian", relativeVariance: 1 }, 1.3, 1],
    ["beta", { noise: "uout", beta: 0.1 }, 1 + 0.25 / 3, 1],
    ["rho", { keep: 0.5, rho: 0.1, layer: "linear", width: 64, alignment: 8 }, 4.8, 3.8],
    ["alignment", { keep: 0.5, rho: 0.1, layer: "linear", width: 64, alignment: 8 }, 4.8, 3.8],
    ["activation", { keep: 0.5 }, 1 - 1 / (2 * Math.PI), 0.5 - 1 / (2 * Math.PI)],
  ])("named as data, in %s, makes a scenario that agrees", (fields, scenario, trainVariance, testVariance) => {
    const measured = { trainVariance, testVariance, ...error };
    const isRight = ({ agreement: { verdict, variances } }: MeasuredCheck) =>
      verdict === "agrees" && variances !== "differ";
    const check = checkMeasured(scenario, measured);
    expect(isRight(check)).toBe(false);
    const found = check.diagnosis.find(({ inputs }) => inputs.map(({ field }) => field).join() === fields);
    const corrected = Object.fromEntries((found?.inputs ?? []).map(({ field, value }) => [field, value]));
    expect(isRight(checkMeasured({ ...scenario, ...corrected }, measured))).toBe(true);
    for (const { field, declared } of found?.inputs ?? [])
      expect(declared).toEqual(defineScenario(scenario)[field as keyof Scenario]);
  });

  test("standard deviations in the place of variances: √Δ, and both variances are roots", () => {
    const scenario = { keep: 0.5, variance: 4 };
    expect(kinds(scenario, Math.sqrt(8), 2)).toEqual([["deviations-as-variances", null]]);
    // Negative control: the same ratio of other variances.
    expect(kinds(scenario, Math.SQRT2 * 4, 4)).toEqual([["wrong-strength", expect.closeTo(Math.SQRT1_2, 2)]]);
  });

  test("that is exact is found to the digits that the error leaves, whichever it is", () => {
    const property = fc.property(between(0.1, 0.9), between(-2, 2), between(0.3, 3), (keep, mean, variance) => {
      const trainVariance = variance + ((1 - keep) / keep) * (variance + mean * mean);
      const measured = { trainVariance, testVariance: variance, standardError: 1e-4 * (variance / trainVariance) };
      for (const [declared, kind, value] of [
        [{ keep: 0.97, mean, variance }, "wrong-strength", keep],
        [{ keep, mean: mean < 0 ? -3 : 3, variance }, "wrong-mean", mean],
      ] as const) {
        const { diagnosis } = checkMeasured({ ...declared, tolerance: 1e-3 }, measured);
        const found = diagnosis.find((one) => one.kind === kind);
        // Within the tolerance of the ratio, which moves at least half as fast as keep; a mean near 0 hardly moves it.
        expect(Math.abs((found?.predicted.shift ?? 0) * (trainVariance / variance) - 1)).toBeLessThan(2e-3);
        if (kind === "wrong-strength") expect(Math.abs((found?.value ?? 0) - value)).toBeLessThan(5e-3);
      }
    });
    fc.assert(property, { numRuns: 60 });
  });
});
