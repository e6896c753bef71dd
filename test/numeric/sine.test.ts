// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { arcsine } from "../../src/numeric/arcsine.ts";
import { sine } from "../../src/numeric/sine.ts";
import { ulpsApart } from "./ulps-apart.ts";

// mpmath 1.3, 50 digits: [x, float(mp.sin(x))] and [x, float(mp.asin(x))].
const SINE: readonly (readonly [number, number])[] = [
  [1e-300, 1e-300],
  [1e-9, 1e-9],
  [0.001, 0.0009999998333333417],
  [0.1, 0.09983341664682815],
  [0.2617993877991494, 0.25881904510252074],
  [0.3, 0.29552020666133955],
  [0.5, 0.479425538604203],
  [0.5235987755982988, 0.49999999999999994],
  [0.7853981633974483, 0.7071067811865475],
  [1, 0.8414709848078965],
  [1.25, 0.9489846193555862],
  [1.4380794055758646, 0.9912060287107196],
  [1.5707963267948966, 1],
];
const ARCSINE: readonly (readonly [number, number])[] = [
  [1e-300, 1e-300],
  [1e-9, 1e-9],
  [0.001, 0.0010000001666667416],
  [0.1, 0.1001674211615598],
  [0.25, 0.25268025514207865],
  [0.45, 0.4667653390472964],
  [0.4999999999999999, 0.5235987755982987],
  [0.5, 0.5235987755982989],
  [0.5000000000000001, 0.523598775598299],
  [0.5040516890430935, 0.5282836160068444],
  [0.7, 0.775397496610753],
  [0.7071067811865475, 0.7853981633974482],
  [0.9, 1.1197695149986342],
  [0.975, 1.3467210414930773],
  [0.98, 1.3704614844717768],
  [0.999, 1.526071239626163],
  [0.9999999999, 1.5707821846586878],
  [0.9999999999999999, 1.5707963118937354],
  [1, 1.5707963267948966],
];

test.each(SINE)("sine(%d) is the exact value to two ulp, to one up to π/4", (x, exact) => {
  expect(ulpsApart(sine(x), exact)).toBeLessThanOrEqual(x <= Math.PI / 4 ? 1 : 2);
});

test.each(ARCSINE)("arcsine(%d) is the exact value rounded, or a neighbour of it", (x, exact) => {
  expect(ulpsApart(arcsine(x), exact)).toBeLessThanOrEqual(1);
});

test("sine and arcsine are odd", () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
      expect(sine(-x) + sine(x)).toBe(0);
      expect(arcsine(-x) + arcsine(x)).toBe(0);
    }),
  );
});

test("sine undoes arcsine", () => {
  fc.assert(
    fc.property(fc.double({ min: -1, max: 1, noNaN: true }), (x) => {
      // One ulp of the angle, 2.2e-16 at most, and two of the sine.
      expect(Math.abs(sine(arcsine(x)) - x)).toBeLessThan(5e-16);
    }),
  );
});

test("twice the sine of π/6 is 1 to an ulp: a rank correlation of 1 stays one", () => {
  expect(ulpsApart(2 * sine(Math.PI / 6), 1)).toBeLessThanOrEqual(1);
});

test("sine and arcsine refuse what they have no reduction for", () => {
  expect(() => sine(1.6)).toThrow(RangeError);
  expect(() => sine(Number.NaN)).toThrow(RangeError);
  expect(() => arcsine(1.0000000000000002)).toThrow(RangeError);
  expect(() => arcsine(Number.NaN)).toThrow(RangeError);
});
