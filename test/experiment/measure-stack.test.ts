import { afterAll, describe, expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { follows, joined } from "../../src/experiment/join.ts";
import { type MeasureOptions, measure, type Records } from "../../src/experiment/measure.ts";
import { type BatchPart, partOf, planOf } from "../../src/experiment/plan/plan.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { unite } from "../../src/sweep/unite.ts";
import { createThreaded } from "./threaded.ts";

const inline = createInlineExecutor(createKernel);
const threaded = createThreaded();
afterAll(threaded.close);

const SMALL = { width: 24, depth: 3, batchSize: 16, batches: 60 } as const;
const run = (input: ScenarioInput, options: Partial<MeasureOptions> = {}) =>
  measure(defineScenario({ ...SMALL, ...input }), { executor: inline, ...options });

/** Every kind of statistics, and a norm that has none. */
const STATISTICS: readonly ScenarioInput[] = [
  {},
  { statistics: "reestimated", reestimateBatches: 20, noise: "alpha" },
  { statistics: "reestimated-noisy", reestimateBatches: 7, connection: "residual" },
  { statistics: "corrected", nonlinearity: "gelu" },
  { norm: "layer", normAt: "2,3", noise: "spatial", channelSize: 5 },
];

it("a stack has a record for each norm and one for its output", async () => {
  const records = await run({ norm: "group", groups: 4, normAt: "2" });
  expect(records.map(({ position }) => position)).toEqual([
    { index: 1, name: "BN 1", norm: "batch" },
    { index: 2, name: "GN 2", norm: "group" },
    { index: 3, name: "BN 3", norm: "batch" },
    { index: 4, name: "output", norm: null },
  ]);
  expect(new Set(records.map(({ id }) => id)).size).toBe(4);
  expect(records.map(({ outputs }) => outputs === null)).toEqual([true, true, true, false]);
  // Means are frozen at batch norms and at the output, and Batch Normalization receives what it receives.
  expect(records.map(({ measured }) => measured.meanShift === null)).toEqual([false, true, false, false]);
  expect(records.map(({ measured }) => measured.runningVariance === null)).toEqual([false, true, false, true]);
});

describe.each(STATISTICS)("a stack %j", (input) => {
  it("is the same on one thread and on three", async () => {
    const [one, three] = await Promise.all([inline, threaded].map((executor) => run(input, { executor })));
    expect(JSON.stringify(three)).toBe(JSON.stringify(one));
  });

  it.each([2, 3])("joined from %d parts it is the whole run", async (count) => {
    const whole = await run(input);
    const parts = await partsOf(input, count);
    for (const [index, record] of whole.entries()) {
      const ofPosition = parts.map((part) => part[index] as ShiftRecord);
      for (const [at, part] of ofPosition.slice(1).entries()) {
        expect(follows(part, ofPosition[at] as ShiftRecord)).toBe(true);
      }
      expectWhole(ofPosition.reduce(joined), record);
      // Each part has the statistics that the whole run was trained to.
      for (const { measured } of ofPosition) {
        const { runningMean, runningVariance } = record.measured;
        expect(measured).toMatchObject({ runningMean, runningVariance });
      }
    }
  });
});

async function partsOf(input: ScenarioInput, count: number): Promise<readonly Records[]> {
  const plan = planOf(defineScenario({ ...SMALL, ...input }));
  const parts: Records[] = [];
  for (let index = 1; index <= count; index++) parts.push(await run(input, { part: partOf(plan, { index, count }) }));
  return parts;
}

/** Sums of up to 60 numbers of one sign, added in another order, are right to 60·2⁻⁵³; those of means, of their size. */
function expectWhole(record: ShiftRecord, whole: ShiftRecord): void {
  for (const [name, value] of Object.entries(record.sums)) {
    const expected = whole.sums[name as keyof ShiftRecord["sums"]];
    if (expected === null || value === null) expect(value).toBe(expected);
    else expect(Math.abs(value - expected), name).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));
  }
  const { id, position, scenario, theory, theoryReason, outputs } = whole;
  expect(record).toMatchObject({ id, position, scenario, theory, theoryReason });
  expect(record.agreement.verdict).toBe(whole.agreement.verdict);
  const { batches, samples, runningMean, runningVariance } = whole.measured;
  expect(record.measured).toMatchObject({ firstBatch: 0, batches, samples, runningMean, runningVariance });
  // The first eight mini-batches, all of the first part, are compared.
  expect(record.outputs).toEqual(outputs);
}

