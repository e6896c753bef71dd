import { describe, expect, test } from "vitest";
import type { WorkerLost } from "../../src/executor/crew.ts";
import { createPassExecutor, type PassOptions } from "../../src/executor/passes.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { loaded } from "../../src/passes/loaded.ts";
import { createPassRunner, type ModelRun, type MomentsTask, type OutputsTask } from "../../src/passes/tasks.ts";
import { dropout, graphOf, INPUT, norm, RELU, tensor } from "../model/graphs.ts";
import { numbers } from "../passes/networks.ts";

const WIDTH = 5;
const line = [null, WIDTH];
const linear = (seed: number) =>
  ({ kind: "linear", weight: tensor([WIDTH, WIDTH], [...numbers(WIDTH * WIDTH, seed)]), bias: null }) as const;
const bn = norm({ mean: [0, 0, 0, 0, 0], variance: [1, 1, 1, 1, 1] });
const layers = [dropout(0.5), linear(1), bn, RELU, dropout(0.2, "sample"), linear(2), bn];
const graph = graphOf({ layer: INPUT, shape: line }, ...layers.map((layer) => ({ layer, shape: line })));
const INPUTS = 24;
const run: ModelRun = {
  network: {
    model: "net.pt2",
    nodes: loaded(graph.nodes),
    inputShape: [WIDTH],
    output: graph.nodes.length - 1,
    seed: "1",
  },
  rows: { inputs: numbers(INPUTS * WIDTH, 3), others: numbers(7 * WIDTH, 4) },
};

const tasks = Array.from(
  { length: 12 },
  (_, at): MomentsTask => ({ kind: "moments", from: 2 * at, to: 2 * at + 2, masks: 6 }),
);
const here = createPassRunner(createKernel, run);
const expected = tasks.map((task) => here(task));
/** From which on work goes to threads. */
const MUCH = 1e12;

async function results(options: PassOptions, work = MUCH) {
  const executor = createPassExecutor(run, options);
  try {
    return await executor.run(tasks, { work });
  } finally {
    executor.close();
  }
}

describe("results are those of one thread, in the order of the tasks", () => {
  test("on this thread", async () => expect(await results({ threads: 2 }, 1)).toEqual(expected));
  test.each([1, 2, 3])("on %d worker threads", async (threads) => expect(await results({ threads })).toEqual(expected));

  test("task after task of every kind, by the statistics that each names", async () => {
    const executor = createPassExecutor(run, { threads: 2 });
    const repair = { kind: "repair", on: expected[0]?.map(({ on }) => on) ?? [], isKept: [false, false] } as const;
    const [statistics = []] = await executor.run([repair], { work: MUCH });
    expect(statistics).toEqual(here(repair));
    const outputs = [null, statistics].flatMap((own) =>
      [null, 3].map((masks): OutputsTask => ({ kind: "outputs", from: 1, to: 6, masks, statistics: own })),
    );
    const found = await executor.run(outputs, { work: MUCH });
    expect(found).toEqual(outputs.map((task) => here(task)));
    expect(new Set(found.map((one) => one.outputs.join())).size).toBe(4);
    // What a task changes does not stay.
    expect(await executor.run(tasks, { work: MUCH })).toEqual(expected);
    executor.close();
  });
});

test("every task is told of once", async () => {
  for (const work of [1, MUCH]) {
    let done = 0;
    const executor = createPassExecutor(run, { threads: 2 });
    await executor.run(tasks, { work, onDone: () => done++ });
    executor.close();
    expect(done).toBe(tasks.length);
  }
});

describe("a worker that is lost costs no result", () => {
  const port = 'const { parentPort } = require("node:worker_threads"); parentPort.on("message", ';
  test.each([
    ["ends at its first task", `${port}() => process.exit(3));`],
    ["throws at its first task", `${port}() => { throw new Error("no"); });`],
    ["cannot start", "throw new Error('no');"],
  ])("it %s", async (_, workerSource) => {
    const lost: WorkerLost[] = [];
    const found = await results({ threads: 2, workerSource, onWorkerLost: (reason) => lost.push(reason) });
    expect(found).toEqual(expected);
    expect(lost.map(({ name }) => name)).toEqual(["WorkerLost", "WorkerLost"]);
  });
});

describe("an aborted run", () => {
  test.each([1, MUCH])("rejects with the reason of its signal, of work %d", async (work) => {
    const controller = new AbortController();
    const executor = createPassExecutor(run, { threads: 2, signal: controller.signal });
    const running = executor.run(tasks, { work, onDone: () => controller.abort(new Error("enough")) });
    await expect(running).rejects.toThrow("enough");
    executor.close();
  });
});
