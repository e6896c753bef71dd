import { describe, expect, test } from "vitest";
import { simulate } from "../../src/index.ts";
import { matchers } from "../../src/vitest.ts";

expect.extend(matchers);

const messageOf = async (act: () => unknown): Promise<string> => {
  try {
    await act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
};

const SCENARIO = { keep: 0.7, batchSize: 32 };
const ARRAYS = {
  "file:x": { shape: [4, 2], values: [0, 1, 2, 1, 0, 3, 2, 3] },
  "file:w": { shape: [1, 2], values: [1, 2] },
};
const swapped = { trainVariance: 1 / 0.3, testVariance: 1, standardError: 1e-4, batches: 64 };
const right = { ...swapped, trainVariance: 1 / 0.7 };

describe("toMatchShift", () => {
  test("lets pass what agrees, and fails what disagrees", () => {
    expect(right).toMatchShift(SCENARIO);
    expect(swapped).not.toMatchShift(SCENARIO);
    expect(() => expect(right).not.toMatchShift(SCENARIO)).toThrow(/^expected the measured variances not to agree/);
    expect({ trainVariances: Array(8).fill(2), testVariances: Array(8).fill(1) }).toMatchShift({ keep: 0.5 });
  });

  test("takes the measured part of a record", async () => {
    const { measured } = await simulate({ ...SCENARIO, width: 64 });
    expect(measured).toMatchShift(SCENARIO, { tolerance: 0.02 });
    expect(measured).not.toMatchShift({ ...SCENARIO, keep: 0.5 });
  });

  test("its message has theory, the measurement, the deviation and the diagnosis", async () => {
    expect(await messageOf(() => expect(swapped).toMatchShift(SCENARIO, { tolerance: 0.01 }))).toBe(
      `expected the measured variances to agree with theory

verdict    disagrees (error rate 10⁻⁶)
measured   Δ = 0.30000 ± 0.00054, Var_train 3.3333, Var_test 1, from 64 mini-batches
theory     Δ = 0.7, Var_train 1.4286, Var_test 1
deviation  −57 %, tolerance 1 %
diagnosis  looks as if keep and drop were swapped: Δ would be 0.3, measured 0.30000 ± 0.00054; both variances fit too
or         fits if the input's mean ≈ 2.1, not 0: Δ would be 0.30133, measured 0.30000 ± 0.00054; both variances fit too`,
    );
  });

  test("says when nothing explains it", async () => {
    const odd = { trainVariance: 1, testVariance: 1.234 };
    expect(await messageOf(() => expect(odd).toMatchShift(SCENARIO))).toMatch(
      /measured {3}Δ = 1\.234, Var.*\n.*\n.*\nnote {7}no known mistake and no single wrong input explains this ratio\n {11}a single pair of variances has no error estimate/,
    );
  });

  test("an inconclusive measurement fails either way", () => {
    const rough = { ...right, standardError: 0.05 };
    expect(() => expect(rough).toMatchShift(SCENARIO)).toThrow(
      /inconclusive[\s\S]*more mini-batches, or a wider tolerance/,
    );
    expect(() => expect(rough).not.toMatchShift(SCENARIO)).toThrow(/inconclusive/);
  });

  test("bad input is a VshiftError, behind .not too", () => {
    expect(() => expect(right).toMatchShift({ keep: 2 })).toThrow(/^keep: 2 is not/);
    expect(() => expect({ ...right, testVariance: -1 }).not.toMatchShift(SCENARIO)).toThrow(/^testVariance: -1 is not/);
  });
});

describe("toAgreeWithTheory", () => {
  test("measures the scenario", async () => {
    await expect({ keep: 0.5, width: 32 }).toAgreeWithTheory({ tolerance: 0.02 });
    await expect({ keep: 0.8, width: 16, layer: "linear", rho: 0.2 }).toAgreeWithTheory({
      tolerance: 0.05,
      alpha: 0.01,
    });
  });

  test("measures and derives what the arrays beside it have", async () => {
    const scenario = { activation: "file:x", weights: "file:w", keep: 0.5 } as const;
    await expect(scenario).toAgreeWithTheory({ tolerance: 0.02, arrays: ARRAYS });
    expect(await messageOf(() => expect(scenario).toAgreeWithTheory())).toContain("its numbers are missing");
  });

  test("a budget too small for the error rate is inconclusive, and fails either way", async () => {
    const scenario = { keep: 0.5, width: 1, samples: 2560 };
    const message = await messageOf(() => expect(scenario).toAgreeWithTheory({ tolerance: 0.005 }));
    expect(message).toMatch(/^expected the simulated variances to agree with theory\n\n/);
    expect(message).toMatch(/inconclusive \(error rate 10⁻⁶\)[\s\S]*tolerance 0\.5 %/);
    expect(await messageOf(() => expect(scenario).not.toAgreeWithTheory({ tolerance: 0.005 }))).toMatch(/inconclusive/);
  });

  test("what agrees cannot be expected not to", async () => {
    const message = await messageOf(() => expect({ keep: 1, width: 4 }).not.toAgreeWithTheory());
    expect(message).toMatch(/^expected the simulated variances not to agree with theory/);
  });

  test("bad input rejects with a VshiftError", async () => {
    expect(await messageOf(() => expect({ keep: 2 }).toAgreeWithTheory())).toMatch(/^keep: 2 is not/);
    expect(await messageOf(() => expect({}).toAgreeWithTheory({ threads: 0 }))).toMatch(/^threads: 0 is not/);
  });
});
