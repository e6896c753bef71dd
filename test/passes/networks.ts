import type { Kernel } from "../../src/kernel/kernel.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import type { ModelGraph } from "../../src/model/graph.ts";
import { loaded } from "../../src/passes/loaded.ts";
import {
  createNetwork,
  type Network,
  type NetworkToRun,
  type Received,
  type RunOptions,
} from "../../src/passes/network.ts";

/** A graph as it is run; its last node is the output unless another is named, or none. */
export function toRun(
  graph: ModelGraph,
  inputShape: readonly number[],
  { output = graph.nodes.length - 1, seed = "a seed" }: Partial<Pick<NetworkToRun, "output" | "seed">> = {},
): NetworkToRun {
  return { model: "net.pt2", nodes: loaded(graph.nodes), inputShape, output, seed };
}

export interface Ran {
  readonly output: Float32Array;
  /** All that each norm received, one call after another. */
  readonly received: readonly (readonly number[])[];
}

/** A run, and copies of what norms received. */
export function ran(network: Network, options: Omit<RunOptions, "atNorm">): Ran {
  const received: number[][] = network.norms.map(() => []);
  const atNorm = ({ norm, x }: Received) => {
    for (const value of x) received[norm]?.push(value);
  };
  const output = network.run({ ...options, atNorm });
  return { output, received };
}

export function networkOf(
  graph: ModelGraph,
  inputShape: readonly number[],
  {
    kernel = referenceKernel,
    ...rest
  }: Partial<Pick<NetworkToRun, "output" | "seed">> & { readonly kernel?: Kernel } = {},
): Network {
  return createNetwork(kernel, toRun(graph, inputShape, rest));
}

/** Numbers without a pattern in (−1, 1), the same for the same seed. */
export function numbers(count: number, seed: number): Float32Array {
  let state = (Math.imul(seed, 2654435761) + 1) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}
