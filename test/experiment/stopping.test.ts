import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { planOf, tasksOf } from "../../src/experiment/plan/plan.ts";
import { look } from "../../src/experiment/stopping.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { measured } from "./measured.ts";

const scenario = defineScenario({ keep: 0.5, precision: 0.002, tolerance: 0.005, maxSamples: 256_000 });
const plan = planOf(scenario);
const situation = { rule: scenario, plan, expected: 0.5, errorRate: 1 - scenario.confidence, batches: 100, unspent: 1 };

describe("a look at the result", () => {
  test("stops where the interval is narrow and the verdict settled", () => {
    expect(look({ ...situation, estimate: measured(0.5, 0.001) })).toMatchObject({
      verdict: "agrees",
      next: undefined,
    });
  });

  test("passes no verdict on an interval wider than asked, and forecasts the batches that will do", () => {
    // Half width 1.96·0.002 is 1.96 times what is asked: 1.96² × 1.05 as many batches.
    const { verdict, next, unspent } = look({ ...situation, estimate: measured(0.5, 0.002) });
    expect(verdict).toBe("inconclusive");
    expect(next).toBeGreaterThan(1.96 ** 2 * 100);
    expect(next).toBeLessThan(1.96 ** 2 * 110 + plan.batchesPerBlock);
    expect(unspent).toBe(1);
  });

  test("draws twice as many where a narrow interval lies across the edge, having spent half of the error rate", () => {
    expect(look({ ...situation, estimate: measured(0.5025, 0.001) })).toEqual({
      verdict: "inconclusive",
      // In whole blocks.
      next: Math.ceil(200 / plan.batchesPerBlock) * plan.batchesPerBlock,
      unspent: 0.5,
    });
  });

  test("ends at the budget whatever it sees", () => {
    expect(look({ ...situation, batches: plan.budget, estimate: measured(0.5, 0.5) })).toMatchObject({
      verdict: "inconclusive",
      next: undefined,
    });
    expect(look({ ...situation, batches: plan.budget, estimate: undefined }).next).toBeUndefined();
  });

  test("passes no verdict before the rare events can have been seen", () => {
    const rare = { ...plan, minimum: 1000 };
    expect(look({ ...situation, plan: rare, estimate: measured(0.5, 0.0001) }).verdict).toBe("inconclusive");
  });
});

property.prop([
  fc.record({
    width: fc.integer({ min: 1, max: 5000 }),
    batchSize: fc.integer({ min: 2, max: 3000 }),
    keep: fc.double({ min: 1e-4, max: 1, noNaN: true }),
    maxSamples: fc.integer({ min: 3001, max: 1e9 }),
  }),
])("looks move on and end at the budget", (input) => {
  const wide = defineScenario(input);
  const { budget, firstLook, batchesPerBlock } = planOf(wide);
  let batches: number | undefined = firstLook;
  let looks = 0;
  while (batches !== undefined) {
    expect(batches).toBeLessThanOrEqual(budget);
    expect(batches % batchesPerBlock === 0 || batches === budget).toBe(true);
    const { next } = look({
      rule: wide,
      plan: planOf(wide),
      expected: 0.5,
      errorRate: 0.05,
      estimate: measured(0.5, 10),
      batches,
      unspent: 1,
    });
    if (next !== undefined) expect(next).toBeGreaterThan(batches);
    batches = next;
    looks++;
  }
  // Each look is 8 times further: 8¹¹ > 10⁹ / 2 batches.
  expect(looks).toBeLessThanOrEqual(12);
});

property.prop([fc.integer({ min: 1, max: 64 }), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 500 })])(
  "tasks cover the mini-batches once, in whole blocks but for the last",
  (batchesPerBlock, fromBlock, more) => {
    const from = fromBlock * batchesPerBlock;
    const tasks = [...tasksOf({ batchesPerBlock, blockWork: 1, pass: { kind: "both" }, from, to: from + more })];
    expect(tasks.map(({ block }) => block)).toEqual(tasks.map((_, index) => fromBlock + index));
    expect(tasks.reduce((total, { batches }) => total + batches, 0)).toBe(more);
    for (const { batches } of tasks.slice(0, -1)) expect(batches).toBe(batchesPerBlock);
  },
);
