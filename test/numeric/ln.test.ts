// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exp } from "../../src/numeric/exp.ts";
import { ln, ln1p } from "../../src/numeric/ln.ts";
import { ulpsApart } from "./ulps-apart.ts";

// mpmath 1.3, 50 digits: [x, float(mp.log(x))] and [x, float(mp.log1p(x))].
const LN: readonly (readonly [number, number])[] = [
  [5e-324, -744.4400719213812],
  [1e-310, -713.8013788281542],
  [2.2250738585072014e-308, -708.3964185322641],
  [1e-100, -230.25850929940458],
  [1e-9, -20.72326583694641],
  [0.1, -2.3025850929940455],
  [0.5, -0.6931471805599453],
  [0.7071067811865475, -0.34657359027997275],
  [0.7071067811865476, -0.3465735902799726],
  [0.99, -0.01005033585350145],
  [0.9999999999999999, -1.1102230246251565e-16],
  [1.0000000000000002, 2.2204460492503128e-16],
  [1.0001, 9.999500033329732e-5],
  [1.3, 0.26236426446749106],
  [1.4142135623730951, 0.3465735902799727],
  [1.414213562373095, 0.3465735902799726],
  [1.7370163892864545, 0.5521689226125288],
  [2, 0.6931471805599453],
  [2.718281828459045, 1],
  [2.7371379643904166, 1.0069128359457677],
  [10, 2.302585092994046],
  [12345.678, 9.421061321291832],
  [1e100, 230.25850929940458],
  [1.7976931348623157e308, 709.782712893384],
];
const LN1P: readonly (readonly [number, number])[] = [
  [-0.9999999999999999, -36.7368005696771],
  [-0.99, -4.605170185988091],
  [-0.5, -0.6931471805599453],
  [-0.2928932188134524, -0.3465735902799726],
  [-0.25, -0.2876820724517809],
  [-1e-5, -1.0000050000333337e-5],
  [-1e-10, -1.00000000005e-10],
  [-1e-300, -1e-300],
  [1e-300, 1e-300],
  [1e-17, 1e-17],
  [1e-9, 9.999999995e-10],
  [0.001, 0.0009995003330835331],
  [0.41421356237309503, 0.34657359027997264],
  [0.4142135623730952, 0.34657359027997275],
  [0.5977172146453158, 0.46857586963521286],
  [1, 0.6931471805599453],
  [2.5, 1.252762968495368],
  [1000.1, 6.908854674425438],
  [10000000000, 23.025850930040455],
  [9007199254740992, 36.7368005696771],
  [1e300, 690.7755278982137],
];

test.each(LN)("ln(%d) is the exact value rounded, or a neighbour of it", (x, exact) => {
  expect(ulpsApart(ln(x), exact)).toBeLessThanOrEqual(1);
});

test.each(LN1P)("ln1p(%d) is the exact value rounded, or a neighbour of it", (x, exact) => {
  expect(ulpsApart(ln1p(x), exact)).toBeLessThanOrEqual(1);
});

test("ln and ln1p are within two units of Math.log and Math.log1p", () => {
  let worst = 0;
  for (let i = 1; i <= 200_000; i++) {
    const x = i / 50_000;
    worst = Math.max(worst, ulpsApart(ln(x), Math.log(x)), ulpsApart(ln1p(x - 1), Math.log1p(x - 1)));
  }
  // Each is within one ulp of the exact value.
  expect(worst).toBeLessThanOrEqual(2);
});

test("exp undoes ln", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
      // |ln x| < 691 is off by one ulp, 1.2e-13, which exp makes a relative error.
      expect(Math.abs(exp(ln(x)) / x - 1)).toBeLessThan(1.3e-13);
    }),
  );
});

test("ln of a reciprocal is the negative", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), (exponent) => {
      const x = 2 ** exponent;
      expect(ln(1 / x)).toBe(0 - ln(x));
    }),
  );
});

test("ln is 0 at 1, minus infinity at 0, NaN below, infinite at infinity", () => {
  expect(ln(1)).toBe(0);
  expect(ln(0)).toBe(Number.NEGATIVE_INFINITY);
  expect(ln(-1)).toBeNaN();
  expect(ln(Number.NaN)).toBeNaN();
  expect(ln(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});

test("ln1p keeps a signed zero and has the limits of ln", () => {
  expect(ln1p(0)).toBe(0);
  expect(ln1p(-0)).toBe(-0);
  expect(ln1p(-1)).toBe(Number.NEGATIVE_INFINITY);
  expect(ln1p(-1.5)).toBeNaN();
  expect(ln1p(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});
