import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createCellRunner } from "../../src/executor/cells.ts";
import type { WorkerLost } from "../../src/executor/crew.ts";
import type { Cell, CellOutcome } from "../../src/experiment/cells.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

const SMALL: ScenarioInput = { width: 16, batchSize: 32, samples: 3200 };
/** Enough work, as it is forecast, that threads are started; no cell of them is large. */
const MUCH = 1e9;

const cellsOf = (inputs: readonly ScenarioInput[], work = 1e6): Cell[] =>
  inputs.map((input, index) => ({ index, scenario: defineScenario(input), work }));

const MANY = cellsOf(
  [0.2, 0.35, 0.5, 0.65, 0.8].flatMap((keep) => [16, 24, 40].map((width) => ({ ...SMALL, keep, width }))),
);

interface Setting {
  readonly threads: number;
  readonly work?: number;
  readonly signal?: AbortSignal;
  readonly lost?: WorkerLost[];
  readonly onOutcome?: (outcome: CellOutcome) => unknown;
}

/** All outcomes, in the order of the cells. */
async function measured(
  cells: Iterable<Cell>,
  { threads, work = MUCH, signal, lost = [], onOutcome }: Setting,
): Promise<readonly CellOutcome[]> {
  const runner = createCellRunner({ threads, work, onWorkerLost: (reason) => lost.push(reason) });
  const outcomes: CellOutcome[] = [];
  try {
    for await (const outcome of runner.run(cells, signal)) {
      outcomes.push(outcome);
      await onOutcome?.(outcome);
    }
  } finally {
    runner.close();
  }
  return outcomes.sort((a, b) => a.index - b.index);
}

const expected = await measured(MANY, { threads: 1 });

describe("cells have the records of one thread", () => {
  test.each([1, 2, 3])("measured by %i", async (threads) => {
    expect(await measured(MANY, { threads })).toEqual(expected);
  });

  test("when they are too few to start threads for", async () => {
    expect(await measured(MANY, { threads: 3, work: 1e6 })).toEqual(expected);
  });

  test("when they are large and each has its blocks spread over the threads", async () => {
    const large = MANY.map((cell) => ({ ...cell, work: 1e10 }));
    expect(await measured(large, { threads: 2 })).toEqual(expected);
  });

  test("when some are large and some are not", async () => {
    const mixed = MANY.map((cell) => ({ ...cell, work: cell.index % 4 === 0 ? 1e10 : 1e6 }));
    expect(await measured(mixed, { threads: 2 })).toEqual(expected);
  });
});

test("a large cell is drawn by more than one thread", async () => {
  // Blocks are spread over workers that are started for blocks; of cells there is none.
  const post = vi.spyOn(Worker.prototype, "postMessage");
  // 100 blocks of work 2²¹: worth ten threads.
  const [cell] = cellsOf([{ width: 256, batchSize: 256, samples: 256 * 3200 }], 1e10);
  if (cell === undefined) throw new Error("there is one");
  await measured([cell], { threads: 2 });
  const tasks = post.mock.calls.map(([message]) => message as object);
  post.mockRestore();
  expect(tasks.length).toBeGreaterThan(1);
  expect(tasks.every((task) => "task" in task)).toBe(true);
});

test("cells are taken from their list only as threads are free", async () => {
  let taken = 0;
  let done = 0;
  let most = 0;
  function* counted() {
    for (const cell of MANY) {
      taken++;
      most = Math.max(most, taken - done);
      yield cell;
    }
  }
  await measured(counted(), { threads: 2, onOutcome: () => done++ });
  // Two in hand for each of two threads, and one that waits for room.
  expect(most).toBeLessThanOrEqual(5 + 1);
});

describe("a worker that is lost", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Ends the worker that is given the n-th task, while it has it in hand. */
  function endWorkerAt(tasks: readonly number[]): void {
    const post = Worker.prototype.postMessage;
    let given = 0;
    vi.spyOn(Worker.prototype, "postMessage").mockImplementation(function (this: Worker, ...args) {
      post.apply(this, args as Parameters<typeof post>);
      given++;
      if (tasks.includes(given)) void this.terminate();
    });
  }

  test("has its cells measured again, once each", async () => {
    endWorkerAt([3]);
    const lost: WorkerLost[] = [];
    expect(await measured(MANY, { threads: 3, lost })).toEqual(expected);
    expect(lost.map(({ name }) => name)).toEqual(["WorkerLost"]);
  });

  test("and was the last one leaves the rest to this thread", async () => {
    endWorkerAt([2, 5, 1]);
    const lost: WorkerLost[] = [];
    expect(await measured(MANY, { threads: 2, lost })).toEqual(expected);
    expect(lost.length).toBe(2);
  });
});

describe("a run that is aborted", () => {
  const ENDLESS: ScenarioInput = { width: 64, precision: 1e-5, maxSamples: 1e12, masks: "independent" };

  test.each([
    ["on this thread", 1, 1e6],
    ["on threads", 2, 1e6],
    ["on threads that share a large cell", 2, 1e10],
  ])("ends soon %s, and drops what was under way", async (_, threads, work) => {
    const controller = new AbortController();
    const cells = [...cellsOf([SMALL]), ...cellsOf([{}, ENDLESS, ENDLESS, ENDLESS], work).slice(1)];
    let aborted = Number.NaN;
    setTimeout(() => {
      aborted = performance.now();
      controller.abort();
    }, 200);
    const outcomes = await measured(cells, { threads, signal: controller.signal });
    const elapsed = performance.now() - aborted;
    expect(outcomes.filter(({ index }) => index !== 0)).toEqual([]);
    // A block takes some milliseconds; the rest is for a machine with much else to do.
    expect(elapsed).toBeLessThan(3000);
  });

  test("before it began measures nothing", async () => {
    expect(await measured(MANY, { threads: 2, signal: AbortSignal.abort() })).toEqual([]);
  });

  test("leaves no listener on the signal, as one that ends", async () => {
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, "addEventListener");
    const remove = vi.spyOn(controller.signal, "removeEventListener");
    await measured(MANY, { threads: 2, signal: controller.signal });
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(remove.mock.calls.length).toBe(add.mock.calls.length);
  });
});

describe("a cell that is bad input", () => {
  // Weights that are all alike take what the units do not share, and at this rho they share nothing else.
  const BAD: ScenarioInput = { ...SMALL, width: 8, rho: -1 / 7, layer: "linear", weights: "constant" };

  test.each([1, 2])("is an error among the records of %i threads", async (threads) => {
    const cells = cellsOf([SMALL, BAD, { ...SMALL, keep: 0.3 }, BAD, { ...SMALL, keep: 0.7 }]);
    const outcomes = await measured(cells, { threads });
    expect(outcomes.map((outcome) => "records" in outcome)).toEqual([true, false, true, false, true]);
    expect(outcomes[1]).toMatchObject({
      index: 1,
      error: { code: "invalid-value", field: "rho", problem: expect.stringContaining("leaves no variance") },
    });
  });
});

test("a runner that was closed lets the process end: its workers are gone", async () => {
  const started = vi.spyOn(Worker.prototype, "terminate");
  await measured(MANY.slice(0, 4), { threads: 2 });
  await pause(0);
  expect(started.mock.calls.length).toBe(2);
  started.mockRestore();
});
