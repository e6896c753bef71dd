import { writtenNetwork } from "./define-network.ts";
import { measuresOneBatchNorm } from "./network-chain.ts";
import type { Scenario } from "./scenario.ts";

/**
 * The numbers of the positions that a scenario measures, from 1: the inputs of the norms, and the output where the network does not end
 * in a norm. Null where its only position is the input of Batch Normalization, which needs no name.
 */
export function positionNumbers(scenario: Pick<Scenario, "depth" | "network">): readonly (number | null)[] {
  const { depth, network } = scenario;
  if (network === null && depth === null) return [null];
  const graph = network === null ? undefined : writtenNetwork(network).graph;
  if (graph !== undefined && measuresOneBatchNorm(graph)) return [null];
  return Array.from({ length: graph?.positions.length ?? (depth ?? 0) + 1 }, (_, index) => index + 1);
}

/** Whether outputs at test time are compared with those of training: where the network does not end in a norm, which scales them. */
export function comparesOutputs({ depth, network }: Pick<Scenario, "depth" | "network">): boolean {
  if (network === null) return depth !== null;
  return writtenNetwork(network).graph.positions.at(-1)?.norm === null;
}
