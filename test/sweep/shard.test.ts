import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { quoted } from "../../src/scenario/typed.ts";
import type { PlannedCell } from "../../src/sweep/plan.ts";
import { cellsOfShard, shardOf } from "../../src/sweep/shard.ts";

/** Works from 1 to 10⁹, as cells of one grid have, in no order. */
const works = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 60 });
const counts = fc.integer({ min: 1, max: 12 });

const cellsOf = (exponents: readonly number[]): PlannedCell[] =>
  cellsOfWork(exponents.map((exponent) => Math.round(10 ** (exponent / 10))));

const cellsOfWork = (works: readonly number[]): PlannedCell[] =>
  works.map((work, at) => ({
    // Places in the grid have gaps where scenarios were repeated.
    index: 2 * at + 1,
    ids: [String(at)],
    batches: 1,
    work,
    bytes: 1,
    leastError: 1,
  }));

const shardsOf = (cells: readonly PlannedCell[], count: number) =>
  Array.from({ length: count }, (_, at) => cellsOfShard(cells, { index: at + 1, count }));

const loadOf = (cells: readonly PlannedCell[]) => cells.reduce((total, { work }) => total + work, 0);

describe("the shards of a sweep", () => {
  property.prop([works, counts])("have every cell once", (exponents, count) => {
    const cells = cellsOf(exponents);
    const all = shardsOf(cells, count).flat();
    expect(all.toSorted((a, b) => a.index - b.index)).toEqual(cells);
  });

  property.prop([works, counts])("are each in the order of the grid", (exponents, count) => {
    for (const shard of shardsOf(cellsOf(exponents), count)) {
      expect(shard).toEqual(shard.toSorted((a, b) => a.index - b.index));
    }
  });

  property.prop([works, counts])("differ in work by no more than the largest cell", (exponents, count) => {
    // A shard gets a cell when it has the least; so without its last one it had no more than any other has.
    const cells = cellsOf(exponents);
    const loads = shardsOf(cells, count).map(loadOf);
    const largest = Math.max(0, ...cells.map(({ work }) => work));
    expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(largest);
  });

  property.prop([works, counts])("do not depend on the order in which the cells are listed", (exponents, count) => {
    const cells = cellsOf(exponents);
    expect(shardsOf(cells.toReversed(), count)).toEqual(shardsOf(cells, count));
  });

  it("take the largest cell that is left, each time that they are the least loaded", () => {
    // 9 | 8 | 7, then 6 to the 7, 5 to the 8 and 4 to the 9: 13 each. Smallest first leads to 11, 13 and 15, the order of the grid
    // to 14, 16 and 9, and the most loaded shard would get all 39.
    const shards = shardsOf(cellsOfWork([6, 4, 9, 5, 8, 7]), 3);
    expect(shards.map((shard) => shard.map(({ work }) => work))).toEqual([
      [4, 9],
      [5, 8],
      [6, 7],
    ]);
  });

  it("are empty where there are more of them than cells", () => {
    expect(shardsOf(cellsOf([1, 2]), 4).map((cells) => cells.length)).toEqual([1, 1, 0, 0]);
  });
});

describe("the text of a shard", () => {
  it.each([
    ["1/1", { index: 1, count: 1 }],
    ["2/3", { index: 2, count: 3 }],
    ["100000/100000", { index: 100_000, count: 100_000 }],
  ])("%s is read", (text, shard) => {
    expect(shardOf(text)).toEqual(shard);
  });

  it.each([
    "4/3",
    "0/2",
    "0/0",
    "x",
    "",
    "1",
    "1/",
    "/2",
    "-1/2",
    "1/-2",
    "1.5/2",
    "1/2/3",
    " 1/2",
    "1/100001",
    "1e0/2",
  ])("%j is refused by the name of the flag", (text) => {
    expect(() => shardOf(text)).toThrow(VshiftError);
    expect(() => shardOf(text)).toThrow(`--shard: ${quoted(text)} is not a part i/n`);
  });
});

describe("a shard of an array job", () => {
  const slurm = (id: number, min: number, count: number, step = 1) => ({
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: String(min),
    SLURM_ARRAY_TASK_COUNT: String(count),
    SLURM_ARRAY_TASK_STEP: String(step),
  });
  const kubernetes = (index: number) => ({ JOB_COMPLETION_INDEX: String(index) });
  const batch = (index: number, size: number) => ({
    AWS_BATCH_JOB_ARRAY_INDEX: String(index),
    AWS_BATCH_JOB_ARRAY_SIZE: String(size),
  });

  it.each([
    // sbatch --array=1-8, 0-7, 10-30:10; and tasks 3 and 5 of 8 again.
    ["auto", slurm(3, 1, 8), 3, 8],
    ["auto", slurm(0, 0, 8), 1, 8],
    ["auto", slurm(30, 10, 3, 10), 3, 3],
    ["auto/8", slurm(3, 3, 2), 3, 8],
    ["auto/8", slurm(5, 3, 2, 2), 5, 8],
    ["auto/4", kubernetes(0), 1, 4],
    ["auto/4", kubernetes(3), 4, 4],
    ["auto", batch(0, 5), 1, 5],
    ["auto", batch(4, 5), 5, 5],
    ["auto/5", batch(4, 5), 5, 5],
    // Where one scheduler runs in a job of another, the first counts; an empty variable says nothing.
    ["auto", { ...slurm(2, 1, 3), ...kubernetes(0) }, 2, 3],
    ["auto", { ...batch(1, 2), SLURM_ARRAY_TASK_ID: "" }, 2, 2],
  ])("%s in %o", (text, env, index, count) => {
    expect(shardOf(text, env)).toEqual({ index, count });
  });

  it.each([
    [
      "auto",
      {},
      /auto is for array jobs, and none of SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, AWS_BATCH_JOB_ARRAY_INDEX is set/,
    ],
    ["auto", kubernetes(1), /knows by JOB_COMPLETION_INDEX which task this is, and not of how many; write auto\/8/],
    // sbatch --array=1,3,7: no part may be drawn twice, and none be left out.
    [
      "auto",
      slurm(7, 1, 3),
      /auto cannot be task 7 \(SLURM_ARRAY_TASK_ID\) of 3, numbered from 1; number the tasks one after/,
    ],
    ["auto", slurm(12, 10, 3, 10), /cannot be task 12/],
    ["auto/4", kubernetes(4), /cannot be task 4 .* of 4, numbered from 0/],
    ["auto/8", slurm(0, 0, 8), /cannot be task 0 .* of 8, numbered from 1/],
    ["auto", { ...slurm(1, 1, 3), SLURM_ARRAY_TASK_ID: "x" }, /cannot be task x/],
    ["auto/0", kubernetes(0), /cannot be task 0/],
    ["auto/", kubernetes(0), /"auto\/" is not a part i\/n/],
    ["Auto", kubernetes(0), /"Auto" is not a part i\/n/],
  ])("%s in %o is refused", (text, env, problem) => {
    expect(() => shardOf(text, env)).toThrow(problem);
    expect(() => shardOf(text, env)).toThrow(VshiftError);
  });
});
