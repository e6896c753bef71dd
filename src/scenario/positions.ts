import { writtenNetwork } from "./define-network.ts";
import type { Scenario } from "./scenario.ts";

/** How many positions a scenario measures: the inputs of the norms, and the output where the network does not end in a norm. */
export function positionCount({ depth, network }: Pick<Scenario, "depth" | "network">): number {
  if (network !== null) return writtenNetwork(network).graph.positions.length;
  return depth === null ? 1 : depth + 1;
}

/** Whether outputs at test time are compared with those of training: where the network does not end in a norm, which scales them. */
export function comparesOutputs({ depth, network }: Pick<Scenario, "depth" | "network">): boolean {
  if (network === null) return depth !== null;
  return writtenNetwork(network).graph.positions.at(-1)?.norm === null;
}
