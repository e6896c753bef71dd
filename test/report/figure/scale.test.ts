import { describe, expect, it } from "vitest";
import { isGeometric, rangeOf, roundNumbers, spread } from "../../../src/report/figure/scale.ts";

describe("equal ratios are found", () => {
  it.each([
    ["powers of two", [64, 16, 32, 128], true],
    ["rounded powers of √10", [0.01, 0.0316, 0.1, 0.316], true],
    ["values that come several times", [1, 10, 1, 100, 10], true],
    ["equal steps", [0.1, 0.2, 0.3], false],
    ["equal steps of a tenth, whose ratios are nearly equal", [0.8, 0.9, 1], false],
    ["equal steps of a hundredth", [0.97, 0.98, 0.99], false],
    ["two values", [16, 4096], false],
    ["a zero", [0, 1, 2, 4], false],
    ["negative values", [-4, -2, -1], false],
    ["a ratio that changes", [1, 2, 4, 9], false],
    ["nothing", [], false],
  ] as const)("%s: %j is %s", (_, values, expected) => {
    expect(isGeometric(values)).toBe(expected);
  });
});

it("spread keeps its ends to the last bit, and steps evenly", () => {
  const steps = spread({ low: 0.1, high: 0.9, isLogarithmic: false }, 5);
  expect([steps[0], steps[4]]).toEqual([0.1, 0.9]);
  for (const [index, value] of steps.entries()) expect(value).toBeCloseTo(0.1 + 0.2 * index, 12);
  const ratios = spread({ low: 1, high: 16, isLogarithmic: true }, 5);
  for (const [index, value] of ratios.entries()) expect(value).toBeCloseTo(2 ** index, 12);
});

it("round numbers are multiples of 1, 2 or 5 within the range", () => {
  expect(roundNumbers({ low: 0.07, high: 1 }, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(roundNumbers({ low: -0.008, high: 0.008 }, 6)).toEqual([-0.005, 0, 0.005]);
  expect(roundNumbers({ low: 3, high: 3 }, 5)).toEqual([3]);
});

it("rangeOf takes more values than a call takes arguments", () => {
  expect(rangeOf(Array.from({ length: 300_000 }, (_, index) => index))).toEqual({ low: 0, high: 299_999 });
});
