import { describe, expect, test } from "vitest";
import { maskPlan } from "../../src/experiment/plan/mask-plan.ts";
import type { Sums } from "../../src/experiment/sums.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { directShift } from "../../src/theory/shift.ts";
import { once } from "../once.ts";
import { count, FEWEST, MOST, SEEDS } from "./coverage.ts";
import { type Fault, faultySums, zScore } from "./faulty.ts";

/** A single mask, a mirrored pair, and masks that are turned on a circle. */
const schemes: readonly Scheme[] = [
  { keep: 0.8, masks: "independent", count: 1 },
  { keep: 0.5, masks: "balanced", count: 2 },
  { keep: 0.8, masks: "balanced", count: 5 },
];

interface Scheme extends Required<Pick<ScenarioInput, "masks">> {
  readonly keep: number;
  readonly count: number;
}

const scenarioOf = ({ keep, masks }: Scheme): ScenarioInput => ({ keep, masks, width: 4, batchSize: 16, mean: 1 });
const expectedOf = ({ keep }: Scheme): number => directShift({ mean: 1, variance: 1 }, (1 - keep) / keep);

const runs = (scheme: Scheme, fault: Fault): Sums[] =>
  Array.from({ length: SEEDS }, (_, seed) =>
    faultySums({ ...scenarioOf(scheme), seed: `coverage ${seed}` }, 60, fault),
  );

// Of any scheme a false alarm once in 2·10⁶.
describe.each(schemes)("keep $keep, $masks masks", (scheme) => {
  const right = once(() => runs(scheme, {}));

  test(`a mini-batch has ${scheme.count} of them`, () => {
    expect(maskPlan(defineScenario(scenarioOf(scheme))).masks).toBe(scheme.count);
  });

  test("the 95 % interval holds the closed form 95 % of the time", () => {
    const { holding } = count(right(), { expected: expectedOf(scheme) });
    expect(holding).toBeGreaterThanOrEqual(FEWEST);
    expect(holding).toBeLessThanOrEqual(MOST);
  });

  test("z of the estimate has mean 0 and variance 1 over seeds", () => {
    const z = right().map((sums) => zScore(sums, expectedOf(scheme)));
    const mean = z.reduce((total, one) => total + one, 0) / SEEDS;
    const variance = z.reduce((total, one) => total + (one - mean) ** 2, 0) / (SEEDS - 1);
    // 5.3 standard errors of a mean, once in 10⁷. Of χ² with 399 degrees of freedom 2.5·10⁻⁷ lies below 272.8 and as much above
    // 557.5 (scipy.stats.chi2); t with 59 degrees of freedom has the variance 59/57, and its kurtosis of 3.1 makes it twice.
    expect(Math.abs(mean)).toBeLessThan(5.3 / Math.sqrt(SEEDS));
    expect(variance).toBeGreaterThan((272.8 / (SEEDS - 1)) * (59 / 57));
    expect(variance).toBeLessThan((557.5 / (SEEDS - 1)) * (59 / 57));
  });

  test("negative control: with another input in test, an error worked out for pairs covers too rarely", () => {
    const paired = faultySums({ ...scenarioOf(scheme), seed: "pairs" }, 60, {});
    const covariance = paired.product - (paired.train * paired.test) / paired.n;
    const wrong = runs(scheme, { unpaired: true }).map((sums) => ({
      ...sums,
      product: (sums.train * sums.test) / sums.n + covariance,
    }));
    expect(count(wrong, { expected: expectedOf(scheme) }).holding).toBeLessThan(FEWEST);
  });
});
