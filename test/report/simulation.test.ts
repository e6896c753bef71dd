import { describe, expect, it } from "vitest";
import { type ShiftRecord, simulate } from "../../src/index.ts";
import { PLAIN } from "../../src/report/phrase.ts";
import { simulationDocument } from "../../src/report/simulation.ts";
import { terminalText } from "../../src/report/terminal.ts";

const measured = await simulate({ width: 2, samples: 51_200, masks: "independent", seed: 'a "seed"' });

/** A record as a wide terminal shows it. */
function summary(record: ShiftRecord, paint = PLAIN): Promise<string> {
  return terminalText(simulationDocument(record), { width: 200, paint });
}

/** The record as if its measurement had come to this. */
function withVerdict(verdict: ShiftRecord["agreement"]["verdict"], deviation: number): ShiftRecord {
  return { ...measured, agreement: { deviation, tolerance: 0.005, verdict } };
}

const TAGS = {
  ...PLAIN,
  good: (text: string) => `<good>${text}</good>`,
  bad: (text: string) => `<bad>${text}</bad>`,
  doubtful: (text: string) => `<doubtful>${text}</doubtful>`,
};

describe("the table", () => {
  it.each([
    ["agrees", 0.001, "<good>✓ agrees within 0.5 %</good>"],
    ["disagrees", -0.0123, "<bad>✗ disagrees: off by −1.2 %, tolerance 0.5 %</bad>"],
  ] as const)("says %s, and why, in its colour", async (verdict, deviation, words) => {
    expect(await summary(withVerdict(verdict, deviation), TAGS)).toContain(words);
  });

  it("says inconclusive, and what to do", async () => {
    expect(await summary(withVerdict("inconclusive", 0.001), TAGS)).toMatch(
      /<doubtful>\? inconclusive: ±[\d.]+ % after 51,200 samples, tolerance 0\.5 %; run more samples<\/doubtful>/,
    );
  });

  it("says how many mini-batches are the fewest for a verdict", async () => {
    const short = await simulate({ width: 64, batchSize: 128, samples: 300 });
    expect(await summary(short)).toContain(
      "? inconclusive: 3 mini-batches; at least 8 mini-batches are needed (--samples 1024)",
    );
  });

  it("says how many samples an interval takes where rare events are too few for one", async () => {
    const rare = await simulate({ width: 2, samples: 51_200, activation: "relu", mean: -3, rho: 1 });
    const text = await summary(rare);
    expect(text).toMatch(/^ {2}measured {5}0\.\d+ +too few rare events for an interval$/m);
    // 60·(E y⁶)²/(E y⁴)³, in whole mini-batches of 256.
    expect(text).toMatch(/too few rare events; at least 3,7\d\d mini-batches are needed \(--samples 958\d{3}\)$/m);
    expect(text).not.toContain("±");
  });

  it("says so where an interval would say nothing, too", async () => {
    const wide = await simulate({ width: 1, batchSize: 2, samples: 4, keep: 0.9 });
    expect(wide.measured.interval).toBeNull();
    expect(await summary(wide)).toContain("too few");
  });

  it("begins with what the ratio means, then has both ratios, and names the seed as it was typed", async () => {
    const lines = (await summary(measured)).split("\n");
    expect(lines[0]).toBe("  At test time BN's output has half the variance it had during training.");
    expect(lines[2]).toBe("  Δ = Var_test / Var_train at Batch Normalization");
    expect(lines[4]).toMatch(/^ {2}measured {5}0\.\d+ ± 0\.\d+ {3}95 % interval$/);
    expect(lines[5]).toBe("  theory       0.5");
    expect(lines).toContain('  sampled      51,200 samples in 200 mini-batches of 256, seed "a \\"seed\\""');
  });

  it("names the dropout as PyTorch does, whose number is the probability to drop, and what to type next", async () => {
    const text = await summary(await simulate({ width: 64, keep: 0.3, samples: 4096 }));
    expect(text).toContain("Bernoulli dropout, keep 0.3 (drop 0.7): nn.Dropout(0.7)");
    expect(text).toMatch(/\n {4}vshift stack --p 0\.3 --d 64 --compare\n$/);
  });

  it("names the masks where there are several", async () => {
    const text = await summary(await simulate({ width: 2, samples: 2560, keep: 0.8 }));
    expect(text).toContain("2,560 samples in 10 mini-batches of 256, 5 balanced masks each, seed");
  });

  it("says which share of the running variance is still its initial 1, and how many mini-batches end that", async () => {
    // 0.9²⁰ = 0.1216 of the initial 1 is 93 % of 0.1216 + 0.8784·0.01; 0.9ⁿ/(0.9ⁿ + 0.01·(1 − 0.9ⁿ)) is below 1 % from 88 on,
    // or from a neighbour where the variances of the last mini-batches are a tenth off.
    const scenario = { noise: "none", variance: 0.01, width: 8, batchSize: 64 } as const;
    const textAt = async (batches: number) => summary(await simulate({ ...scenario, samples: 64 * batches }));
    const text = await textAt(20);
    const [, share, count] =
      /\(the initial 1 still contributes (\d+) %; less than 1 % after (\d+) mini-batches\)/.exec(text) ?? [];
    expect([share, Math.abs(Number(count) - 88) <= 1]).toEqual(["93", true]);
    expect(await textAt(86)).toMatch(/\(the initial 1 still contributes 1(\.\d)? %/);
    expect(await textAt(90)).not.toContain("initial");
    expect(await summary(measured)).not.toContain("initial");
  });

  it("says no number of mini-batches where none ends that", async () => {
    const { measured: values } = measured;
    const still = { ...measured, measured: { ...values, batches: 3, runningVariance: 0.9 ** 3 } };
    expect(await summary(still)).toContain("(the initial 1 still contributes 100 %)");
  });

  it("says what Uout, lognormal and one linear neuron are", async () => {
    const text = await summary(
      await simulate({ width: 1, samples: 512, noise: "uout", activation: "lognormal", layer: "linear", neurons: 1 }),
    );
    expect(text).toContain("1 unit ~ lognormal, mean 1, variance 1");
    expect(text).toContain("Uout, β = 0.1 (as keep 0.99668)");
    expect(text).toContain("linear, 1 neuron, normal weights, alignment d·cos²θ 1");
  });
});
