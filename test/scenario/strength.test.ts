import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

/** Probabilities as people write them: 1 to 12 decimals. */
const DECIMAL = fc
  .integer({ min: 1, max: 12 })
  .chain((digits) =>
    fc.integer({ min: Math.ceil(10 ** digits / 10_000), max: 10 ** digits }).map((n) => n / 10 ** digits),
  );

/** Each spelling is rounded to 15 digits or decimals once or twice: errors add up to less than 10⁻¹⁴. */
function expectEqual(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-14 * Math.max(Math.abs(expected), 1));
}

describe("the noise's strength", () => {
  test.prop([DECIMAL])("keep and the drop that it echoes are one scenario with one id", (keep) => {
    const kept = defineScenario({ keep });
    const dropped = defineScenario({ drop: kept.drop });
    expect(dropped).toEqual(kept);
    expect(scenarioId(dropped)).toBe(scenarioId(kept));
    expect(kept.keep).toBe(keep);
  });

  test.prop([DECIMAL])("drop has no more decimals than the keep that was written", (keep) => {
    const { drop } = defineScenario({ keep });
    // Twelve decimals in the input; beyond them only a true difference of decimals counts.
    expect(drop).toBe(Number((1 - keep).toFixed(12)));
  });

  const INPUT = fc.oneof(
    DECIMAL.map((keep): ScenarioInput => ({ keep })),
    DECIMAL.map((keep): ScenarioInput => ({ drop: Number((1 - keep).toFixed(12)) })),
    fc.double({ min: 0, max: 9999, noNaN: true }).map((relativeVariance): ScenarioInput => ({ relativeVariance })),
  );

  test.prop([INPUT, fc.constantFrom("bernoulli" as const, "gaussian" as const)])(
    "has keep + drop = 1 and σ² = drop/keep, echoes what was given, and no β",
    (input, noise) => {
      const { keep, drop, relativeVariance, beta, ...rest } = defineScenario({ noise, ...input });
      expect({ keep, drop, relativeVariance, ...rest }).toMatchObject(input);
      expectEqual(keep + drop, 1);
      expectEqual(relativeVariance * keep, drop);
      expect(beta).toBe(null);
    },
  );

  test.prop([fc.double({ min: 0, max: 1, noNaN: true })])("of uout is σ² = β²/3", (beta) => {
    const scenario = defineScenario({ noise: "uout", beta });
    expect(scenario.beta).toBe(beta);
    expectEqual(scenario.relativeVariance, beta ** 2 / 3);
    expectEqual(scenario.keep, 1 / (1 + beta ** 2 / 3));
  });

  test.prop([fc.double({ min: 0.75, max: 1, noNaN: true })])("of uout from keep is β = √(3σ²)", (keep) => {
    const { beta, relativeVariance } = defineScenario({ noise: "uout", keep });
    expectEqual((beta as number) ** 2 / 3, relativeVariance);
  });
});
