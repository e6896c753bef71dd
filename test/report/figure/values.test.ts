import { describe, expect, it } from "vitest";
import { isGeometric } from "../../../src/report/figure/values.ts";

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
