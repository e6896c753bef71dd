// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exp } from "../../src/numeric/exp.ts";
import { ulpsApart } from "./ulps-apart.ts";

// mpmath 1.3, 50 digits: [x, float(mp.exp(x))].
const EXP: readonly (readonly [number, number])[] = [
  [-745, 5e-324],
  [-740.5, 2.5e-322],
  [-708.3, 2.450295530965988e-308],
  [-241.54363920855798, 1.2558285523427583e-105],
  [-87.3, 1.2192470959520051e-38],
  [-20.25, 1.6052280551856116e-9],
  [-3.7, 0.024723526470339388],
  [-1, 0.36787944117144233],
  [-0.34657359027997264, 0.7071067811865476],
  [-0.1, 0.9048374180359595],
  [-1e-9, 0.999999999],
  [1e-300, 1],
  [1e-17, 1],
  [0.25, 1.2840254166877414],
  [0.3465735902799727, 1.4142135623730951],
  [0.5, 1.6487212707001282],
  [1, 2.718281828459045],
  [1.0397207708399179, 2.82842712474619],
  [2.5, 12.182493960703473],
  [10.1, 24343.00942440838],
  [88.7, 3.325986980250579e38],
  [345.678, 1.3367429901634594e150],
  [700.001, 1.0152467940748238e304],
  [709.78, 1.7928227943945155e308],
];

test.each(EXP)("exp(%d) is the exact value rounded, or a neighbour of it", (x, exact) => {
  expect(ulpsApart(exp(x), exact)).toBeLessThanOrEqual(1);
});

test("exp is within two units of Math.exp on its whole domain", () => {
  let worst = 0;
  for (let i = 0; i <= 200_000; i++) {
    const x = -745 + (i * 1454.7) / 200_000;
    worst = Math.max(worst, ulpsApart(exp(x), Math.exp(x)));
  }
  // Each is within one ulp of the exact value.
  expect(worst).toBeLessThanOrEqual(2);
});

test("exp of a sum is the product", () => {
  const halfRange = fc.double({ min: -350, max: 350, noNaN: true });
  fc.assert(
    fc.property(halfRange, halfRange, (a, b) => {
      // Three roundings of a value, 4e-16, and the rounding of the sum, at most 2⁻⁵³ · 700 = 8e-14, as a relative error.
      expect(Math.abs(exp(a + b) / (exp(a) * exp(b)) - 1)).toBeLessThan(1e-13);
    }),
  );
});

test("exp is 1 at 0, 0 far below, infinite far above, and keeps NaN", () => {
  expect(exp(0)).toBe(1);
  expect(exp(-0)).toBe(1);
  expect(exp(-746)).toBe(0);
  expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(exp(709.79)).toBe(Number.POSITIVE_INFINITY);
  expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  expect(exp(Number.NaN)).toBeNaN();
});
