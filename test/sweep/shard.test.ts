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
