import { afterAll, describe, expect, it } from "vitest";
import { createExecutor } from "../../src/executor/executor.ts";
import { measure, type Records } from "../../src/experiment/measure.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { type NoiseKind, propertiesOf } from "../../src/noises/noises.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { relativeVariance } from "../../src/theory/noise.ts";
import { meanField } from "../../src/theory/stack/mean-field.ts";
import { inForm } from "../form.ts";
import { relativeErrorOf } from "./measured.ts";

const executor = createExecutor({ threads: 2 });
afterAll(() => executor.close());

const SEED = "stack 20190616";
const measured = (input: ScenarioInput) => measure(defineScenario({ seed: SEED, ...input }), { executor });

// Two-sided, 7·10⁻⁹ for a position, and fewer than 140 of them: once in 10⁶ for the file, and the seed is fixed.
const LIMIT = 5.8;

/** Of plain blocks. The mistakes of the negative controls lie 6.7 σ off or more; those of the long form, twice as wide, 9 σ. */
const WIDTH = inForm({ short: 512, long: 1024 });

/** The number of a position, from 1. */
function positionOf({ position }: Pick<ShiftRecord, "position">): number {
  if (position === null) throw new Error("a stack has several positions");
  return position.index;
}

/**
 * How far ln Δ̂ lies from the logarithm of an expected Δ, in standard deviations: those of the mini-batches, of networks of this
 * width (at most √(blocks before/width), docs/STACK.md; units that share a mask count as one), and 1/n a block that mini-batches of
 * n samples leave.
 */
function distance(record: ShiftRecord, expected: number): number {
  const { width, batchSize, channelSize } = record.scenario;
  const { shift } = record.measured;
  const before = positionOf(record) - 1;
  const spread = Math.sqrt((before * (channelSize ?? 1)) / width);
  const off = Math.max(0, Math.abs(Math.log(shift / expected)) - before / batchSize);
  return off === 0 ? 0 : off / Math.sqrt(relativeErrorOf(record.measured) ** 2 + spread ** 2);
}

/** Of what is expected at each record, or at each position from 1. */
function farthest(
  records: readonly ShiftRecord[],
  expected: (record: ShiftRecord, position: number) => number,
): number {
  return Math.max(...records.map((record) => distance(record, expected(record, positionOf(record)))));
}

const byTheory = ({ theory }: ShiftRecord) => theory?.shift ?? Number.NaN;
const shown = (records: Records) => JSON.stringify(records.map(({ theory, measured }) => ({ theory, measured })));

describe(`the shift of ReLU blocks ${WIDTH} wide is that of the mean field`, () => {
  it.each([0.5, 0.8])("keep %d", { timeout: 120_000 }, async (keep) => {
    const records = await measured({ keep, depth: 8, width: WIDTH, batches: 16 });
    expect(records).toHaveLength(9);
    expect(farthest(records, byTheory), shown(records)).toBeLessThan(LIMIT);
    for (const { theory, measured } of records) {
      // Of q the standard deviation between networks is 0.2/√width at most.
      const off = Math.abs((measured.meanShift ?? Number.NaN) - (theory?.meanShift ?? Number.NaN));
      expect(off).toBeLessThan((LIMIT * 0.2) / Math.sqrt(WIDTH) + 2 / 256);
    }
    // Negative controls: a shift that does not compound and, where eight blocks tell them apart, one that does as if no mean moved:
    // at width 512 the output is then nine standard deviations off.
    const one = records[1]?.theory?.shift ?? 1;
    expect(farthest(records, (_, position) => (position === 1 ? 1 : one))).toBeGreaterThan(LIMIT);
    if (keep < 0.6) expect(farthest(records, (_, position) => one ** (position - 1))).toBeGreaterThan(LIMIT);
  });
});

it.each(["gelu", "tanh"] as const)("so is that of %s blocks with residual connections", async (nonlinearity) => {
  const same = { keep: 0.5, nonlinearity, depth: 6, width: 256, batches: 16 } as const;
  const records = await measured({ ...same, connection: "residual" });
  expect(farthest(records, byTheory), shown(records)).toBeLessThan(LIMIT);
  const plain = await measured(same);
  expect(farthest(records, (_, position) => byTheory(plain[position - 1] as ShiftRecord))).toBeGreaterThan(LIMIT);
});

it("without a nonlinearity blocks shift to pˡ", async () => {
  const keep = 0.5;
  const records = await measured({ keep, nonlinearity: "identity", depth: 6, width: 512, batches: 16 });
  expect(farthest(records, (_, position) => keep ** (position - 1))).toBeLessThan(LIMIT);
  expect(farthest(records, (_, position) => (keep + 0.1) ** (position - 1))).toBeGreaterThan(LIMIT);
});

