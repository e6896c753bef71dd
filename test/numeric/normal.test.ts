// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf, normalDensity } from "../../src/numeric/normal.ts";

// mpmath 1.3, 50 digits: [x, float(mp.ncdf(x))] and [x, float(mp.npdf(x))].
const CDF: readonly (readonly [number, number])[] = [
  [-37, 5.725571222524577e-300],
  [-20.5, 1.0764673258790961e-93],
  [-12, 1.776482112077679e-33],
  [-8, 6.220960574271784e-16],
  [-7.25, 2.0838581586720695e-13],
  [-6, 9.86587645037698e-10],
  [-5, 2.866515718791939e-7],
  [-4.5, 3.3976731247300603e-6],
  [-4, 3.1671241833119924e-5],
  [-3.5, 0.00023262907903552504],
  [-3, 0.0013498980316300946],
  [-2.5000000000000004, 0.006209665325776127],
  [-2.4999999999999996, 0.006209665325776143],
  [-2.459831123227797, 0.006950120293234437],
  [-2, 0.02275013194817921],
  [-1.5, 0.06680720126885807],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [-0.1, 0.460172162722971],
  [-1e-10, 0.49999999996010575],
  [1e-300, 0.5],
  [0.25, 0.5987063256829237],
  [0.75, 0.7733726476231318],
  [1.25, 0.8943502263331448],
  [2.25, 0.9877755273449553],
  [2.75, 0.9970202367649454],
  [4, 0.9999683287581669],
  [6, 0.9999999990134123],
  [8, 0.9999999999999993],
];
const DENSITY: readonly (readonly [number, number])[] = [
  [0, 0.3989422804014327],
  [0.1, 0.39695254747701175],
  [0.5, 0.35206532676429947],
  [1, 0.24197072451914334],
  [1.7, 0.09404907737688693],
  [2.5, 0.017528300493568537],
  [3.3, 0.0017225689390536812],
  [4.200857031308573, 5.8731260152462476e-5],
  [6.1, 3.3178842435473016e-9],
  [9.7, 1.4774954927042671e-21],
  [14.9, 2.4663295258805618e-49],
  [19.190961309911188, 4.237425960302585e-81],
  [25.3, 4.046994415418954e-140],
  [30.1, 7.300259384280611e-198],
  [37.5, 1.7282337322841054e-306],
];

test.each(CDF)("normalCdf(%d) is right to 1e-13", (x, exact) => {
  expect(Math.abs(normalCdf(x) / exact - 1)).toBeLessThan(1e-13);
});

test("normalCdf is right to 4e-16 absolutely above 0", () => {
  for (const [x, exact] of CDF.filter(([at]) => at >= 0)) expect(Math.abs(normalCdf(x) - exact)).toBeLessThan(4e-16);
});

test.each(DENSITY)("normalDensity(%d) is right to 5e-16", (x, exact) => {
  expect(Math.abs(normalDensity(x) / exact - 1)).toBeLessThan(5e-16);
  expect(normalDensity(-x)).toBe(normalDensity(x));
});

const real = fc.double({ min: -37, max: 9, noNaN: true });

test("normalCdf never falls by more than its accuracy", () => {
  fc.assert(
    fc.property(real, real, (a, b) => {
      expect(normalCdf(Math.max(a, b))).toBeGreaterThanOrEqual(normalCdf(Math.min(a, b)) * (1 - 1e-13));
    }),
  );
});

test("the two tails of normalCdf make 1", () => {
  fc.assert(
    fc.property(real, (x) => {
      // Both are within 4e-16.
      expect(Math.abs(normalCdf(x) + normalCdf(-x) - 1)).toBeLessThan(8e-16);
    }),
  );
});

test("normalCdf is 0, ½ and 1 at minus infinity, 0 and infinity", () => {
  expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(normalCdf(0)).toBe(0.5);
  expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
  expect(normalDensity(Number.POSITIVE_INFINITY)).toBe(0);
});
