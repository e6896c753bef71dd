import { describe, expect, test } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import type { BlockResult } from "../../src/experiment/block.ts";
import type { BatchRange } from "../../src/experiment/plan/plan.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { copied } from "../experiment/copied.ts";

const { run } = settingOf(defineScenario({ width: 8, batchSize: 16 }));
const range: BatchRange = { from: 4, to: 11, batchesPerBlock: 2, blockWork: 256, pass: { kind: "both" } };

async function collect(part: Partial<BatchRange> = {}): Promise<BlockResult[]> {
  const results: BlockResult[] = [];
  const job = { run, range: { ...range, ...part }, signal: undefined };
  for await (const result of createInlineExecutor(createKernel).run(job)) results.push(copied(result));
  return results;
}

describe("the inline executor", () => {
  test("gives the blocks of a range in their order, the last one short", async () => {
    const results = await collect();
    expect(results.map(({ block, sums }) => [block, sums.n])).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
      [5, 1],
    ]);
  });

  test("gives a block the same result whatever was run before it", async () => {
    const [, , third] = await collect();
    const [alone] = await collect({ from: 8 });
    expect(alone).toEqual(third);
  });

  test("ends without an error when it is aborted, between two blocks", async () => {
    const controller = new AbortController();
    const results: BlockResult[] = [];
    const job = { run, range, signal: controller.signal };
    for await (const result of createInlineExecutor(createKernel).run(job)) {
      results.push(copied(result));
      controller.abort();
    }
    expect(results.length).toBe(1);
  });

  test("lets timers and signals run while it works", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    await collect({ from: 0, to: 2000 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});