describe(`every noise in blocks ${WIDTH} wide shifts as the mean field says`, () => {
  const BLOCKS = { depth: 4, width: WIDTH, batches: 16 } as const;
  const inBlocks = (input: ScenarioInput) => measured({ ...BLOCKS, ...input });

  it.each<ScenarioInput>([
    { noise: "gaussian", relativeVariance: 1 },
    { noise: "uout", beta: 1 },
    { noise: "spatial", keep: 0.7, channelSize: 4 },
    { noise: "dropconnect", keep: 0.5, depth: 2, batches: 8, batchSize: 128 },
    { noise: "alpha", keep: 0.8 },
    { noise: "alpha", keep: 0.8, connection: "residual" },
    { scaling: "classic", keep: 0.7 },
    { scaling: "classic", keep: 0.7, connection: "residual" },
    { noise: "none" },
  ])("%j", { timeout: 120_000 }, async (input) => {
    const records = await inBlocks(input);
    expect(farthest(records, byTheory), shown(records)).toBeLessThan(LIMIT);
    // What a record itself allows, as docs/STACK.md has it: five standard deviations between networks, and 3/n a block.
    for (const { theory, measured, scenario, position } of records) {
      const allowed = 5 * (theory?.spread ?? 0) + (3 * ((position?.index ?? 1) - 1)) / scenario.batchSize;
      const off = Math.abs(measured.shift / (theory?.shift ?? Number.NaN) - 1);
      expect(off).toBeLessThanOrEqual(allowed + LIMIT * relativeErrorOf(measured));
    }
  });

  it("alpha dropout that set dropped units to 0 would shift otherwise: a negative control", async () => {
    const records = await inBlocks({ noise: "alpha", keep: 0.8 });
    expect(farthest(records, byTheory)).toBeLessThan(LIMIT);
    const forgotten = shiftsOf({ noise: "alpha", keep: 0.8, pivot: 0, connection: "plain" });
    expect(farthest(records, (_, position) => forgotten[position - 1] ?? 1)).toBeGreaterThan(LIMIT);
  });

  it("classic scaling without its gain would shift otherwise where connections are residual: a negative control", async () => {
    // Blocks alone have one gain in both phases; what is added to is not scaled by it.
    const records = await inBlocks({ scaling: "classic", keep: 0.3, connection: "residual" });
    expect(farthest(records, byTheory), shown(records)).toBeLessThan(LIMIT);
    const inverted = shiftsOf({ noise: "bernoulli", keep: 0.3, connection: "residual" });
    expect(farthest(records, (_, position) => inverted[position - 1] ?? 1)).toBeGreaterThan(LIMIT);
  });

  /** The mean field of a noise with a pivot of its own, and the gains of a scaling that is not classic. */
  function shiftsOf({ noise: kind, keep, pivot = 0, connection }: Wrong): readonly number[] {
    const { noise: lawOf, gains } = propertiesOf(kind);
    const noise = lawOf(defineScenario({ noise: kind, keep }));
    const ofBlock = { relativeVariance: relativeVariance(noise), pivot, gains: gains(noise) };
    const residual = connection === "residual";
    return meanField({
      activation: "relu",
      noises: Array.from({ length: BLOCKS.depth }, () => ofBlock),
      residual,
    }).map(({ shift }) => shift);
  }
});

interface Wrong {
  readonly noise: NoiseKind;
  readonly keep: number;
  readonly pivot?: number;
  readonly connection: "plain" | "residual";
}

/** 0 where both phases were the same, and the standard error too. */
function distanceFromOne(record: ShiftRecord): number {
  const { shift, standardError } = record.measured;
  const off = Math.max(0, Math.abs(shift - 1) - (positionOf(record) - 1) / record.scenario.batchSize);
  return off === 0 ? 0 : off / (standardError ?? 0);
}

describe("every norm's ratio is 1", () => {
  const outputOf = (records: Records) => records[6] as ShiftRecord;

  it.each([["none"], ["last"]])("with noise in the blocks: %s", async (noiseAt) => {
    const records = await measured({ keep: 0.5, noiseAt, depth: 6, width: 128, batches: 32 });
    for (const record of records.slice(0, 6)) expect(distanceFromOne(record)).toBeLessThan(LIMIT);
    const { measured: atOutput, outputs } = outputOf(records);
    expect(atOutput.shift).toBeLessThan(noiseAt === "none" ? 1.1 : 0.5);
    // The same statistics as noise-free ones: not a rounding apart.
    expect(outputs?.noiseFree.value).toBe(0);
  });

  it("with statistics that were re-estimated, or corrected without data", async () => {
    for (const statistics of ["reestimated", "corrected"] as const) {
      const records = await measured({ keep: 0.5, statistics, depth: 6, width: 256, batches: 32 });
      // Both leave channels whose statistics are a little off: by 1/√8192 where they are re-estimated, by the weights' own norms
      // and activations that are not quite normal where they are corrected.
      for (const { measured } of records) expect(Math.abs(measured.shift - 1)).toBeLessThan(0.08);
      expect(outputOf(records).outputs?.noiseFree.value).toBeLessThan(0.25);
    }
    const { measured: atOutput, outputs } = outputOf(await measured({ keep: 0.5, depth: 6, width: 256, batches: 32 }));
    expect(atOutput.shift).toBeLessThan(0.02);
    expect(outputs?.noiseFree.value).toBeGreaterThan(0.9);
  });
});

it.each(["layer", "group"] as const)(
  "%s norm in the place of BN meets p at every block: nothing accumulates",
  async (norm) => {
    const keep = 0.5;
    const records = await measured({ keep, norm, depth: 8, width: 512, batches: 16 });
    const norms = records.slice(0, 8);
    expect(farthest(norms, (_, position) => (position === 1 ? 1 : keep))).toBeLessThan(LIMIT);
    expect(farthest(norms, (_, position) => keep ** (position - 1))).toBeGreaterThan(LIMIT);
    expect(records[8]?.outputs?.noiseFree.value).toBe(0);
  },
);
