import { expect, it } from "vitest";
import { equationOf, regressionOf } from "../../../src/report/figure/regression.ts";

// Anscombe 1973, data set I, with the regression that he prints: y = 3 + 0.5x, standard errors 1.125 and 0.118.
const X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
const ANSCOMBE = X.map((x, index) => ({ x, y: Y[index] ?? Number.NaN }));

it("slope, intercept and their errors are those of Anscombe's first data set", () => {
  const found = regressionOf(ANSCOMBE);
  expect(found?.slope.toFixed(3)).toBe("0.500");
  expect(found?.intercept.toFixed(2)).toBe("3.00");
  expect(found?.slopeError.toFixed(3)).toBe("0.118");
  expect(found?.interceptError.toFixed(3)).toBe("1.125");
});

it("its equation has the errors in parentheses, and a true minus", () => {
  const found = regressionOf(ANSCOMBE);
  if (found === null) throw new Error("no regression");
  const names = { x: "d", y: "a" };
  expect(equationOf(found, names)).toBe("a = 0.50(12)·d + 3.0(1.1)");
  expect(equationOf({ ...found, intercept: -3 }, names)).toBe("a = 0.50(12)·d − 3.0(1.1)");
});

it("two points, or points above each other, have none", () => {
  expect(regressionOf(ANSCOMBE.slice(0, 2))).toBeNull();
  expect(regressionOf([1, 2, 3].map((y) => ({ x: 1, y })))).toBeNull();
  expect(regressionOf(ANSCOMBE.slice(0, 3))).not.toBeNull();
});
