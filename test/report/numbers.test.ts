import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grouped, percent, probability, readable, uncertain, withHalfWidth } from "../../src/report/numbers.ts";

/** Magnitudes from 10⁻¹² to 10¹² alike, of both signs. */
const NUMBER = fc
  .tuple(fc.integer({ min: -12, max: 12 }), fc.double({ min: 1, max: 10, noNaN: true }), fc.constantFrom(1, -1))
  .map(([exponent, mantissa, sign]) => sign * mantissa * 10 ** exponent);

const read = (text: string) => Number(text.replaceAll("−", "-"));

describe("readable", () => {
  test.prop([NUMBER, fc.integer({ min: 1, max: 10 })])(
    "loses at most half a unit of its last digit",
    (value, digits) => {
      const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - digits + 1);
      // One part in 10⁵ of the half unit for the rounding of the unit itself and of the logarithm next to a power of ten.
      expect(Math.abs(read(readable(value, digits)) - value)).toBeLessThanOrEqual(0.50001 * unit);
    },
  );

  test.prop([NUMBER, fc.integer({ min: 1, max: 10 })])(
    "has at most the asked digits and no zeros at the end",
    (value, digits) => {
      const [mantissa = ""] = readable(value, digits).split("e");
      const significant = mantissa.replace(/[−.]/g, "").replace(/^0+/, "");
      expect(significant.replace(/0+$/, "").length).toBeLessThanOrEqual(digits);
      expect(mantissa).not.toMatch(/\..*0$/);
    },
  );

  test.prop([NUMBER])("has no hyphen for a minus", (value) => {
    expect(readable(value)).not.toContain("-");
  });

  it.each([
    [0, "0"],
    [-0, "0"],
    [0.5, "0.5"],
    [1 / 3, "0.33333"],
    [-1.5, "−1.5"],
    [123_456_789, "123460000"],
    [1e9, "1e+9"],
    [0.0001, "0.0001"],
    [-0.000_012_345_6, "−1.2346e−5"],
  ])("writes %d as %s", (value, text) => {
    expect(readable(value)).toBe(text);
  });
});

describe("withHalfWidth", () => {
  const HALF_WIDTH = fc
    .tuple(fc.integer({ min: -8, max: 0 }), fc.double({ min: 1, max: 10, noNaN: true }))
    .map(([exponent, mantissa]) => mantissa * 10 ** exponent);

  test.prop([fc.double({ min: 1e-6, max: 10, noNaN: true }), HALF_WIDTH])(
    "shows two digits of the half width, and the value to the same decimals",
    (value, halfWidth) => {
      const [shown = "", width = ""] = withHalfWidth(value, halfWidth).split(" ± ");
      const decimals = (text: string) => text.split(".")[1]?.length ?? 0;
      expect(decimals(shown)).toBe(decimals(width));
      expect(width.replace(".", "").replace(/^0+/, "")).toHaveLength(2);
      // Half a unit of the last decimal, and the rounding of the difference itself.
      const half = 0.500001 * 10 ** -decimals(shown);
      expect(Math.abs(Number(shown) - value)).toBeLessThanOrEqual(half);
      expect(Math.abs(Number(width) - halfWidth)).toBeLessThanOrEqual(half);
    },
  );

  it.each([
    [0.499871, 0.000938, "0.49987 ± 0.00094"],
    [-0.0061, 0.0012, "−0.0061 ± 0.0012"],
    [-0.00001, 0.0012, "0.0000 ± 0.0012"],
    [0.5, 0.0999, "0.50 ± 0.10"],
    [0.5, 0.00996, "0.500 ± 0.010"],
    [12.3, 9.96, "12 ± 10"],
    [1, 0, "1 exactly"],
  ])("writes %d and %d as %s", (value, halfWidth, text) => {
    expect(withHalfWidth(value, halfWidth)).toBe(text);
  });
});

test.prop([fc.nat({ max: 1e12 })])("grouped puts a comma before every third digit from the right", (count) => {
  expect(grouped(count)).toBe(new Intl.NumberFormat("en-US").format(count));
});

it.each([
  [0.005, "0.5 %"],
  [-0.01785, "−1.8 %"],
  [0, "0 %"],
])("percent of %d is %s", (ratio, text) => {
  expect(percent(ratio)).toBe(text);
});

it.each([
  [1e-6, "10⁻⁶"],
  [2.5e-7, "2.5·10⁻⁷"],
  [1e-12, "10⁻¹²"],
  [0.000999999, "10⁻³"],
  [0.001, "0.001"],
  [0.05, "0.05"],
  [0, "0"],
])("the probability %d is %s", (value, text) => {
  expect(probability(value)).toBe(text);
});

describe("uncertain", () => {
  it.each([
    [0.00993, 0.00021, "0.0099(2)"],
    [1.0234, 0.051, "1.02(5)"],
    [1.0234, 0.134, "1.02(13)"],
    [12.31, 1.44, "12.3(1.4)"],
    [131.2, 17.3, "131(17)"],
    [-0.5, 0.096, "−0.50(10)"],
    [2.5, 0, "2.5"],
  ])("%d with a standard error of %d is %s", (value, error, text) => {
    expect(uncertain(value, error)).toBe(text);
  });
});
