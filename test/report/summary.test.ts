import { describe, expect, it } from "vitest";
import { type ShiftRecord, simulate } from "../../src/index.ts";
import { PLAIN } from "../../src/report/painter.ts";
import { summary } from "../../src/report/summary.ts";

const measured = await simulate({ width: 2, samples: 51_200, masks: "independent", seed: 'a "seed"' });

/** The record as if its measurement had come to this. */
function withVerdict(verdict: ShiftRecord["agreement"]["verdict"], deviation: number): ShiftRecord {
  return { ...measured, agreement: { deviation, tolerance: 0.005, verdict } };
}

const TAGS = {
  strong: (text: string) => `<b>${text}</b>`,
  faint: (text: string) => text,
  good: (text: string) => `<good>${text}</good>`,
  bad: (text: string) => `<bad>${text}</bad>`,
  doubtful: (text: string) => `<doubtful>${text}</doubtful>`,
};

describe("the table", () => {
  it.each([
    ["agrees", 0.001, "<good>✓ agrees within 0.5 %</good>"],
    ["disagrees", -0.0123, "<bad>✗ disagrees: off by −1.2 %, tolerance 0.5 %</bad>"],
  ] as const)("says %s, and why, in its colour", (verdict, deviation, words) => {
    expect(summary(withVerdict(verdict, deviation), TAGS)).toContain(words);
  });

  it("says inconclusive, and what to do", () => {
    expect(summary(withVerdict("inconclusive", 0.001), TAGS)).toMatch(
      /<doubtful>\? inconclusive: ±[\d.]+ % after 51,200 samples, tolerance 0\.5 %; draw more<\/doubtful>/,
    );
  });

  it("says how many samples an interval takes where rare events are too few for one", async () => {
    const rare = await simulate({ width: 2, samples: 51_200, activation: "relu", mean: -3, rho: 1 });
    const text = summary(rare, PLAIN);
    expect(text).toMatch(/^ {2}measured {5}0\.\d+ +too few rare events for an interval$/m);
    // 60·(E y⁶)²/(E y⁴)³, in whole mini-batches.
    expect(text).toMatch(/\? inconclusive; draw 958,\d{3} samples or more$/m);
    expect(text).not.toContain("±");
  });

  it("says so where an interval would say nothing, too", async () => {
    const wide = await simulate({ width: 1, batchSize: 2, samples: 4, keep: 0.9 });
    expect(wide.measured.interval).toBeNull();
    expect(summary(wide, PLAIN)).toContain("too few");
  });

  it("begins with both ratios and names the seed as it was typed", () => {
    const lines = summary(measured, PLAIN).split("\n");
    expect(lines[0]).toBe("  Δ = Var_test / Var_train at Batch Normalization");
    expect(lines[1]).toMatch(/^ {2}measured {5}0\.\d+ ± 0\.\d+ {3}95 % interval$/);
    expect(lines[2]).toMatch(/^ {2}theory {7}0\.5 /);
    expect(lines.at(-2)).toBe('  drawn        51,200 samples in 200 mini-batches of 256, seed "a \\"seed\\""');
  });

  it("names the masks where there are several", async () => {
    const text = summary(await simulate({ width: 2, samples: 2560, keep: 0.8 }), PLAIN);
    expect(text).toContain("2,560 samples in 10 mini-batches of 256, each with 5 balanced masks, seed");
  });

  it("says which share of the running variance is still its initial 1, and how many mini-batches end that", async () => {
    // 0.9²⁰ = 0.1216 of the initial 1 is 93 % of 0.1216 + 0.8784·0.01; 0.9ⁿ/(0.9ⁿ + 0.01·(1 − 0.9ⁿ)) is below 1 % from 88 on,
    // or from a neighbour where the variances of the last mini-batches are a tenth off.
    const scenario = { noise: "none", variance: 0.01, width: 8, batchSize: 64 } as const;
    const textAt = async (batches: number) => summary(await simulate({ ...scenario, samples: 64 * batches }), PLAIN);
    const text = await textAt(20);
    const [, share, count] =
      /variance [\d.]+ \((\d+) % of it is still the initial 1; (\d+) mini-batches bring that/.exec(text) ?? [];
    expect([share, Math.abs(Number(count) - 88) <= 1]).toEqual(["93", true]);
    expect(await textAt(86)).toMatch(/\(1(\.\d)? % of it is still the initial 1/);
    expect(await textAt(90)).not.toContain("initial");
    expect(summary(measured, PLAIN)).not.toContain("initial");
  });

  it("says no number of mini-batches where none ends that", () => {
    const { measured: values } = measured;
    const still = { ...measured, measured: { ...values, batches: 3, runningVariance: 0.9 ** 3 } };
    expect(summary(still, PLAIN)).toContain("(100 % of it is still the initial 1)");
  });

  it("says what Uout, lognormal and one linear neuron are", async () => {
    const text = summary(
      await simulate({ width: 1, samples: 512, noise: "uout", activation: "lognormal", layer: "linear", neurons: 1 }),
      PLAIN,
    );
    expect(text).toContain("1 unit ~ lognormal, mean 1, variance 1");
    expect(text).toContain("Uout, β = 0.1 (as keep 0.99668)");
    expect(text).toContain("linear, 1 neuron, normal weights, alignment d·cos²θ 1");
  });
});
