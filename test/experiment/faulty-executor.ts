import { createInlineExecutor } from "../../src/executor/inline.ts";
import type { Run } from "../../src/experiment/block.ts";
import type { Executor } from "../../src/experiment/measure.ts";
import type { Sums } from "../../src/experiment/sums.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import type { NoiseOfNetwork } from "../../src/network/network.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { resolveStrength } from "../../src/scenario/strength.ts";

/** A mistake that people make in a layer or in their measurement of it. */
export interface ImplementationFault {
  readonly name: string;
  /** Of the noise that should be drawn, the one that is. */
  readonly drawn?: (noise: NoiseOfNetwork) => NoiseOfNetwork;
  /** What becomes of the sums of its mini-batches. */
  readonly summed?: (sums: Sums, layer: FaultyLayer) => Sums;
}

/** What a mistake may depend on. */
type FaultyLayer = Pick<Scenario, "keep" | "batchSize">;

export const FAULTS: readonly ImplementationFault[] = [
  {
    name: "dropout not scaled",
    summed: (sums, { keep }) => trainTimes(sums, keep * keep),
  },
  {
    name: "keep and drop swapped",
    drawn: (noise) => ({ ...noise, ...resolveStrength(noise.noise, { keep: noise.drop }) }),
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
  { name: "noise off during training", drawn: (noise) => ({ ...noise, ...resolveStrength(noise.noise, { keep: 1 }) }) },
];

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
  drawn = (noise) => noise,
  summed = (sums) => sums,
}: ImplementationFault): Executor {
  const executor = createInlineExecutor(createKernel);
  // One object for each run: the executor keeps the network of the latest.
  let latest: { readonly asked: Run; readonly drawn: Run } | undefined;
  return {
    ...executor,
    async *run(job) {
      if (latest?.asked !== job.run) latest = { asked: job.run, drawn: withNoise(job.run, drawn) };
      const layer = { keep: keepOf(job.run), batchSize: job.run.rules.batchSize };
      for await (const result of executor.run({ ...job, run: latest.drawn })) {
        yield { ...result, sums: summed(result.sums, layer) };
      }
    },
  };
}

/** The run with another noise. */
function withNoise(run: Run, drawn: (noise: NoiseOfNetwork) => NoiseOfNetwork): Run {
  const nodes = run.network.nodes.map((node) =>
    node.layer.kind === "noise" ? { ...node, layer: drawn(node.layer) } : node,
  );
  return { ...run, network: { ...run.network, nodes } };
}

function keepOf({ network }: Run): number {
  for (const { layer } of network.nodes) if (layer.kind === "noise") return layer.keep;
  throw new Error("there is no noise");
}
