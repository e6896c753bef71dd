import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { rangeOf } from "../../src/scenario/values.ts";

const valuesOf = (text: string) => rangeOf(text)?.values();

describe("a linear range", () => {
  it("has both ends, and the numbers that one types", () => {
    expect(valuesOf("0.1:0.9:0.1")).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
    expect(valuesOf("0.05:0.95:0.05")).toHaveLength(19);
    expect(valuesOf("1e-3:3e-3:.001")).toEqual([0.001, 0.002, 0.003]);
  });

  it("goes down by a negative step", () => {
    expect(valuesOf("0.3:-0.1:-0.2")).toEqual([0.3, 0.1, -0.1]);
  });

  it("ends before its end where no step lands on it", () => {
    expect(valuesOf("1:10:4")).toEqual([1, 5, 9]);
  });

  it("may be one value", () => {
    expect(valuesOf("0.5:0.5:0.1")).toEqual([0.5]);
  });

  const DECIMALS = fc.integer({ min: 0, max: 8 });
  const COUNT = fc.integer({ min: 0, max: 200 });
  test.prop([fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), COUNT, DECIMALS])(
    "of n steps has n + 1 values, each the double nearest to the decimal",
    (first, step, count, decimals) => {
      const text = (units: number) => (units / 10 ** decimals).toFixed(decimals);
      const expected = Array.from({ length: count + 1 }, (_, index) => Number(text(first + index * step)));
      expect(valuesOf(`${text(first)}:${text(first + count * step)}:${text(step)}`)).toEqual(expected);
    },
  );
});

describe("a geometric range", () => {
  it("has both ends", () => {
    expect(valuesOf("16..4096*2")).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);
    expect(valuesOf("0.001..1*10")).toEqual([0.001, 0.01, 0.1, 1]);
  });

  it("goes down by a factor below 1", () => {
    expect(valuesOf("64..8*0.5")).toEqual([64, 32, 16, 8]);
  });

  it("is marked as one", () => {
    expect(rangeOf("16..64*2")?.isGeometric).toBe(true);
    expect(rangeOf("16:64:16")?.isGeometric).toBe(false);
  });
});

it.each(["0.5", "a:b:c", "", "1,2", "-1e5"])("%j is no range", (text) => {
  expect(rangeOf(text)).toBeUndefined();
});

it.each([
  ["0.1:0.9", "the range 0.1:0.9 is incomplete"],
  ["1..2", "the range 1..2 is incomplete"],
  ["1:2:3:4", "the range 1:2:3:4 is incomplete"],
  ["16..4096", "write first:last:step"],
  ["0.1:0.9:0", "step of 0"],
  ["0.9:0.1:0.1", "leads away"],
  ["0.1:0.9:-0.1", "leads away"],
  ["16..4096*1", "factor of 1"],
  ["16..4096*0.5", "leads away"],
  ["4096..16*2", "leads away"],
  ["0..16*2", "the range 0..16*2 must have positive numbers"],
  ["0:1:1e-9", "more than 1000000"],
  ["1..2*1.0000001", "more than 1000000"],
  ["0:1e999:1", "the range 0:1e999:1 has the number 1e999, which is too large or too small"],
  ["0:1:1e-999", "the range 0:1:1e-999 has the number 1e-999, which is too large or too small"],
])("refuses %s: %s", (text, words) => {
  expect(() => rangeOf(text)).toThrow(VshiftError);
  expect(() => rangeOf(text)).toThrow(words);
});
