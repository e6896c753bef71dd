import { createInlineExecutor } from "../../src/executor/inline.ts";
import type { Executor } from "../../src/experiment/simulate.ts";
import type { Sums } from "../../src/experiment/sums.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** A mistake that people make in a layer or in their measurement of it. */
export interface ImplementationFault {
  readonly name: string;
  /** What is drawn in the place of a scenario. */
  readonly drawn?: (scenario: Scenario) => Scenario;
  /** What becomes of the sums of its mini-batches. */
  readonly summed?: (sums: Sums, scenario: Scenario) => Sums;
}

export const FAULTS: readonly ImplementationFault[] = [
  {
    name: "dropout not scaled",
    summed: (sums, { keep }) => trainTimes(sums, keep * keep),
  },
  {
    name: "keep and drop swapped",
    drawn: (scenario) => defineScenario({ ...withoutStrength(scenario), keep: scenario.drop }),
  },
  {
    name: "biased variance during training",
    summed: (sums, { batchSize }) => trainTimes(sums, (batchSize - 1) / batchSize),
  },
  {
    name: "noise on at test time",
    summed: ({ n, train, trainSquared }) => ({
      ...{ n, train, trainSquared },
      ...{ test: train, testSquared: trainSquared, product: trainSquared },
    }),
  },
  { name: "noise off during training", drawn: (scenario) => defineScenario({ ...withoutStrength(scenario), keep: 1 }) },
];

function withoutStrength(scenario: Scenario) {
  const { keep, drop, beta, relativeVariance, ...rest } = inputOf(scenario);
  return rest;
}

/** The sums when each variance in training is so many times as large. */
function trainTimes(sums: Sums, factor: number): Sums {
  return {
    ...sums,
    train: factor * sums.train,
    trainSquared: factor * factor * sums.trainSquared,
    product: factor * sums.product,
  };
}

/** A ratio that is off by so much, relatively: 0.05 is 5 % too large. */
export function offBy(name: string, deviation: number): ImplementationFault {
  return { name, summed: (sums) => trainTimes(sums, 1 / (1 + deviation)) };
}

/** An executor that draws with a fault; who judges knows nothing of it. */
export function createFaultyExecutor({
  drawn = (scenario) => scenario,
  summed = (sums) => sums,
}: ImplementationFault): Executor {
  const executor = createInlineExecutor(createKernel);
  // One object for each scenario: the executor keeps the network of the latest.
  let latest: { readonly asked: Scenario; readonly drawn: Scenario } | undefined;
  return {
    ...executor,
    async *run(job) {
      if (latest?.asked !== job.scenario) latest = { asked: job.scenario, drawn: drawn(job.scenario) };
      for await (const result of executor.run({ ...job, scenario: latest.drawn })) {
        yield { ...result, sums: summed(result.sums, job.scenario) };
      }
    },
  };
}
