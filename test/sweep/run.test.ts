import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { CellOutcome } from "../../src/experiment/cells.ts";
import type { PlannedCell } from "../../src/sweep/plan.ts";
import { inGridOrder } from "../../src/sweep/run.ts";

const outcomeOf = (index: number): CellOutcome => ({ index, error: { code: "invalid-value", problem: "no matter" } });
const cellOf = (index: number): PlannedCell => ({
  index,
  ids: [String(index)],
  batches: 1,
  work: 1,
  bytes: 1,
  leastError: 1,
});

async function ordered(arriving: readonly number[], cells: readonly number[]) {
  async function* outcomes() {
    for (const index of arriving) yield outcomeOf(index);
  }
  const indices: number[] = [];
  for await (const { index } of inGridOrder(outcomes(), cells.map(cellOf))) indices.push(index);
  return indices;
}

/** Cells of a grid with gaps, as a shard or a resumed run has, and an order in which they arrive. */
const arrivals = fc
  .uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 30 })
  .map((arriving) => ({ arriving, cells: arriving.toSorted((a, b) => a - b) }));

describe("outcomes in the order of the grid", () => {
  property.prop([arrivals])("are all of them, whatever order they come in", async ({ arriving, cells }) => {
    expect(await ordered(arriving, cells)).toEqual(cells);
  });

  property.prop([arrivals, fc.nat(30)])(
    "are those that came, in order, after an interruption",
    async ({ arriving, cells }, most) => {
      const came = arriving.slice(0, most);
      expect(await ordered(came, cells)).toEqual(came.toSorted((a, b) => a - b));
    },
  );

  it("are given as soon as those before them are", async () => {
    async function* outcomes() {
      for (const index of [0, 2, 1, 3]) yield outcomeOf(index);
      throw new Error("nobody may wait for the last cell");
    }
    const given: number[] = [];
    for await (const { index } of inGridOrder(outcomes(), [0, 1, 2, 3, 4].map(cellOf))) {
      given.push(index);
      if (given.length === 4) break;
    }
    expect(given).toEqual([0, 1, 2, 3]);
  });
});
