import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { WORKER_SOURCE } from "../../src/executor/block-worker-source.ts";
import type { WorkerLost } from "../../src/executor/crew.ts";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { createThreadsExecutor } from "../../src/executor/threads.ts";
import type { BlockResult, Run } from "../../src/experiment/block.ts";
import type { Executor } from "../../src/experiment/measure.ts";
import type { BatchRange } from "../../src/experiment/plan/plan.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { copied } from "../experiment/copied.ts";

const { run } = settingOf(defineScenario({ width: 40, batchSize: 24, layer: "linear", neurons: 7 }));
const range: BatchRange = { from: 0, to: 121, batchesPerBlock: 2, blockWork: 1e7, pass: { kind: "both" } };

async function collect(executor: Executor, signal?: AbortSignal): Promise<BlockResult[]> {
  const results: BlockResult[] = [];
  try {
    for await (const result of executor.run({ run, range, signal })) results.push(copied(result));
  } finally {
    executor.close();
  }
  return results;
}

function threadsExecutor(threads: number, source = WORKER_SOURCE, lost: WorkerLost[] = []): Executor {
  const executor = createThreadsExecutor({
    createKernel,
    workerSource: source,
    onWorkerLost: (reason) => lost.push(reason),
  });
  return {
    prepare: async (job) => executor.prepare(job, threads),
    run: (job) => executor.run(job, threads),
    close: executor.close,
  };
}

const expected = await collect(createInlineExecutor(createKernel));

describe("threads give the results of one thread, in the same order", () => {
  test.each([1, 2, 5])("%i", async (threads) => {
    expect(await collect(threadsExecutor(threads))).toEqual(expected);
  });

  test("when this thread leaves the blocks to its workers, since each is long", async () => {
    const executor = threadsExecutor(3);
    const results: BlockResult[] = [];
    const long = { ...range, blockWork: 1e9 };
    for await (const result of executor.run({ run, range: long, signal: undefined })) results.push(copied(result));
    executor.close();
    expect(results).toEqual(expected);
  });

  test("when the workers were started before", async () => {
    const executor = threadsExecutor(3);
    await executor.prepare({ run, range });
    expect(await collect(executor)).toEqual(expected);
  });

  test("range after range", async () => {
    const executor = threadsExecutor(2);
    const results: BlockResult[] = [];
    for (const part of [
      { ...range, to: 60 },
      { ...range, from: 60 },
    ]) {
      for await (const result of executor.run({ run, range: part, signal: undefined })) results.push(copied(result));
    }
    executor.close();
    expect(results).toEqual(expected);
  });
});

test("running statistics are in memory that threads share: no block's are transferred", async () => {
  const executor = threadsExecutor(3);
  // Long blocks, so that workers run them all.
  let blocks = 0;
  for await (const { batchNorm } of executor.run({ run, range: { ...range, blockWork: 1e9 }, signal: undefined })) {
    expect(batchNorm?.runningMean.buffer).toBeInstanceOf(SharedArrayBuffer);
    blocks++;
  }
  executor.close();
  expect(blocks).toBe(61);
});

describe("a worker that is lost costs no result", () => {
  test.each([
    ["ends at its first task", 'require("node:worker_threads").parentPort.on("message", () => process.exit(3));'],
    [
      "throws at its first task",
      'require("node:worker_threads").parentPort.on("message", () => { throw new Error("no"); });',
    ],
    ["cannot start", "throw new Error('no');"],
  ])("it %s", async (_, source) => {
    for (const blockWork of [1e7, 1e9]) {
      const lost: WorkerLost[] = [];
      const executor = threadsExecutor(3, source, lost);
      const results: BlockResult[] = [];
      for await (const result of executor.run({ run, range: { ...range, blockWork }, signal: undefined })) {
        results.push(copied(result));
        // This thread must not have run all blocks before the first worker has failed.
        while (lost.length === 0) await new Promise((resume) => setTimeout(resume, 2));
      }
      executor.close();
      expect(results).toEqual(expected);
      expect(lost.length).toBeGreaterThan(0);
      expect(lost[0]?.name).toBe("WorkerLost");
    }
  });
});

test("an aborted run ends early and without an error, its results in order", async () => {
  const controller = new AbortController();
  const executor = threadsExecutor(2);
  const results: BlockResult[] = [];
  for await (const result of executor.run({ run, range, signal: controller.signal })) {
    results.push(copied(result));
    if (results.length === 5) controller.abort();
  }
  executor.close();
  expect(results.length).toBeLessThan(expected.length);
  expect(results).toEqual(expected.slice(0, results.length));
});

describe("an executor that is shared", () => {
  const others = [run, settingOf(defineScenario({ width: 9, batchSize: 8 })).run, run];

  test("runs several scenarios at a time, each with its own result", async () => {
    const executor = threadsExecutor(2);
    const collected = await Promise.all(others.map((one) => collectFrom(executor, one)));
    const alone = await Promise.all(others.map((one) => collectFrom(createInlineExecutor(createKernel), one)));
    executor.close();
    expect(collected).toEqual(alone);
  });

  test("forgets what was under way in a run that was left early", async () => {
    const executor = threadsExecutor(3);
    for await (const result of executor.run({ run, range, signal: undefined })) {
      if (result.block === 4) break;
    }
    const shorter = { ...range, to: 60 };
    const results: BlockResult[] = [];
    for await (const result of executor.run({ run, range: shorter, signal: undefined })) results.push(copied(result));
    executor.close();
    expect(results).toEqual(expected.slice(0, 30));
  });

  test("leaves no listener on the signal", async () => {
    const { signal } = new AbortController();
    const executor = threadsExecutor(2);
    for (let time = 0; time < 3; time++) await collectFrom(executor, run, signal);
    executor.close();
    expect(getEventListeners(signal, "abort").length).toBe(0);
  });
});

async function collectFrom(executor: Executor, one: Run, signal?: AbortSignal): Promise<BlockResult[]> {
  const results: BlockResult[] = [];
  for await (const result of executor.run({ run: one, range, signal })) results.push(copied(result));
  return results;
}
