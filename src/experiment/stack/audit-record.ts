import { KERNEL_FINGERPRINT } from "../../kernel/fingerprint.ts";
import { ln } from "../../numeric/ln.ts";
import { blockNorms, frozenPlaces } from "../../scenario/stack/blocks.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { intervalFactor } from "../estimate.ts";
import { type Comparison, mismatch } from "../mismatch.ts";
import type { Interval } from "./estimate.ts";
import { expectedOf } from "./expectation.ts";
import { type StackPlan, stackPlan } from "./plan.ts";
import { outputErrorOf, type StackPlace, type StackRecord, type TrainingDistance } from "./record.ts";

/**
 * What does not add up in the record of a stack, in words that begin with the field; undefined where all does. `stack` is the
 * stack that it is of.
 *
 * The outputs' error follows from its sums. At a position, the variances and the standard error determine the rest. The mean shift
 * and the distance from noise-free outputs must lie in the middle of their intervals.
 */
export function auditStackRecord(record: StackRecord, stack: StackScenario): string | undefined {
  const { places, batches, outputError, noiseFreeError, scenario } = record;
  const tolerance = record.kernel === KERNEL_FINGERPRINT ? 0 : ROUNDING;
  const norms = blockNorms(stack);
  const frozen = frozenPlaces(stack);
  const theory = expectedOf(stack);
  if (places.length !== frozen.length) {
    return `has ${places.length} positions, and a stack of depth ${stack.depth} has ${frozen.length}`;
  }
  const of = { source: "the scenario gives", tolerance } as const;
  return (
    mismatch({ ...of, field: "scenario", is: scenario, shouldBe: stack }) ??
    mismatch({ ...of, field: "batches.train", is: batches.train, shouldBe: stack.batches }) ??
    (batches.test > stack.batches
      ? `batches.test ${batches.test} is more than batches.train ${batches.train}`
      : undefined) ??
    first(places, (place, index) => {
      const field = `places.${index}`;
      const { block, meets, theory: expected } = place;
      const shouldBe = { block: index + 1, meets: norms[index] ?? "output", theory: theory?.[index] ?? null };
      return (
        mismatch({ ...of, field, is: { block, meets, theory: expected }, shouldBe }) ??
        faultOfMeasured(place, { field: `${field}.measured`, record, isFrozen: frozen[index] === true })
      );
    }) ??
    (outputError === null ? undefined : faultOfOutputError(outputError, record, stackPlan(stack))) ??
    faultOfMiddle(noiseFreeError, { field: "noiseFreeError", middle: geometricMiddle })
  );
}

function faultOfOutputError(
  outputError: TrainingDistance,
  { kernel, batches, scenario }: StackRecord,
  { masks, comparedBatches }: StackPlan,
): string | undefined {
  const { sums } = outputError;
  const isOurs = kernel === KERNEL_FINGERPRINT;
  const field = "outputError";
  const most = Math.min(batches.test, comparedBatches);
  if (isOurs && sums.n > most)
    return `${field}.sums.n ${sums.n} is more than the ${most} mini-batches that are compared`;
  const shouldBe = outputErrorOf(outputError, 1 - scenario.confidence);
  return (
    // Another version may average over another number.
    (isOurs
      ? mismatch({
          field: `${field}.masks`,
          is: outputError.masks,
          shouldBe: masks,
          source: "the scenario gives",
          tolerance: 0,
        })
      : undefined) ??
    mismatch({ field, is: outputError, shouldBe, source: "the sums give", tolerance: isOurs ? 0 : ROUNDING })
  );
}

/** Relative rounding of the elementary functions of another engine version. */
const ROUNDING = 1e-9;

/** Of a few operations with doubles: positions have no sums, only quotients of them. */
const FEW_ROUNDINGS = 2 ** -48;

function first<Kind>(
  list: readonly Kind[],
  faultOf: (one: Kind, index: number) => string | undefined,
): string | undefined {
  for (const [index, one] of list.entries()) {
    const fault = faultOf(one, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

interface PlaceSetting {
  readonly field: string;
  readonly record: StackRecord;
  /** Whether the position has means of training. */
  readonly isFrozen: boolean;
}

function faultOfMeasured({ measured }: StackPlace, { field, record, isFrozen }: PlaceSetting): string | undefined {
  const { trainVariance, testVariance, shift, standardError, interval, foldedShift, logShift } = measured;
  const { meanShift, meanShiftInterval } = measured;
  const { batches, batchSize, confidence } = record.scenario;
  const isOurs = record.kernel === KERNEL_FINGERPRINT;
  const given = (name: string, is: unknown, shouldBe: unknown, tolerance: number): Comparison => ({
    field: `${field}.${name}`,
    is,
    shouldBe,
    source: "the rest of the record gives",
    tolerance: isOurs ? tolerance : ROUNDING,
  });
  const ratio = { trainVariance, testVariance, shift, relativeError: standardError / shift };
  const factor = intervalFactor({ ...ratio, degreesOfFreedom: record.batches.test - 1 }, 1 - confidence);
  const ofRatio =
    mismatch(given("shift", shift, testVariance / trainVariance, FEW_ROUNDINGS)) ??
    mismatch(given("foldedShift", foldedShift, Math.max(shift, 1 / shift), 0)) ??
    mismatch(given("logShift", logShift, ln(shift), 0)) ??
    // The exponent is 460 at most.
    mismatch(given("interval", interval, [shift / factor, shift * factor], 460 * FEW_ROUNDINGS));
  if (ofRatio !== undefined || (!isFrozen && meanShift === null && meanShiftInterval === null)) return ofRatio;
  if (!isFrozen || meanShift === null || meanShiftInterval === null) {
    return `${field}.meanShift must be ${isFrozen ? "a number: means are frozen here" : "null: no means are frozen here"}`;
  }
  const reach = (meanShiftInterval[1] - meanShiftInterval[0]) / 2;
  if (reach < (1 - ROUNDING) / (batches * batchSize)) return `${field}.meanShiftInterval is narrower than 2/samples`;
  const value = { value: meanShift, interval: meanShiftInterval };
  return faultOfMiddle(value, { field: `${field}.meanShift`, middle: (low, high) => (low + high) / 2, reach });
}

interface Middle {
  readonly field: string;
  readonly middle: (low: number, high: number) => number;
  /** Half the interval's width, where the value may be small compared with it. */
  readonly reach?: number;
}

/** Of two ends above 0, or of 0 and 0. */
function geometricMiddle(low: number, high: number): number {
  return low === 0 ? high : Math.sqrt(low) * Math.sqrt(high);
}

function faultOfMiddle({ value, interval }: Interval, { field, middle, reach = 0 }: Middle): string | undefined {
  const [low, high] = interval;
  const expected = middle(low, high);
  const rounding = FEW_ROUNDINGS * Math.max(Math.abs(value), Math.abs(expected), reach);
  if (low <= high && Math.abs(value - expected) <= rounding) return undefined;
  return `${field} ${value} is not in the middle of its interval, from ${low} to ${high}`;
}