describe("parts of a stack", () => {
  it("are united at each position, in any order, and read again", async () => {
    const [first, second] = (await partsOf({}, 2)) as [Records, Records];
    const read = await createRecordReader();
    async function* mixed() {
      for (const record of [...second, ...first]) {
        yield { record: read(JSON.stringify(record), "parts.ndjson"), place: "parts.ndjson" };
      }
    }
    const records = await unite(mixed());
    const whole = await run({});
    expect(records).toHaveLength(4);
    for (const record of whole) {
      const united = records.find(({ id }) => id === record.id);
      expect(united).toBeDefined();
      if (united !== undefined) expectWhole(united, record);
      expect(read(JSON.stringify(united), "here")).toEqual(united);
    }
  });

  it("without the first leave nothing to compare outputs by", async () => {
    const [, second] = (await partsOf({}, 2)) as [Records, Records];
    expect(second[3].outputs).toBeNull();
  });

  it.each<BatchPart>([
    { from: 7, to: 16 },
    { from: 7, to: 9 },
  ])("with one compared mini-batch has no distance of its own, and adds to that of others: %o", async (part) => {
    const alone = (await run({}, { part })).at(-1);
    expect(alone?.outputs?.noiseFree).toMatchObject({ value: null, interval: null, sums: { n: 1 } });
    expect(alone?.outputs?.training).toMatchObject({ value: null, interval: null, sums: { n: 1 } });
    const before = (await run({}, { part: { from: 0, to: 7 } })).at(-1);
    const both = joined(before as ShiftRecord, alone as ShiftRecord).outputs;
    const whole = (await run({})).at(-1)?.outputs;
    expect(both?.noiseFree.sums.n).toBe(8);
    expect(both?.noiseFree.value).toBeCloseTo(whole?.noiseFree.value ?? Number.NaN, 12);
    expect(both?.training.value ?? null).toBe(whole?.training.value ?? null);
  });
});

describe("a stack that is measured to a precision", () => {
  const PRECISION = 0.02;
  const TO_PRECISION = { batches: null, precision: PRECISION, maxSamples: 100_000, tolerance: 0.5 } as const;

  it.each<ScenarioInput>([{}, { norm: "layer" }, { statistics: "reestimated", reestimateBatches: 8 }])(
    "has it at each position, and the records of a run with that number of samples: %j",
    async (input) => {
      const records = await run({ ...input, ...TO_PRECISION });
      const [{ measured: first }] = records;
      // It took more rounds than one.
      expect(first.batches).toBeGreaterThan(planOf(defineScenario({ ...SMALL, ...TO_PRECISION })).firstLook);
      for (const { measured } of records) {
        expect(measured.batches).toBe(first.batches);
        expect((measured.interval?.[1] ?? Number.NaN) / measured.shift - 1).toBeLessThanOrEqual(PRECISION);
      }
      const given = await run({ ...input, batches: null, samples: first.samples, tolerance: 0.5 });
      for (const [index, { measured, sums, theory, outputs }] of given.entries()) {
        expect(records[index]).toMatchObject({ measured, sums, theory, outputs });
      }
    },
  );

  it("is the same on one thread and on three", async () => {
    const [one, three] = await Promise.all([inline, threaded].map((executor) => run(TO_PRECISION, { executor })));
    expect(JSON.stringify(three)).toBe(JSON.stringify(one));
  });

  it("keeps the rounds that were done when it is interrupted", async () => {
    const abort = new AbortController();
    const { firstLook } = planOf(defineScenario({ ...SMALL, ...TO_PRECISION }));
    let firstTotal = 0;
    const onProgress: MeasureOptions["onProgress"] = (progress) => {
      if (progress.kind !== "passes") throw new Error("it takes passes");
      firstTotal ||= progress.total;
      if (progress.done > firstTotal + 10) abort.abort("stop");
    };
    const records = await run({ ...TO_PRECISION, precision: 0.001 }, { signal: abort.signal, onProgress });
    expect(abort.signal.aborted).toBe(true);
    const given = await run({ batches: firstLook, tolerance: 0.5 });
    for (const [index, { measured, sums }] of given.entries()) expect(records[index]).toMatchObject({ measured, sums });
    await expect(run({}, { signal: AbortSignal.abort("stop") })).rejects.toBe("stop");
  });
});

it("progress ends with as many passes as were foretold", async () => {
  for (const input of [{}, { statistics: "reestimated" }, TO_END] as const) {
    let last = { done: 0, total: -1 };
    await run(input, {
      onProgress(progress) {
        if (progress.kind !== "passes") throw new Error("it takes passes");
        expect(progress.done).toBeGreaterThan(last.done);
        last = progress;
      },
    });
    expect(last.done).toBe(last.total);
  }
});

const TO_END = { batches: null, precision: 0.05, maxSamples: 100_000 } as const;
