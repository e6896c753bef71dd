import { describe, expect, it } from "vitest";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { LARGEST_NORMAL } from "../../src/laws/law-kind.ts";
import { LAW_KINDS, lawOf } from "../../src/laws/laws.ts";

const MOMENTS = { mean: 0.75, variance: 2.25 };

/** Numbers from −end to end, the middle one 0. */
function spread(end: number): Float32Array {
  return Float32Array.from({ length: 1001 }, (_, at) => (end * (at - 500)) / 500);
}

/** Units of an input as the simulator makes them of these z. */
function made(kind: (typeof LAW_KINDS)[number], { z, mean }: { z: Float32Array; mean: number }): number[] {
  const { unit, centre, shape } = lawOf(kind).form({ ...MOMENTS, mean });
  const x = z.slice();
  shape(referenceKernel, x);
  return [...x].map((value) => unit * (value + centre));
}

describe.each(LAW_KINDS)("%s", (kind) => {
  const law = lawOf(kind);

  it.each([-0.3, 0, 0.2, 0.9, 1])("has the correlation that follows from one of %d of its z, and back", (latent) => {
    const correlation = law.correlationOf(latent, MOMENTS);
    expect(law.latentCorrelation({ ...MOMENTS, correlation })).toBeCloseTo(latent, 13);
  });

  it("has an atom if and only if many z make the same unit", () => {
    const units = made(kind, { z: spread(4), mean: MOMENTS.mean });
    const repeated = units.length - new Set(units).size;
    expect(repeated > 100).toBe(law.hasAtom);
  });

  it("is symmetric if and only if the mean −c makes −x of −z", () => {
    const z = spread(4);
    const mirrored = made(kind, { z: z.map((value) => -value), mean: -MOMENTS.mean });
    const units = made(kind, { z, mean: MOMENTS.mean });
    const isMirrored = units.every((unit, at) => Math.abs(unit + (mirrored[at] as number)) < 1e-6);
    expect(isMirrored).toBe(law.isSymmetric);
  });

  it("may have its default mean", () => {
    expect(law.refusal({ ...MOMENTS, mean: law.defaultMean })).toBeUndefined();
    expect(law.mayHave(law.defaultMean, 1)).toBe(true);
  });
});

const BOUNDED = LAW_KINDS.filter((kind) => lawOf(kind).form(MOMENTS).largest !== null);

it.each(BOUNDED)("a bounded law, %s, makes no unit that leaves its bound, and comes near it", (kind) => {
  const { largest, shape } = lawOf(kind).form(MOMENTS);
  const x = spread(LARGEST_NORMAL);
  shape(referenceKernel, x);
  const furthest = Math.max(...x.map(Math.abs)) / (largest ?? Number.NaN);
  expect(furthest).toBeLessThanOrEqual(1 + 1e-6);
  expect(furthest).toBeGreaterThan(0.99);
});
