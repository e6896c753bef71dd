import { fc, test as property } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { normaliseSamples } from "../../src/forward/sample-norm.ts";

describe("normaliseSamples", () => {
  property.prop([
    fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 12 * 8, maxLength: 12 * 8 }),
    fc.constantFrom(1, 2, 3),
    fc.integer({ min: 1, max: 8 }),
  ])("leaves each sample with mean 0 and, but for ε, variance 1 in each group", (values, groups, samples) => {
    const x = Float32Array.from(values);
    const before = Float64Array.from(x);
    const epsilon = 1e-5;
    const sum = normaliseSamples({ x, stride: 8, samples, groups, epsilon });
    const rows = 12 / groups;
    let expected = 0;
    for (let group = 0; group < groups; group++) {
      for (let sample = 0; sample < 8; sample++) {
        const at = (row: number) => (group * rows + row) * 8 + sample;
        const column = Array.from({ length: rows }, (_, row) => before[at(row)]);
        const mean = column.reduce((total, value) => total + value, 0) / rows;
        const variance = column.reduce((total, value) => total + (value - mean) ** 2, 0) / rows;
        if (sample < samples) expected += variance / groups;
        for (let row = 0; row < rows; row++) {
          const wanted = (column[row] - mean) / Math.sqrt(variance + epsilon);
          expect(Math.abs(x[at(row)] - wanted)).toBeLessThan(1e-6 * Math.max(1, Math.abs(wanted)));
        }
      }
    }
    expect(Math.abs(sum - expected)).toBeLessThan(1e-9 * Math.max(1, expected));
  });
});
