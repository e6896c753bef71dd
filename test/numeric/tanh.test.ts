import { expect, test } from "vitest";
import { tanh } from "../../src/numeric/tanh.ts";

test("tanh is the engine's to a few roundings, at every size", () => {
  for (let x = 1e-9; x < 30; x *= 1.013) {
    // 4e-16 of ours, and an ulp of the engine's.
    expect(Math.abs(tanh(x) / Math.tanh(x) - 1)).toBeLessThan(7e-16);
    expect(tanh(-x)).toBe(-tanh(x));
  }
});

// Abramowitz & Stegun 1964, table 4.15.
test.each([
  [0.5, 0.4621171572600097],
  [1, 0.7615941559557649],
  [2, 0.9640275800758169],
])("tanh %d is %d", (x, value) => {
  expect(Math.abs(tanh(x) - value)).toBeLessThan(3e-16);
});

test("tanh keeps zeros, ends at ±1, and hands on NaN", () => {
  expect(Object.is(tanh(-0), -0)).toBe(true);
  expect(tanh(20)).toBe(1);
  expect(tanh(Number.NEGATIVE_INFINITY)).toBe(-1);
  expect(tanh(Number.NaN)).toBeNaN();
});
