import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { inputMoments } from "../layers/input-law.ts";
import { weightsId } from "../layers/key.ts";
import type { Weights } from "../layers/weights.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { noiseTheory } from "../theory/noise-theory.ts";
import { weightsOf } from "./block.ts";
import { errorFloors } from "./error-floors.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { expectationOf, noiseOf } from "./expectation.ts";
import { mismatch } from "./mismatch.ts";
import { type Plan, planOf } from "./plan.ts";
import { realisedScenario, recordOf, type ShiftRecord } from "./record.ts";
import { verdictsAfter } from "./stopping.ts";
import { judge, type Verdict } from "./verdict.ts";

/**
 * What does not add up in a record, in words that begin with the field; undefined where all does. `asked` is the scenario
 * that it is of.
 */
export type RecordAudit = (record: ShiftRecord, asked: Scenario) => string | undefined;

/**
 * Makes records again, by the code that made them, from what nothing else in them determines (the scenario that was asked for, the
 * sums, the first mini-batch, BN's view), and compares. Exactly: all that is done with doubles here gives the same bits on
 * every engine.
 *
 * Theory and alignment follow from the weights as drawn. Where to draw them again would take milliseconds, where they or the
 * units are a file's, and where another engine version drew them, the closed form is that by the record's own alignment, as far as
 * there is one. Another engine version's elementary functions may round differently: its records need to agree to 10⁻⁹ only.
 */
