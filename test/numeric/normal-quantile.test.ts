// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf } from "../../src/numeric/normal.ts";
import { normalQuantile, normalTwoSided } from "../../src/numeric/normal-quantile.ts";

// mpmath 1.3, 50 digits: [p, x] with ncdf(x) = p, by Newton's method.
const QUANTILE: readonly (readonly [number, number])[] = [
  [1e-300, -37.0470962993612],
  [3.349e-181, -28.68040708427522],
  [1e-50, -14.933337534788489],
  [1e-20, -9.262340089798407],
  [1.3e-11, -6.667611456510741],
  [1e-10, -6.361340902404057],
  [1e-9, -5.9978070150076865],
  [1e-6, -4.753424308822899],
  [0.0001, -3.7190164854556804],
  [0.001, -3.0902323061678136],
  [0.01, -2.326347874040841],
  [0.01568075275007257, -2.152455385915791],
  [0.025, -1.9599639845400543],
  [0.07499999999999, -1.4395314709385265],
  [0.075, -1.439531470938456],
  [0.1, -1.2815515655446004],
  [0.25, -0.6744897501960817],
  [0.4, -0.2533471031357997],
  [0.4999, -0.00025066283008800747],
  [0.6, 0.2533471031357997],
  [0.75, 0.6744897501960817],
  [0.9, 1.2815515655446006],
  [0.95, 1.6448536269514722],
  [0.975, 1.9599639845400538],
  [0.99, 2.3263478740408408],
  [0.999, 3.090232306167813],
];

test.each(QUANTILE)("normalQuantile(%d) is right to 1e-15", (probability, exact) => {
  // Near ½ the quantile has the absolute accuracy of the probability, as one that is above ½ has of its tail.
  expect(Math.abs(normalQuantile(probability) / exact - 1)).toBeLessThan(1e-15);
});

test("normalCdf undoes normalQuantile", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.32, max: 690, noNaN: true }), (minusLn) => {
      const probability = Math.exp(-minusLn);
      // The relative error of Φ is x² ≤ 1376 times that of the quantile (6e-16), and its own 1e-13.
      expect(Math.abs(normalCdf(normalQuantile(probability)) / probability - 1)).toBeLessThan(1e-12);
    }),
  );
});

test("normalQuantile rises", () => {
  const open = fc.double({ min: 1e-300, max: 1 - 1e-16, noNaN: true });
  fc.assert(
    fc.property(open, open, (a, b) => {
      const [low, high] = [normalQuantile(Math.min(a, b)), normalQuantile(Math.max(a, b))];
      expect(high - low).toBeGreaterThanOrEqual(-2e-15 * Math.abs(low));
    }),
  );
});

test("normalTwoSided is the quantile of half the tail, and 0 for a tail of 1", () => {
  // 1.95996398454005423552: OEIS A220510.
  expect(Math.abs(normalTwoSided(0.05) / 1.959963984540054 - 1)).toBeLessThan(1e-15);
  expect(normalTwoSided(1)).toBe(0);
  expect(normalTwoSided(0)).toBe(Number.POSITIVE_INFINITY);
});

test("normalQuantile is infinite at 0 and 1 and refuses what is no probability", () => {
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  for (const wrong of [-1e-9, 1.1, Number.NaN]) expect(() => normalQuantile(wrong)).toThrow(RangeError);
});
