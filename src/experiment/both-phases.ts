import { type BatchNormRun, emptyLike, followedBy, viewAfter } from "../forward/batch-norm.ts";
import type { ReadingSource } from "./measure.ts";
import { NO_VIEW, type Reading, type ReadTo, recordSums } from "./reading.ts";
import { channelsSeen } from "./streamed-block.ts";
import { addSums, NO_SUMS } from "./sums.ts";

/** Reads a segment: both phases in one pass of each mini-batch, and on from where it was. */
export function bothPhasesOf({
  setting,
  plan,
  firstBatch,
  executor,
  arrays,
  signal,
  onProgress,
}: ReadingSource): ReadTo {
  const { run, segment, scenario } = setting;
  let sums = NO_SUMS;
  let batchNorm: BatchNormRun | undefined;
  return async (target) => {
    const range = { ...plan, pass: { kind: "both" }, from: firstBatch + sums.n, to: firstBatch + target } as const;
    for await (const block of executor.run({ run, arrays, range, signal })) {
      sums = addSums(sums, block.sums);
      if (block.batchNorm !== undefined) {
        batchNorm = followedBy(batchNorm ?? emptyLike(block.batchNorm), block.batchNorm);
      }
      onProgress?.({ kind: "batches", sums, target, reading });
    }
    return sums.n < 2 && sums.n < target ? undefined : reading();
  };

  function reading(): Reading {
    const seen = batchNorm;
    return {
      batches: sums.n,
      sums: [recordSums(sums, null)],
      view() {
        if (seen === undefined || segment === undefined) return NO_VIEW;
        return viewAfter(channelsSeen({ ...run, segment }, arrays, seen), scenario.epsilon);
      },
      outputs: null,
    };
  }
}
