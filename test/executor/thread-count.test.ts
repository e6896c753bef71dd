import { describe, expect, test } from "vitest";
import { threadsWorth } from "../../src/executor/thread-count.ts";
import type { BatchRange } from "../../src/experiment/plan/plan.ts";

/** So many blocks of so much work. */
function rangeOf(blocks: number, blockWork: number): BatchRange {
  return { from: 0, to: 2 * blocks, batchesPerBlock: 2, blockWork, pass: { kind: "both" } };
}

// A thread for each 2·10⁷ drawn activations.
describe("threads that a range is worth", () => {
  test.each([
    ["no worker, as a second thread would have less than its 2e7", 39, 1e6, 8, 0],
    ["two, from 4e7 on", 40, 1e6, 8, 2],
    ["three, from 6e7 on", 60, 1e6, 8, 3],
    ["no more than there are", 1000, 1e6, 8, 8],
    ["no worker, if there is one thread", 1000, 1e6, 1, 0],
    ["no more than there are blocks", 3, 3e7, 8, 3],
    ["one worker for a long block, so that this thread hears Ctrl-C", 1, 4e7, 8, 1],
    ["one worker for long blocks of one thread", 9, 4e7, 1, 1],
    ["no worker for a single block that is not long", 1, 3e7, 8, 0],
  ])("%s", (_, blocks, blockWork, threads, expected) => {
    expect(threadsWorth(rangeOf(blocks, blockWork), threads)).toBe(expected);
  });

  test("counts the blocks of the range alone, a short one as a whole", () => {
    const part = { ...rangeOf(100, 1e6), from: 120 };
    expect(threadsWorth(part, 8)).toBe(2);
    expect(threadsWorth({ ...part, to: 199 }, 8)).toBe(2);
    expect(threadsWorth({ ...part, to: 198 }, 8)).toBe(0);
  });

  test("is one worker where another block of the run is long", () => {
    expect(threadsWorth({ ...rangeOf(2, 1e6), longestBlock: 4e7 }, 8)).toBe(1);
  });
});
