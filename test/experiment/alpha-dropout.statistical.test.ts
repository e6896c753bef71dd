import { describe, expect, test } from "vitest";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { zOf } from "./measured.ts";
import { simulateOne } from "./simulate-one.ts";

// Six comparisons, two-sided z = 5.2: one false alarm in 10⁶ for all of them together (6 · 2·10⁻⁷). Seeds are fixed.
const LIMIT = 5.2;

async function measuredAt(input: ScenarioInput) {
  const { theory, measured } = await simulateOne({
    noise: "alpha",
    width: 64,
    batchSize: 64,
    samples: 64_000,
    ...input,
  });
  const [low, high] = measured.interval ?? [Number.NaN, Number.NaN];
  return {
    theory,
    zOf: (shift: number) => zOf(measured, shift),
    halfWidth: (high - low) / 2,
  };
}

describe.each([0.5, 0.8, 0.95])("alpha dropout that keeps %d", (keep) => {
  test("shifts nothing at c = 0 and v = 1, in theory and measured", async () => {
    const { theory, zOf, halfWidth } = await measuredAt({ keep });
    // 1/p and 1 + α′²q are at most three roundings each, squared.
    expect(Math.abs(theory.shift - 1)).toBeLessThan(2e-15);
    expect(Math.abs(zOf(1)), `z ${zOf(1)}`).toBeLessThan(LIMIT);
    expect(halfWidth).toBeLessThan(0.01);
  });

  test("shifts at c = 1, in theory and measured", async () => {
    const { theory, zOf } = await measuredAt({ keep, mean: 1 });
    // Klambauer et al. 2017, §3: a² = 1/(p + α′²pq), and the variance of k·x + (1 − k)·α′ is pv + pq(c − α′)².
    const dropped = -1.7580993408473766;
    const train = (keep + keep * (1 - keep) * (1 - dropped) ** 2) / (keep + dropped ** 2 * keep * (1 - keep));
    expect(theory.shift).toBeCloseTo(1 / train, 14);
    expect(Math.abs(zOf(theory.shift)), `z ${zOf(theory.shift)}`).toBeLessThan(LIMIT);
    // Negative control: no shift is found to be wrong.
    expect(Math.abs(zOf(1))).toBeGreaterThan(LIMIT);
  });
});
