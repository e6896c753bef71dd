// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import { expect, test } from "vitest";
import { gammaRatio } from "../../src/numeric/gamma-ratio.ts";
import { betaFraction } from "../../src/numeric/incomplete-beta.ts";

// mpmath 1.3, 50 digits: [a, mp.gammaprod([a + 1/2], [a])].
const GAMMA_RATIO: readonly (readonly [number, number])[] = [
  [0.5, 0.5641895835477563],
  [0.75, 0.7396687797971597],
  [1, 0.886226925452758],
  [1.5, 1.1283791670955126],
  [2, 1.329340388179137],
  [3.612762981103838, 1.8362857467967446],
  [7.5, 2.6933805760042073],
  [12, 3.428214823471968],
  [15.999, 3.9687508274474337],
  [16, 3.9688767938289398],
  [16.5, 4.03136726866347],
  [50, 7.053412514876913],
  [127.5, 11.280525057701663],
  [1000, 31.618824001815913],
  [1000000, 999.9998750000078],
  [1000000000000, 999999.999999875],
];
// mpmath 1.3, 50 digits: [a, b, x, F], F = I a B(a, b) / (xᵃ (1 − x)ᵇ) of I = mp.betainc(a, b, 0, x, regularized=True).
const FRACTIONS: readonly (readonly [number, number, number, number])[] = [
  [0.5, 0.5, 0.25, 1.2091995761561452],
  [0.5, 15, 0.08, 2.5167465046702646],
  [0.5, 2000, 0.0007, 2.7526595039070108],
  [1, 3, 0.2, 1.5885416666666667],
  [2.5, 0.5, 0.5, 1.7809724509617246],
  [15, 0.5, 0.8, 4.5223039354972565],
  [127.5, 0.5, 0.9, 9.681185447058768],
  [2000, 0.5, 0.998, 452.76606222274046],
  [3.3, 4.4, 0.3, 2.015773101163372],
];

test.each(GAMMA_RATIO)("gammaRatio(%d) is right to 5e-15", (a, exact) => {
  expect(Math.abs(gammaRatio(a) / exact - 1)).toBeLessThan(5e-15);
});

test.each(FRACTIONS)("betaFraction of a = %d, b = %d at %d is right to 1e-13", (a, b, x, exact) => {
  expect(Math.abs(betaFraction({ a, b, x }) / exact - 1)).toBeLessThan(1e-13);
});

test("betaFraction is 1 at x = 0", () => {
  expect(betaFraction({ a: 0.5, b: 12, x: 0 })).toBe(1);
});
