import { mean, sampleCovariance, sampleVariance } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { type Measured, readingOf } from "../../src/check/measured.ts";
import { errorOf } from "./error-of.ts";

const A = [2.3, 1.9, 2.1, 2.6, 1.8, 2.2];
const B = [1.1, 0.9, 1.0, 1.2, 0.8, 1.1];

// A dozen roundings, and squares that cancel to a hundredth.
const DIGITS = 12;

test("paired: the delta method with the covariance, over n", () => {
  const { relativeError, degreesOfFreedom, shift, batches } = readingOf({ trainVariances: A, testVariances: B });
  const [a, b] = [mean(A), mean(B)];
  const squares = sampleVariance(A) / a ** 2 - (2 * sampleCovariance(A, B)) / (a * b) + sampleVariance(B) / b ** 2;
  expect(shift).toBeCloseTo(b / a, DIGITS);
  expect(relativeError).toBeCloseTo(Math.sqrt(squares / 6), DIGITS);
  expect([degreesOfFreedom, batches]).toEqual([5, 6]);
});

test("independent: the sum of both squared errors, with Welch's degrees of freedom", () => {
  const B9 = [...B, 1.3, 0.7, 1.0];
  const { relativeError, degreesOfFreedom, batches } = readingOf({ trainVariances: A, testVariances: B9 });
  const [p, q] = [sampleVariance(A) / (6 * mean(A) ** 2), sampleVariance(B9) / (9 * mean(B9) ** 2)];
  expect(relativeError).toBeCloseTo(Math.sqrt(p + q), DIGITS);
  expect(degreesOfFreedom).toBeCloseTo((p + q) ** 2 / (p ** 2 / 5 + q ** 2 / 8), 10);
  expect(batches).toBe(6);
});

test("as many of both are pairs unless it is said that they are not", () => {
  const paired = readingOf({ trainVariances: A, testVariances: B });
  const independent = readingOf({ trainVariances: A, testVariances: B, pairing: "independent" });
  expect(independent.shift).toBeCloseTo(paired.shift, DIGITS);
  // They hang together closely.
  expect(independent.relativeError).toBeGreaterThan(2 * (paired.relativeError ?? 1));
});

test("a summary's errors are relative to what they are of, the ratio's own before those of the two", () => {
  const both = { trainVariance: 2, testVariance: 1, trainStandardError: 0.06, testStandardError: 0.04 };
  expect(readingOf(both).relativeError).toBeCloseTo(0.05, DIGITS);
  expect(readingOf({ ...both, standardError: 0.01 })).toMatchObject({ relativeError: 0.02, trainError: 0.03 });
  expect(readingOf({ ...both, batches: 10 })).toMatchObject({ degreesOfFreedom: 9, batches: 10 });
  expect(readingOf({ trainVariance: 2, testVariance: 1, trainStandardError: 0.06 }).relativeError).toBeNull();
});

test("batch variances of the largest and the smallest size have an error", () => {
  for (const unit of [1e-70, 1e70]) {
    const scaled = { trainVariances: A.map((a) => a * unit), testVariances: B.map((b) => b * unit) };
    const { relativeError } = readingOf(scaled);
    expect(relativeError).toBeCloseTo(readingOf({ trainVariances: A, testVariances: B }).relativeError ?? 0, 10);
  }
});

describe("errors name what is at fault", () => {
  test.each<[string, Measured]>([
    ["trainVariances", { trainVariances: [1], testVariances: [1, 1] }],
    ["testVariances", { trainVariances: [1, 1], testVariances: [] }],
    ["testVariances", { trainVariances: [1, 1], testVariances: [1, 1, 1], pairing: "paired" }],
    ["trainVariances[1]", { trainVariances: [1, -1], testVariances: [1, 1] }],
    ["testVariances[0]", { trainVariances: [1, 1], testVariances: [Number.NaN, 1] }],
    ["testVariance", { trainVariances: [1, 1], testVariances: [0, 0] }],
    ["testVariance", { trainVariances: [0, 0], testVariances: [1, 1, 1] }],
    ["trainVariance", { trainVariance: Number.POSITIVE_INFINITY, testVariance: 1 }],
    ["testVariance", { trainVariance: 1, testVariance: 0 }],
    ["standardError", { trainVariance: 1, testVariance: 1, standardError: -1 }],
    ["testStandardError", { trainVariance: 1, testVariance: 1, testStandardError: Number.NaN }],
    ["batches", { trainVariance: 1, testVariance: 1, batches: 1 }],
    ["batches", { trainVariance: 1, testVariance: 1, batches: 2.5 }],
    // From JavaScript, or JSON that nobody checked.
    ["measured", null as unknown as Measured],
    ["testVariances", { trainVariances: [1, 1] } as unknown as Measured],
    ["trainVariance", { trainVariance: "2", testVariance: 1 } as unknown as Measured],
    ["trainVariances[0]", { trainVariances: ["2", "3"], testVariances: [1, 1] } as unknown as Measured],
  ])("%s of %o", (field, measured) => {
    expect(errorOf(() => readingOf(measured))).toMatchObject({ field });
  });
});
