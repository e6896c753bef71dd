import { describe, expect, test } from "vitest";
import { errorFloors, fewestBatches } from "../../src/experiment/error-floors.ts";
import { estimate } from "../../src/experiment/estimate.ts";
import { expectationOf } from "../../src/experiment/expectation.ts";
import { addSums, type Sums } from "../../src/experiment/sums.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { once } from "../once.ts";
import { count, FEWEST, MOST, SEEDS } from "./coverage.ts";
import { relativeErrorOf } from "./measured.ts";
import { runnerOf } from "./measured-one.ts";
import { simulateOne } from "./simulate-one.ts";

/** A unit is above 0 once in 161 samples, in all of its channels, and so is what varies. */
const RARE: ScenarioInput = { keep: 0.5, width: 2, activation: "relu", mean: -2.5, rho: 1, batchSize: 256 };
const EXPECTED = expectationOf(defineScenario(RARE), undefined).shift;

/** 6 such samples, on average. */
const FEW = 4;

/** Sums of a seed's first few mini-batches, and of as many as an interval takes. */
function runOf(seed: number): { readonly few: Sums; readonly enough: Sums } {
  const scenario = defineScenario({ ...RARE, seed: `rare ${seed}` });
  const run = runnerOf(createKernel, scenario);
  const few = run({ block: 0, first: 0, batches: FEW }).sums;
  const rest = run({ block: 1, first: FEW, batches: fewestBatches(errorFloors(scenario)) - FEW }).sums;
  return { few, enough: addSums(few, rest) };
}

// The odds are those of coverage.ts; the negative control covers about 75 %.
describe("rare events that all units of a sample share", () => {
  const runs = once(() => Array.from({ length: SEEDS }, (_, seed) => runOf(seed)));
  const few = () => runs().map((run) => run.few);
  const enough = () => runs().map((run) => run.enough);
  const floors = errorFloors(defineScenario(RARE));

  test("have 95 % of intervals hold the closed form once there are enough for an interval", () => {
    const { all, holding } = count(enough(), { expected: EXPECTED, floors });
    expect(all).toBe(SEEDS);
    expect(holding).toBeGreaterThanOrEqual(FEWEST);
    expect(holding).toBeLessThanOrEqual(MOST);
  });

  test("leave no interval before", () => {
    expect(count(few(), { expected: EXPECTED, floors }).all).toBe(0);
  });

  test("negative control: Student's interval of the few holds it too rarely", () => {
    const { all, holding } = count(few(), { expected: EXPECTED });
    expect(all).toBeGreaterThan(SEEDS / 2);
    expect(holding / all).toBeLessThan(FEWEST / SEEDS);
  });
});

describe("rounding is a floor of the error of products in integers", () => {
  const WEAK = 1e-4;
  // Two-sided, once in 10⁶.
  const LIMIT = 4.9;
  const inputs: readonly ScenarioInput[] = [
    { noise: "uout", beta: WEAK },
    { noise: "uout", beta: WEAK, mean: 1 },
    { noise: "uout", beta: WEAK, activation: "relu", mean: -1, rho: 0.3 },
    { noise: "uout", beta: WEAK, activation: "uniform" },
    { noise: "uout", beta: 1e-3 },
    { noise: "gaussian", relativeVariance: WEAK ** 2 },
  ];

  // Rounding moves Δ̂ by less than the floor and nearly the same in every draw, so that what is left to chance is small beside it.
  test.each(inputs)(
    "%o: Δ̂ is within its error of theory; negative control: without the floor it is not",
    async (input) => {
      const deviations: number[] = [];
      for (const seed of ["a", "b", "c"]) {
        const scenario: ScenarioInput = {
          width: 32,
          batchSize: 64,
          samples: 128_000,
          layer: "linear",
          neurons: 16,
          seed,
          ...input,
        };
        const { theory, measured, sums } = await simulateOne(scenario);
        const deviation = Math.log(measured.shift / theory.shift);
        expect(Math.abs(deviation) / relativeErrorOf(measured), `seed ${seed}`).toBeLessThan(1.1);
        deviations.push(Math.abs(deviation) / (estimate(sums)?.relativeError ?? Number.NaN));
      }
      expect(Math.min(...deviations)).toBeGreaterThan(LIMIT);
    },
  );
});
