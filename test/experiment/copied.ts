import type { BlockResult } from "../../src/experiment/block.ts";

/** A copy of a result, whose running statistics are used again for the next; structuredClone would share their memory. */
export function copied(result: BlockResult): BlockResult {
  const { batchNorm } = result;
  if (batchNorm === undefined) return result;
  const { runningMean, runningVariance, testMean, testVariance } = batchNorm;
  return {
    ...result,
    batchNorm: {
      ...batchNorm,
      runningMean: Float64Array.from(runningMean),
      runningVariance: Float64Array.from(runningVariance),
      testMean: Float64Array.from(testMean),
      testVariance: Float64Array.from(testVariance),
    },
  };
}
