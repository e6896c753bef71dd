import { afterAll, describe, expect, it } from "vitest";
import { createStackExecutor } from "../../../src/executor/stacks.ts";
import { measureStack } from "../../../src/experiment/stack/measure.ts";
import type { StackPlace, StackRecord } from "../../../src/experiment/stack/record.ts";
import { defineStack } from "../../../src/scenario/stack/define.ts";
import type { StackInput } from "../../../src/scenario/stack/stack.ts";
import { inForm } from "../../form.ts";

const executor = createStackExecutor({ threads: 2 });
afterAll(() => executor.close());

const SEED = "stack 20190616";
const measured = (input: StackInput) => measureStack(defineStack({ seed: SEED, ...input }), { executor });

// Two-sided, 7·10⁻⁹ for a place; fewer than ten places a stack, ten stacks: once in 10⁶ for the file, and the seed is fixed.
const LIMIT = 5.8;

/** Of plain blocks. The mistakes of the negative controls lie 6.7 σ off or more; those of the long form, twice as wide, 9 σ. */
const WIDTH = inForm({ short: 512, long: 1024 });

/**
 * How far ln Δ̂ lies from the logarithm of an expected Δ, in standard deviations: those of the mini-batches, of networks of this
 * width (at most √(blocks before/width), docs/STACK.md), and 1/n a block that mini-batches of n samples leave.
 */
function distance({ block, measured: { shift, standardError } }: StackPlace, expected: number, record: StackRecord) {
  const { width, batchSize } = record.scenario;
  const spread = Math.sqrt((block - 1) / width);
  const finite = (block - 1) / batchSize;
  const off = Math.max(0, Math.abs(Math.log(shift / expected)) - finite);
  return off === 0 ? 0 : off / Math.sqrt((standardError / shift) ** 2 + spread ** 2);
}

function farthest(record: StackRecord, expected: (place: StackPlace) => number): number {
  return Math.max(...record.places.map((place) => distance(place, expected(place), record)));
}

const byTheory = ({ theory }: StackPlace) => theory?.shift ?? Number.NaN;

describe(`the shift of ReLU blocks ${WIDTH} wide is that of the mean field`, () => {
  it.each([0.5, 0.8])("keep %d", { timeout: 120_000 }, async (keep) => {
    const record = await measured({ keep, depth: 8, width: WIDTH, batches: 16 });
    expect(farthest(record, byTheory), JSON.stringify(record.places)).toBeLessThan(LIMIT);
    for (const { theory, measured } of record.places) {
      // Of q the standard deviation between networks is 0.2/√width at most.
      const off = Math.abs((measured.meanShift ?? 0) - (theory?.meanShift ?? 0));
      expect(off).toBeLessThan((LIMIT * 0.2) / Math.sqrt(WIDTH) + 2 / 256);
    }
    // Negative controls: a shift that does not compound and, where eight blocks tell them apart, one that does as if no mean moved:
    // at width 512 the output is then nine standard deviations off.
    const one = record.places[1]?.theory?.shift ?? 1;
    expect(farthest(record, ({ block }) => (block === 1 ? 1 : one))).toBeGreaterThan(LIMIT);
    if (keep < 0.6) expect(farthest(record, ({ block }) => one ** (block - 1))).toBeGreaterThan(LIMIT);
  });
});

it.each(["gelu", "tanh"] as const)("so is that of %s blocks with residual connections", async (activation) => {
  const record = await measured({ keep: 0.5, activation, connection: "residual", depth: 6, width: 256, batches: 16 });
  expect(farthest(record, byTheory), JSON.stringify(record.places)).toBeLessThan(LIMIT);
  const plain = await measured({ keep: 0.5, activation, depth: 6, width: 256, batches: 16 });
  expect(farthest(record, (place) => byTheory(plain.places[place.block - 1] as StackPlace))).toBeGreaterThan(LIMIT);
});

it("without an activation blocks shift to pˡ", async () => {
  const keep = 0.5;
  const record = await measured({ keep, activation: "identity", depth: 6, width: 512, batches: 16 });
  expect(farthest(record, ({ block }) => keep ** (block - 1))).toBeLessThan(LIMIT);
  expect(farthest(record, ({ block }) => (keep + 0.1) ** (block - 1))).toBeGreaterThan(LIMIT);
});

/** 0 where both phases were the same, and the standard error too. */
function distanceFromOne({ block, measured: { shift, standardError } }: StackPlace, batchSize: number): number {
  const off = Math.max(0, Math.abs(shift - 1) - (block - 1) / batchSize);
  return off === 0 ? 0 : off / standardError;
}

describe("every norm's ratio is 1", () => {
  it.each([["none"], ["last"]])("with noise in the blocks: %s", async (noiseAt) => {
    const { places, noiseFreeError } = await measured({ keep: 0.5, noiseAt, depth: 6, width: 128, batches: 32 });
    for (const place of places.slice(0, 6)) expect(distanceFromOne(place, 256)).toBeLessThan(LIMIT);
    expect(places[6]?.measured.shift).toBeLessThan(noiseAt === "none" ? 1.1 : 0.5);
    // The same statistics as noise-free ones: not a rounding apart.
    expect(noiseFreeError.value).toBe(0);
  });

  it("with statistics that were re-estimated, or corrected without data", async () => {
    for (const statistics of ["reestimated", "corrected"] as const) {
      const { places, noiseFreeError } = await measured({ keep: 0.5, statistics, depth: 6, width: 256, batches: 32 });
      // Both leave channels whose statistics are a little off: by 1/√8192 where they are re-estimated, by the weights' own norms
      // and activations that are not quite normal where they are corrected.
      for (const { measured } of places) expect(Math.abs(measured.shift - 1)).toBeLessThan(0.08);
      expect(noiseFreeError.value).toBeLessThan(0.25);
    }
    const { places, noiseFreeError } = await measured({ keep: 0.5, depth: 6, width: 256, batches: 32 });
    expect(places[6]?.measured.shift).toBeLessThan(0.02);
    expect(noiseFreeError.value).toBeGreaterThan(0.9);
  });
});

it.each(["layer", "group"] as const)(
  "%s norm in the place of BN meets p at every block: nothing accumulates",
  async (norm) => {
    const keep = 0.5;
    const record = await measured({ keep, norm, depth: 8, width: 512, batches: 16 });
    const norms = { ...record, places: record.places.slice(0, 8) };
    expect(farthest(norms, ({ block }) => (block === 1 ? 1 : keep))).toBeLessThan(LIMIT);
    expect(farthest(norms, ({ block }) => keep ** (block - 1))).toBeGreaterThan(LIMIT);
    expect(record.noiseFreeError.value).toBe(0);
  },
);
