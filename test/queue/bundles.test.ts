import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { bundlesOf, JOB_WORK } from "../../src/queue/bundles.ts";
import type { PlannedCell } from "../../src/sweep/plan.ts";

const plans = fc
  .array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 })
  .map((exponents) => planOf(exponents.map((exponent) => 10 ** (exponent / 4))));

function planOf(works: readonly number[]): readonly PlannedCell[] {
  return works.map((work, at) => ({ index: 3 * at, ids: [String(at)], batches: 1, work, bytes: 1, leastError: 1 }));
}

describe("the bundles of a plan", () => {
  property.prop([plans])("have every cell once, in its order", (plan) => {
    expect(bundlesOf(plan).flatMap(({ cells }) => cells)).toEqual(plan);
  });

  property.prop([plans])("have no more than a second of work, unless one cell has", (plan) => {
    for (const { cells, work } of bundlesOf(plan)) {
      expect(work).toBe(cells.reduce((sum, cell) => sum + cell.work, 0));
      if (cells.length > 1) expect(work).toBeLessThanOrEqual(JOB_WORK);
    }
  });

  it("are many for a plan of some seconds, and never of more cells than an answer should have", () => {
    expect(bundlesOf(planOf(new Array(1000).fill(5e6))).length).toBeGreaterThan(50);
    expect(bundlesOf(planOf(new Array(1000).fill(1))).map(({ cells }) => cells.length)).toEqual([
      ...new Array(7).fill(128),
      104,
    ]);
  });
});
