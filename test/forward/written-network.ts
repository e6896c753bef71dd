import type { Pass } from "../../src/forward/pass.ts";
import { createWholeNetwork, type WholeReading, wholeBytes } from "../../src/forward/whole.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import type { Network } from "../../src/network/network.ts";
import { networkOfGraph } from "../../src/network/of-graph.ts";
import { layOut } from "../../src/notation/lay-out.ts";
import { parseNetwork } from "../../src/notation/parse.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";

export const TRAINING = { kind: "train", mask: 0 } as const satisfies Pass;
export const QUIET = { kind: "quiet" } as const satisfies Pass;

/** The network that a text says. */
export function networkOfText(text: string, { seed = "1", epsilon = 1e-5 } = {}): Network {
  return networkOfGraph(layOut(parseNetwork(text)), { seed, epsilon });
}

export interface Ran extends WholeReading {
  /** Of the last node, channel by channel, sample by sample, position by position. */
  readonly outputs: Float32Array;
}

export interface Runner {
  /** What a pass of a mini-batch reads, copied. */
  run(pass: Pass, batch?: number): Ran;
}

export function runnerOf(
  network: Network,
  {
    batchSize,
    kernel = simdKernel(wholeBytes({ network, batchSize })),
  }: { readonly batchSize: number; readonly kernel?: Kernel },
): Runner {
  const whole = createWholeNetwork(kernel, { network, batchSize });
  const { channels = 0, sizes = [] } = network.nodes.at(-1)?.shape ?? {};
  const count = sizes.reduce((product, size) => product * size, channels * batchSize);
  return {
    run(pass, batch = 0) {
      const { statistics, variances, meanShifts } = whole.forward(batch, pass);
      const outputs = new Float32Array(count);
      whole.readOutputs(outputs);
      return {
        outputs,
        statistics: { mean: statistics.mean.slice(), variance: statistics.variance.slice() },
        variances: variances.slice(),
        meanShifts: meanShifts.slice(),
      };
    },
  };
}

/** The outputs of one pass of a text. */
export function outputsOf(text: string, { pass = TRAINING as Pass, batchSize = 16, batch = 0, seed = "1" } = {}) {
  return runnerOf(networkOfText(text, { seed }), { batchSize }).run(pass, batch).outputs;
}
