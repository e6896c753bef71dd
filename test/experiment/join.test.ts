import { describe, expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { follows, joined } from "../../src/experiment/join.ts";
import { partOf, planOf } from "../../src/experiment/plan/plan.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";
import { measureOne } from "./measured-one.ts";

const executor = createInlineExecutor(createKernel);
const wholeOf = (scenario: Scenario) => measureOne(scenario, { executor });

async function partsOf(scenario: Scenario, count: number): Promise<readonly ShiftRecord[]> {
  const parts: ShiftRecord[] = [];
  for (let index = 1; index <= count; index++) {
    parts.push(await measureOne(scenario, { executor, part: partOf(planOf(scenario), { index, count }) }));
  }
  return parts;
}

/** Each has a last block that is short, or a memory of BN that reaches from one part into the next. */
const CASES: readonly ScenarioInput[] = [
  { width: 8, batchSize: 16, samples: 16 * 1_500 },
  { width: 4, batchSize: 8, samples: 8 * 2_000, mean: 2, momentum: 0.001 },
  { width: 64, batchSize: 256, samples: 256 * 403, layer: "linear", neurons: 5, rho: 0.2, momentum: 0.01 },
  { width: 16, batchSize: 32, samples: 32 * 1_024, preset: "keras", activation: "relu", mean: -0.5 },
  { width: 16, batchSize: 32, samples: 32 * 1_024, momentum: 1 },
  { width: 16, batchSize: 32, samples: 32 * 1_024, keep: 1 },
];

function expectClose(value: number, expected: number, relative: number, name: string): void {
  expect(Math.abs(value - expected), `${name}: ${value}, ${expected}`).toBeLessThanOrEqual(
    relative * Math.abs(expected),
  );
}

/** The running statistics of a record, NaN where it has none. */
function runningOf({ measured }: ShiftRecord) {
  const { runningMean, runningVariance, runningShift } = measured;
  return {
    mean: runningMean ?? Number.NaN,
    variance: runningVariance ?? Number.NaN,
    shift: runningShift ?? Number.NaN,
  };
}

describe.each(CASES)("%o", (input) => {
  const scenario = defineScenario(input);

  it.each([2, 3])("joined from %d parts it is the whole run", async (count) => {
    const parts = await partsOf(scenario, count);
    const record = parts.reduce(joined);
    const whole = await wholeOf(scenario);
    expect(record.sums.n).toBe(whole.sums.n);
    // Up to 2,000 numbers of one sign, added in another order: 2,000·2⁻⁵³ is 2·10⁻¹³.
    for (const name of ["train", "test", "trainSquared", "testSquared", "product"] as const) {
      expectClose(record.sums[name], whole.sums[name], 1e-12, name);
    }
    // The means of channels cancel in part, so that a mean is held to the size of what it is a mean of.
    const [ofParts, ofWhole] = [runningOf(record), runningOf(whole)];
    const size = Math.sqrt(ofWhole.variance) + Math.abs(ofWhole.mean);
    expect(Math.abs(ofParts.mean - ofWhole.mean)).toBeLessThan(1e-9 * size);
    expectClose(ofParts.variance, ofWhole.variance, 1e-9, "runningVariance");
    expectClose(ofParts.shift, ofWhole.shift, 1e-9, "runningShift");
    expect(record).toMatchObject({
      schema: whole.schema,
      kernel: whole.kernel,
      id: whole.id,
      scenario: whole.scenario,
      theory: whole.theory,
      agreement: { verdict: whole.agreement.verdict },
      measured: { firstBatch: 0, batches: whole.measured.batches, samples: whole.measured.samples },
    });
    expect(record.measured).toMatchObject({ outputMean: null, outputVariance: null });
  });
});

describe("parts", () => {
  const scenario = defineScenario(CASES[0]);

  it("are whole blocks and have every mini-batch once", () => {
    const plan = planOf(scenario);
    const { budget, batchesPerBlock } = plan;
    for (const count of [1, 2, 3, 5]) {
      let end = 0;
      for (let index = 1; index <= count; index++) {
        const part = partOf(plan, { index, count });
        expect(part.from).toBe(end);
        expect(part.from % batchesPerBlock).toBe(0);
        end = part.to;
      }
      expect(end).toBe(budget);
    }
  });

  it("follow each other in one order alone", async () => {
    const [first, second, third] = await partsOf(scenario, 3);
    if (first === undefined || second === undefined || third === undefined) throw new Error("there are three");
    expect(follows(second, first)).toBe(true);
    expect(follows(third, second)).toBe(true);
    expect(follows(third, joined(first, second))).toBe(true);
    expect(follows(first, second)).toBe(false);
    expect(follows(third, first)).toBe(false);
    expect(follows(first, first)).toBe(false);
  });

  it("joined the wrong way round give another running variance: a negative control", async () => {
    const slow = defineScenario({ ...CASES[1] });
    const [first, second] = await partsOf(slow, 2);
    if (first === undefined || second === undefined) throw new Error("there are two");
    const right = runningOf(joined(first, second)).variance;
    expect(Math.abs(runningOf(joined(second, first)).variance / right - 1)).toBeGreaterThan(1e-6);
  });
});
