import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";
import { weightOfNew } from "../scenario/presets.ts";
import { isWhole } from "../scenario/test-time.ts";
import { estimate } from "./estimate.ts";
import { type OutputSums, type RecordSums, type RecordView, recordOf, type ShiftRecord } from "./record.ts";
import { floorsOfRecord } from "./record-estimate.ts";
import { addRatioSums } from "./root-of-ratio.ts";
import { addSums } from "./sums.ts";
import { judge } from "./verdict.ts";

/**
 * One record of two that measured the same scenario over mini-batches that follow each other: their sums are added, and the
 * ratio, its error and the verdict are worked out again. Sums add up; ratios would not.
 *
 * BN's running statistics are those of the whole run. What BN outputs is not linear in the parts and is left out (null).
 */
export function joined(first: ShiftRecord, second: ShiftRecord): ShiftRecord {
  const { id, scenario, position, theory, theoryReason, agreement } = first;
  const sums = sumsOfBoth(first.sums, second.sums);
  const estimated = estimate(sums, floorsOfRecord(first));
  if (estimated === undefined) throw new RangeError(`the sums of ${id} hold no variance`);
  const { tolerance } = agreement;
  const errorRate = 1 - scenario.confidence;
  return recordOf({
    id,
    scenario,
    position,
    theory,
    theoryReason,
    firstBatch: first.measured.firstBatch,
    sums,
    estimate: estimated,
    view: viewOfBoth(first, second, estimated.testVariance),
    verdict: theory === null ? "inconclusive" : judge(estimated, { expected: theory.shift, tolerance, errorRate }),
    outputs: outputsOfBoth(first.outputs, second.outputs),
  });
}

function sumsOfBoth(first: RecordSums, second: RecordSums): RecordSums {
  const sum = (a: number | null, b: number | null) => (a === null || b === null ? null : a + b);
  return {
    ...addSums(first, second),
    meanShift: sum(first.meanShift, second.meanShift),
    meanShiftSquared: sum(first.meanShiftSquared, second.meanShiftSquared),
  };
}

/** The first mini-batches of a run are compared; a part without any has nothing to add. */
function outputsOfBoth(first: ShiftRecord["outputs"], second: ShiftRecord["outputs"]): OutputSums | null {
  const sumsOf = (outputs: NonNullable<ShiftRecord["outputs"]>): OutputSums => ({
    masks: outputs.masks,
    training: outputs.training.sums,
    noiseFree: outputs.noiseFree.sums,
  });
  if (first === null || second === null) return (first && sumsOf(first)) ?? (second && sumsOf(second));
  const [a, b] = [sumsOf(first), sumsOf(second)];
  return {
    masks: a.masks,
    training: addRatioSums(a.training, b.training),
    noiseFree: addRatioSums(a.noiseFree, b.noiseFree),
  };
}

/** Whether the second record goes on where the first one ends. */
export function follows(second: ShiftRecord, first: ShiftRecord): boolean {
  return first.measured.firstBatch + first.measured.batches === second.measured.firstBatch;
}

/**
 * A run's running variance is retained·1 + added, retained = (1 − weight of the new)^batches, for any channel; so a run of
 * both has retained₂·(running₁) + added₂.
 */
function viewOfBoth(first: ShiftRecord, second: ShiftRecord, testVariance: number): RecordView {
  const kept = 1 - weightOfNew(second.scenario);
  const retained = kept > 0 ? exp(second.measured.batches * ln(kept)) : 0;
  const { runningMean, runningVariance } = second.measured;
  // Such a network is trained whole for each of its parts.
  if (runningMean === null || runningVariance === null || isWhole(second.scenario)) {
    const runningShift = runningVariance !== null && runningVariance > 0 ? testVariance / runningVariance : null;
    return { runningMean, runningVariance, runningShift, outputMean: null, outputVariance: null };
  }
  const variance = retained * (first.measured.runningVariance ?? 1) + (runningVariance - retained);
  return {
    runningMean: retained * (first.measured.runningMean ?? 0) + runningMean,
    runningVariance: Math.max(0, variance),
    runningShift: variance > 0 ? testVariance / variance : null,
    outputMean: null,
    outputVariance: null,
  };
}
