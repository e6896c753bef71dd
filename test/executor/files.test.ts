import { describe, expect, test } from "vitest";
import { WORKER_SOURCE } from "../../src/executor/block-worker-source.ts";
import { createCellRunner } from "../../src/executor/cells.ts";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { createThreadsExecutor } from "../../src/executor/threads.ts";
import type { Cell, CellOutcome } from "../../src/experiment/cells.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { measureOne } from "../experiment/measured-one.ts";
import { skewedRows, unequalWeights } from "../skewed-rows.ts";

const WIDTH = 12;
const X = { shape: [300, WIDTH], values: skewedRows(300, WIDTH).flat() };
const W = { shape: [3, WIDTH], values: unequalWeights(3, WIDTH).flat() };
const SIZE = { samples: 64 * 1000, batchSize: 64, keep: 0.7 };

const named = (x: `file:${string}`, w: `file:${string}`) =>
  scenarioWithArrays({ activation: x, weights: w, ...SIZE }, { [x]: X, [w]: W });
const { scenario, arrays } = named("file:x.npy", "file:w.npy");

function onThreads(threads: number): Promise<ShiftRecord> {
  const executor = createThreadsExecutor({ createKernel, workerSource: WORKER_SOURCE, onWorkerLost() {} });
  return measureOne(scenario, {
    arrays,
    executor: {
      prepare: async (job) => executor.prepare(job, threads),
      run: (job) => executor.run(job, threads),
      close: executor.close,
    },
  }).finally(executor.close);
}

const here = await measureOne(scenario, { arrays, executor: createInlineExecutor(createKernel) });

describe("a record of files is the same, byte for byte,", () => {
  test.each([1, 2])("on %i threads", async (threads) => {
    expect(JSON.stringify(await onThreads(threads))).toBe(JSON.stringify(here));
  });

  test("by the reference kernel", async () => {
    const executor = createInlineExecutor(() => referenceKernel);
    expect(JSON.stringify(await measureOne(scenario, { arrays, executor }))).toBe(JSON.stringify(here));
  });

  test("when the files have other names, but for these", async () => {
    const renamed = named("file:other/y.npz#a", "file:v.csv");
    const record = await measureOne(renamed.scenario, {
      arrays: renamed.arrays,
      executor: createInlineExecutor(createKernel),
    });
    const { activation, weights } = here.scenario;
    expect(record.scenario.activation).toBe("file:other/y.npz#a");
    expect({ ...record, scenario: { ...record.scenario, activation, weights } }).toEqual(here);
    expect(record.id).toBe(here.id);
  });

  test("when it is a cell that a worker thread measures", async () => {
    const runner = createCellRunner({ threads: 2, work: 1e9, arrays });
    const cells: Cell[] = [0, 1].map((index) => ({ index, scenario, work: 1 }));
    const outcomes: CellOutcome[] = [];
    for await (const outcome of runner.run(cells)) outcomes.push(outcome);
    runner.close();
    expect(outcomes.toSorted((a, b) => a.index - b.index)).toEqual([0, 1].map((index) => ({ index, records: [here] })));
  });
});

test("other numbers of the same shape are other draws, with another id", async () => {
  const values = X.values.with(5, 0.125);
  const changed = scenarioWithArrays(
    { activation: "file:x.npy", weights: "file:w.npy", ...SIZE },
    { "file:x.npy": { ...X, values }, "file:w.npy": W },
  );
  const record = await measureOne(changed.scenario, {
    arrays: changed.arrays,
    executor: createInlineExecutor(createKernel),
  });
  expect(record.id).not.toBe(here.id);
  expect(record.sums).not.toEqual(here.sums);
});

test("the values are in memory that threads share", () => {
  for (const { values } of arrays.values()) expect(values.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test.each([
  ["activation", "weights"],
  ["weights", "activation"],
] as const)("without the array of %s a scenario cannot be measured, and says so", async (missing, kept) => {
  const digest = scenario[`${kept}Digest`] ?? "";
  const some = new Map([...arrays].filter(([key]) => key === digest));
  const executor = createInlineExecutor(createKernel);
  await expect(measureOne(scenario, { arrays: some, executor })).rejects.toThrow(
    `${missing}: ${scenario[missing]} (SHA-256 ${scenario[`${missing}Digest`]?.slice(0, 12)}…) is needed`,
  );
});
