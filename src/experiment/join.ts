import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";
import { weightOfNew } from "../scenario/presets.ts";
import { errorFloors } from "./error-floors.ts";
import { estimate } from "./estimate.ts";
import { type RecordView, recordOf, type ShiftRecord, scenarioOf } from "./record.ts";
import { addSums } from "./sums.ts";
import { judge } from "./verdict.ts";

/**
 * One record of two that measured the same scenario over mini-batches that follow each other: their sums are added, and the
 * ratio, its error and the verdict are worked out again. Sums add up; ratios would not.
 *
 * BN's running statistics are those of the whole run. What BN outputs is not linear in the parts and is left out (null).
 */
export function joined(first: ShiftRecord, second: ShiftRecord): ShiftRecord {
  const { id, scenario, theory } = first;
  const sums = addSums(first.sums, second.sums);
  const estimated = estimate(sums, errorFloors(scenarioOf(first), scenario.alignment));
  if (estimated === undefined) throw new RangeError(`the sums of ${id} hold no variance`);
  const criterion = { expected: theory.shift, tolerance: scenario.tolerance, errorRate: 1 - scenario.confidence };
  return recordOf({
    id,
    scenario,
    theory,
    firstBatch: first.measured.firstBatch,
    sums,
    estimate: estimated,
    view: viewOfBoth(first, second, estimated.testVariance),
    verdict: judge(estimated, criterion),
  });
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
  const variance = retained * first.measured.runningVariance + (runningVariance - retained);
  return {
    runningMean: retained * first.measured.runningMean + runningMean,
    runningVariance: Math.max(0, variance),
    runningShift: variance > 0 ? testVariance / variance : null,
    outputMean: null,
    outputVariance: null,
  };
}
