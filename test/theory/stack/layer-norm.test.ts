import { describe, expect, test } from "vitest";
import { NO_NOISE } from "../../../src/theory/stack/block-noise.ts";
import { layerNormMeanField } from "../../../src/theory/stack/layer-norm.ts";
import { meanField } from "../../../src/theory/stack/mean-field.ts";

const multiplied = (...strengths: readonly number[]) =>
  strengths.map((relativeVariance) => ({ ...NO_NOISE, relativeVariance }));
const alike = (keep: number, blocks: number) => multiplied(...new Array<number>(blocks).fill((1 - keep) / keep));

describe.each(["relu", "tanh", "gelu", "identity"] as const)("%s behind Layer Normalization", (activation) => {
  test.each([true, false])("shifts nothing without noise (residual: %s)", (residual) => {
    for (const { shift, meanShift } of layerNormMeanField({ activation, noises: alike(1, 12), residual })) {
      expect(shift).toBe(1);
      expect(meanShift).toBeLessThan(1e-12);
    }
  });

  test("shifts by as much as behind Batch Normalization where one block has noise, and it is the first", () => {
    const setting = { activation, noises: multiplied(1), residual: false };
    expect(layerNormMeanField(setting)[1]?.shift).toBeCloseTo(meanField(setting)[1]?.shift ?? Number.NaN, 12);
  });

  test("shifts less with depth than behind Batch Normalization", () => {
    const setting = { activation, noises: alike(0.5, 5), residual: false };
    const batch = meanField(setting);
    for (const [index, { shift }] of layerNormMeanField(setting).entries()) {
      if (index > 1) expect(shift).toBeGreaterThan(batch[index]?.shift ?? Number.NaN);
    }
  });
});

test.each(["tanh", "identity"] as const)("%s, odd, shifts to the keep probability at every depth", (activation) => {
  const [, ...places] = layerNormMeanField({ activation, noises: alike(0.3, 8), residual: false });
  // Samples start uncorrelated, and an odd function keeps them so: Δ = e/((1 + σ²)e).
  for (const { shift } of places) expect(shift).toBeCloseTo(0.3, 12);
});

test("two ReLU blocks follow from the arc-cosine kernel", () => {
  const kernel = (k: number) => (Math.sqrt(1 - k * k) + k * (Math.PI / 2 + Math.asin(k))) / (2 * Math.PI);
  const [, , place] = layerNormMeanField({ activation: "relu", noises: multiplied(1, 1), residual: false });
  // K(0) = 1/2π, of N = 1 in training and 1/2 in test.
  const [train, test] = [1 - kernel(kernel(0)), 1 / 2 - kernel(2 * kernel(0))];
  expect(place?.trainVariance).toBeCloseTo(train, 12);
  expect(place?.testVariance).toBeCloseTo(test, 12);
  expect(place?.meanShift).toBeCloseTo(
    (kernel(kernel(0)) + kernel(2 * kernel(0)) - 2 * kernel(kernel(0) / Math.sqrt(1 / 2))) / train,
    12,
  );
});

test("what is not a relative variance is refused", () => {
  const setting = { activation: "relu", noises: multiplied(-1), residual: false } as const;
  expect(() => layerNormMeanField(setting)).toThrow("is not a relative variance");
});
