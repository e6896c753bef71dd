import { describe, expect, test } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import type { BlockResult, BlockTask } from "../../src/experiment/block.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";

const scenario = defineScenario({ width: 8, batchSize: 16 });
const tasks: BlockTask[] = [3, 0, 2].map((block) => ({ block, batches: 2 }));

async function collect(given: Iterable<BlockTask>, signal?: AbortSignal): Promise<BlockResult[]> {
  const results: BlockResult[] = [];
  for await (const result of createInlineExecutor(createKernel)(scenario, given, signal)) results.push(result);
  return results;
}

describe("the inline executor", () => {
  test("gives results in the order of the tasks", async () => {
    expect((await collect(tasks)).map(({ block }) => block)).toEqual([3, 0, 2]);
  });

  test("gives a block the same result whatever was run before it", async () => {
    const [, , last] = await collect(tasks);
    const [alone] = await collect(tasks.slice(2));
    expect(alone).toEqual(last);
  });

  test("ends without an error when it is aborted, between two blocks", async () => {
    const controller = new AbortController();
    const results: BlockResult[] = [];
    for await (const result of createInlineExecutor(createKernel)(scenario, tasks, controller.signal)) {
      results.push(result);
      controller.abort();
    }
    expect(results.length).toBe(1);
  });

  test("lets timers and signals run while it works", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    await collect(Array.from({ length: 200 }, (_, block) => ({ block, batches: 8 })));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});