export function createRecordAudit(): RecordAudit {
  const remembered = new Map<string, Weights | undefined>();

  /** Records of a sweep share their layers, and those that do are mostly neighbours. */
  function weightsFor(asked: Scenario): Weights | undefined {
    const id = `${weightsId(asked)} ${asked.weights} ${asked.weightMean} ${asked.alignment}`;
    if (asked.layer === "none" || remembered.has(id)) return remembered.get(id);
    const weights = weightsOf(asked);
    const [oldest] = remembered.keys();
    if (remembered.size === MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    remembered.set(id, weights);
    return weights;
  }

  return (record, asked) => {
    const isOurs = record.kernel === KERNEL_FINGERPRINT;
    const isKnown = !namesArrays(asked) && (asked.layer === "none" || (isOurs && countWeights(asked) <= MOST_WEIGHTS));
    const drawn = isKnown
      ? expectationOf(asked, weightsFor(asked))
      : { ...record.theory, alignment: record.scenario.alignment };
    const { alignment, trainVariance, testVariance, shift } = drawn;
    const estimated = estimate(record.sums, errorFloors(asked, alignment));
    if (estimated === undefined) return "sums hold no variance";
    const plan = planOf(asked);
    const [likeliest, ...others] = verdictsOf(record, { asked, estimated, plan, expected: shift });
    const { verdict } = record.agreement;
    const { scenario, theory, measured, agreement } = recordOf({
      id: record.id,
      scenario: realisedScenario(asked, { input: inputMoments(asked), alignment }),
      theory: { trainVariance, testVariance, shift },
      firstBatch: record.measured.firstBatch,
      sums: record.sums,
      estimate: estimated,
      view: record.measured,
      verdict: others.includes(verdict) ? verdict : likeliest,
    });
    const tolerance = isOurs ? 0 : ROUNDING;
    const common = { source: "the scenario gives", tolerance } as const;
    return (
      mismatch({ ...common, field: "scenario", is: record.scenario, shouldBe: scenario }) ??
      mismatch({ ...common, field: "theory", is: record.theory, shouldBe: theory }) ??
      (isKnown ? undefined : faultOfTheory(record, asked)) ??
      mismatch({ field: "measured", is: record.measured, shouldBe: measured, source: "the sums give", tolerance }) ??
      mismatch({ field: "agreement", is: record.agreement, shouldBe: agreement, source: "the sums give", tolerance }) ??
      faultOfView(record, estimated) ??
      faultOfRange(record, plan, asked)
    );
  };
}

/** Relative rounding of sums over a layer or a run, and of the elementary functions of another engine version. */
const ROUNDING = 1e-9;

/** Layers of more are not drawn again: these take a millisecond or two. */
const MOST_WEIGHTS = 2 ** 16;

const MOST_REMEMBERED = 8;

function countWeights({ width, neurons }: Scenario): number {
  return width * (neurons ?? 0);
}

function namesArrays({ activation, weights }: Scenario): boolean {
  return isArrayName(activation) || isArrayName(weights);
}

/** A record that was put together from several has no outputs. */
function isJoined({ measured: { outputMean, outputVariance } }: ShiftRecord): boolean {
  return outputMean === null && outputVariance === null;
}

interface Judgement {
  readonly asked: Scenario;
  readonly estimated: Estimate;
  readonly plan: Plan;
  readonly expected: number;
}

function verdictsOf(record: ShiftRecord, { asked, estimated, plan, expected }: Judgement): readonly Verdict[] {
  const { tolerance, confidence } = asked;
  if (isJoined(record)) return [judge(estimated, { expected, tolerance, errorRate: 1 - confidence })];
  return verdictsAfter({ scenario: asked, plan, expected, estimate: estimated, batches: record.sums.n });
}

/** Δ where the weights are not at hand: that of both variances, and of the recorded alignment. */
function faultOfTheory({ theory, scenario: { alignment } }: ShiftRecord, asked: Scenario): string | undefined {
  const { trainVariance, testVariance, shift } = theory;
  const common = {
    field: "theory.shift",
    is: shift,
    source: "the rest of the record gives",
    tolerance: ROUNDING,
  } as const;
  const ofVariances = mismatch({ ...common, shouldBe: testVariance / trainVariance });
  if (ofVariances !== undefined || alignment === null) return ofVariances;
  if (alignment > asked.width * (1 + ROUNDING))
    return `scenario.alignment ${alignment} is above the width ${asked.width}`;
  // A channel's mask sees sums over its own units, and rows of a file have moments of their own.
  if (propertiesOf(asked.noise).shares === "channel" || isArrayName(asked.activation)) return undefined;
  const layer = { kind: "linear", neurons: [{ sum: Math.sqrt(alignment), sumOfSquares: 1 }] } as const;
  const byAlignment = noiseTheory({ noise: noiseOf(asked), input: inputMoments(asked), layer });
  return mismatch({ ...common, shouldBe: byAlignment.shift });
}

/** What Batch Normalization saw is not in the sums, except for the variance at test time. */
function faultOfView(record: ShiftRecord, { testVariance }: Estimate): string | undefined {
  const { runningVariance, runningShift, outputMean, outputVariance } = record.measured;
  if ((outputMean === null) !== (outputVariance === null)) {
    return "measured.outputMean and outputVariance must both be null, or neither";
  }
  return mismatch({
    field: "measured.runningShift",
    is: runningShift,
    shouldBe: runningVariance > 0 ? testVariance / runningVariance : null,
    source: "the rest of the record gives",
    tolerance: record.kernel === KERNEL_FINGERPRINT ? roundingOfView(record) : ROUNDING,
  });
}

/**
 * A run adds up the variances of each channel, then those of the channels; its sums have each mini-batch's of all channels,
 * added up over the mini-batches. A sum of m numbers above 0 is right to m·2⁻⁵³; twofold, for the quotients' sake.
 */
function roundingOfView(record: ShiftRecord): number {
  const { width, neurons } = record.scenario;
  return isJoined(record) ? 0 : 4 * (record.sums.n + (neurons ?? width) + 4) * 2 ** -53;
}

/** A part begins with a block, and ends where the run does, or before. */
function faultOfRange(
  record: ShiftRecord,
  { batchesPerBlock, budget }: Plan,
  { samples }: Scenario,
): string | undefined {
  const { firstBatch, batches } = record.measured;
  if (firstBatch % batchesPerBlock !== 0) {
    return `measured.firstBatch ${firstBatch} is not the first of a block of ${batchesPerBlock} mini-batches`;
  }
  if (firstBatch > 0 && samples === null) {
    return `measured.firstBatch ${firstBatch} is that of a part, and the number of samples is not given`;
  }
  if (firstBatch + batches <= budget) return undefined;
  return `measured.batches ${batches} from ${firstBatch} on are more than the ${budget} of the scenario`;
}
