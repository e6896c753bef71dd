import { describe, expect, test } from "vitest";
import { errorFloors, fewestBatches, inputDraws } from "../../src/experiment/error-floors.ts";
import { errorOfQuotient, estimate, intervalOf } from "../../src/experiment/estimate.ts";
import { addSums, NO_SUMS, sumsOf } from "../../src/experiment/sums.ts";
import { judge } from "../../src/experiment/verdict.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { measured } from "./measured.ts";

/** Step of the sums over z below. */
const STEP = 2 ** -10;

/** E (x − c)ᵏ of a law by the trapezoidal rule over the density of z, of which x is made: relu's kink leaves an error of order STEP². */
function centralMoments(input: ScenarioInput): (order: number) => number {
  const { activation, mean, variance } = defineScenario(input);
  const rate = Math.sqrt(Math.log(1 + variance / mean ** 2));
  const x = (z: number): number => {
    if (activation === "lognormal") return mean * Math.exp(rate * z - rate ** 2 / 2);
    const value = mean + Math.sqrt(variance) * z;
    return activation === "relu" ? Math.max(0, value) : value;
  };
  const places = Array.from({ length: 32 / STEP }, (_, index) => -12 + index * STEP);
  const average = (of: (z: number) => number) =>
    places.reduce((sum, z) => sum + (of(z) * Math.exp(-(z ** 2) / 2) * STEP) / Math.sqrt(2 * Math.PI), 0);
  const centre = average(x);
  return (order) => average((z) => (x(z) - centre) ** order);
}

describe("an interval takes sixty squared skewnesses of the squares in draws", () => {
  test.each<ScenarioInput>([
    {},
    { mean: 3, variance: 4 },
    { activation: "relu", mean: 1 },
    { activation: "relu" },
    { activation: "relu", mean: -2, variance: 4 },
    { activation: "relu", mean: -4 },
    { activation: "lognormal", variance: 0.01 },
    { activation: "lognormal", variance: 0.25 },
    { activation: "lognormal", mean: 2, variance: 9 },
  ])("%o", (input) => {
    const moment = centralMoments({ ...(input.activation === "lognormal" ? { mean: 1 } : {}), ...input });
    const draws = inputDraws(defineScenario(input));
    expect(Math.abs(draws / ((60 * moment(6) ** 2) / moment(4) ** 3) - 1)).toBeLessThan(1e-4);
  });

  test("of a normal they are 60·15²/3³, and of a uniform less", () => {
    expect(inputDraws(defineScenario({}))).toBeCloseTo(500, 10);
    expect(inputDraws(defineScenario({ activation: "uniform" }))).toBeCloseTo((60 * (27 / 7) ** 2) / 1.8 ** 3, 10);
  });

  test("of rows of a file they are 375 kurtoses", () => {
    // One row in 10 is away from the others: (0.9⁴·0.1 + 0.1⁴·0.9)/0.09².
    const values = [1, ...new Array<number>(9).fill(0)];
    const { scenario } = scenarioWithArrays({ activation: "file:x" }, { "file:x": { shape: [10, 1], values } });
    expect(inputDraws(scenario)).toBeCloseTo((375 * (0.9 ** 4 * 0.1 + 0.1 ** 4 * 0.9)) / 0.09 ** 2, 6);
  });
});

describe("the fewest mini-batches", () => {
  const fewest = (input: ScenarioInput) =>
    fewestBatches(errorFloors(defineScenario({ width: 16, batchSize: 32, ...input })));

  test("are draws over the units that are independent", () => {
    // 500 of a normal; 64 units, or 32 samples of units that are all correlated.
    expect(fewest({ width: 2 })).toBe(8);
    expect(fewest({ rho: 0.9 })).toBe(16);
    expect(fewest({ width: 512, rho: 0.9 })).toBe(16);
  });

  test("count what the noise does to a unit as rare as both together", () => {
    // Kurtosis of a mask that keeps 0.02: 0.98²/0.02 + 0.02²/0.98.
    const mask = 0.98 ** 2 / 0.02 + 0.02 ** 2 / 0.98;
    expect(fewest({ keep: 0.02 })).toBe(Math.ceil((500 * mask) / 512));
    expect(fewest({ keep: 0.02, noise: "spatial", channelSize: 16 })).toBe(Math.ceil((500 * mask) / 32));
  });

  test("are none without noise, and do not wait for noise that the tolerance would not notice", () => {
    expect(fewest({ keep: 1, activation: "relu", mean: -4 })).toBe(0);
    expect(fewest({ keep: 0.9999 })).toBe(1);
    expect(fewest({ keep: 0.9999, tolerance: 1e-4 })).toBeGreaterThan(1000);
  });
});

describe("the floors of an error", () => {
  const sums = [1, 1.1, 0.9, 1.05].map((test) => sumsOf({ test, train: 2 * test })).reduce(addSums, NO_SUMS);

  test("count only before their number of mini-batches", () => {
    const errorWith = (before: number) => estimate(sums, [{ before, error: 0.25 }])?.relativeError;
    expect(errorWith(5)).toBe(0.25);
    expect(errorWith(4)).toBeLessThan(1e-7);
  });

  test("are what noise too weak to notice could add, until its events have been seen", () => {
    // Δ = 1/(1 + σ²) at c = 0, σ² = 10⁻⁴/0.9999: 1 − Δ = 10⁻⁴.
    const floors = errorFloors(defineScenario({ keep: 0.9999, width: 16, batchSize: 32 }));
    const finite = floors.filter(({ error }) => error > 0 && error < 1);
    expect(finite).toHaveLength(1);
    expect(finite[0]?.error).toBeCloseTo(1e-4, 12);
    expect(finite[0]?.before).toBeGreaterThan(1000);
  });
});

describe("where nothing is known of the error", () => {
  const unknown = measured(0.5, Number.POSITIVE_INFINITY);

  test("there is no interval; nor where it would be wider than the ratio tenfold", () => {
    expect(intervalOf(unknown, 0.05)).toBeNull();
    expect(intervalOf(measured(0.5, 2), 0.05)).toBeNull();
    const [low, high] = intervalOf(measured(0.5, 0.1), 0.05) ?? [];
    // Student's quantile of 1000 degrees of freedom is 1.9623.
    expect(low).toBeCloseTo(0.5 * Math.exp(-0.19623), 4);
    expect(high).toBeCloseTo(0.5 * Math.exp(0.19623), 4);
  });

  test("every verdict is inconclusive, also that on a quotient with it", () => {
    const criterion = { expected: 9, tolerance: 0.01, errorRate: 0.05 };
    expect(judge(unknown, criterion)).toBe("inconclusive");
    const quotient = errorOfQuotient(unknown, measured(0.5, 0.001));
    expect(quotient).toEqual({ relativeError: Number.POSITIVE_INFINITY, degreesOfFreedom: 1000 });
    expect(judge({ ...unknown, ...quotient }, criterion)).toBe("inconclusive");
  });
});
