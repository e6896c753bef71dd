import { describe, expect, it } from "vitest";
import { referenceKernel } from "../../src/kernel/reference.ts";
import type { NoiseFields } from "../../src/noises/noise-kind.ts";
import { NOISES, propertiesOf } from "../../src/noises/noises.ts";
import { resolveStrength } from "../../src/scenario/strength.ts";
import { relativeVariance } from "../../src/theory/noise.ts";

/** A β that follows from a keep has 15 digits. */
const ROUNDING = 2e-15;

/** The strengths that a kind can have: of its default, and of a σ² that every kind reaches. */
function strengthsOf(kind: (typeof NOISES)[number]["kind"]) {
  const byDefault = resolveStrength(kind, {});
  return propertiesOf(kind).parameter === null ? [byDefault] : [byDefault, resolveStrength(kind, { keep: 0.8 })];
}

describe.each(NOISES.map(({ kind }) => kind))("%s", (kind) => {
  const { noise, gains, drawnGains, pivot, affine, kurtosis } = propertiesOf(kind);
  const { parameter, shares, isSymmetric, largestNoisy, draw } = propertiesOf(kind);

  it.each(strengthsOf(kind))("is drawn as theory has it, at %o", (fields) => {
    const law = noise(fields);
    expect(Math.abs(relativeVariance(law) - fields.relativeVariance)).toBeLessThanOrEqual(
      ROUNDING * fields.relativeVariance,
    );
    for (const phase of ["train", "test"] as const) {
      expect(Math.abs(drawnGains(fields)[phase] / gains(law)[phase] - 1)).toBeLessThanOrEqual(ROUNDING);
    }
  });

  it.each(strengthsOf(kind))("adds to a unit if and only if it has a pivot, at %o", (fields) => {
    const added = affine(noise(fields));
    expect(added !== null).toBe(pivot !== 0);
    if (added === null) return;
    // m = g(1 + r), e = −g·r·pivot.
    const ofMultiplier = added.gain * added.gain * fields.relativeVariance;
    expect(added.gainVariance / ofMultiplier).toBeCloseTo(1, 14);
    expect(added.covariance / (-pivot * ofMultiplier)).toBeCloseTo(1, 14);
    expect(added.offsetVariance / (pivot * pivot * ofMultiplier)).toBeCloseTo(1, 14);
  });

  it("draws r once for each thing that shares it, with −r as its mirror image where it is symmetric", () => {
    const { rows, mirrored, layer } = drawn();
    if (shares === "weight") {
      expect(rows.flat().every((r) => r === 0)).toBe(true);
      expect(layer.ofWeights).toMatchObject({ dropped: -1 });
      return;
    }
    const isSame = (a: number, b: number) => rows[a].every((r, at) => r === rows[b][at]);
    const isShared = shares === "channel" || parameter === null;
    expect([isSame(0, 1), isSame(0, CHANNEL_SIZE - 1)]).toEqual([isShared, isShared]);
    expect(isSame(CHANNEL_SIZE - 1, CHANNEL_SIZE)).toBe(parameter === null);
    if (isSymmetric) expect(mirrored).toEqual(rows.map((row) => row.map((r) => -r)));
  });

  it("draws no r that leaves the bound of a noisy value, and has a kurtosis that a distribution can have", () => {
    const input = { centre: 0.5, largest: 2 };
    const most = largestNoisy(STRENGTH, input);
    for (const r of drawn().rows.flat()) {
      expect(Math.abs(input.largest + r * (input.largest + input.centre))).toBeLessThanOrEqual(most * (1 + 1e-6));
    }
    expect(kurtosis(noise(STRENGTH))).toBeGreaterThanOrEqual(1);
  });

  /** r of 8 rows, and of a second mask of the same draw. */
  function drawn() {
    const plan = { masks: 2, isMirrored: false, hasMirroredInput: false };
    const layer = draw({ kernel: referenceKernel, fields: STRENGTH, plan });
    const deviation = new Float32Array(2 * CHANNEL_SIZE * STRIDE);
    layer.startBatch({ key: [1, 2], batch: 0 });
    const [rows, mirrored] = [0, 1].map((mask) => {
      layer.deviate(deviation, mask, { first: 0, stride: STRIDE });
      return Array.from({ length: 2 * CHANNEL_SIZE }, (_, row) => [
        ...deviation.subarray(row * STRIDE, (row + 1) * STRIDE),
      ]);
    });
    return { rows, mirrored, layer };
  }
});

const STRIDE = 64;
const CHANNEL_SIZE = 4;
const STRENGTH: NoiseFields = {
  ...{ keep: 0.8, drop: 0.2, relativeVariance: 0.25, beta: 0.866 },
  ...{ channelSize: CHANNEL_SIZE, neurons: 3 },
};
