import { createCache } from "../cache.ts";
import { weightsId } from "../forward/key.ts";
import { prefersScatter } from "../forward/scatter-form.ts";
import type { Segment } from "../forward/schedule.ts";
import type { Weights } from "../forward/weights.ts";
import { isFrozenAt } from "../forward/whole.ts";
import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { PANEL_SLOTS } from "../kernel/kernel.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "../scenario/arrays.ts";
import { comparesOutputs } from "../scenario/positions.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isWhole } from "../scenario/test-time.ts";
import { noiseTheory } from "../theory/noise-theory.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { expectationOf, theoryOfSegment } from "./expectation.ts";
import { mismatch } from "./mismatch.ts";
import { inputMoments } from "./plan/input-law.ts";
import { comparisonOf, type Plan } from "./plan/plan.ts";
import { type PositionTheory, toleranceAt, wholeExpectation } from "./position-theory.ts";
import {
  type OutputDistancesOfRecord,
  type OutputSums,
  type RecordTheory,
  realisedScenario,
  recordOf,
  recordPosition,
  type ShiftRecord,
} from "./record.ts";
import { floorsOf } from "./record-estimate.ts";
import { noiseOf } from "./scenario-noise.ts";
import { type Setting, settingOf } from "./setting.ts";
import { verdictsAfter } from "./stopping.ts";
import { weightsOf } from "./streamed-block.ts";
import { judge, type Verdict } from "./verdict.ts";

/**
 * What does not add up in a record, in words that begin with the field; undefined where all does. `asked` is the scenario
 * that it is of.
 */
export type FaultFinder = (record: ShiftRecord, asked: Scenario) => string | undefined;

/**
 * Makes records again, by the code that made them, from what nothing else in them determines (the scenario that was asked for, the
 * sums, the first mini-batch, BN's view), and compares. Exactly: all that is done with doubles here gives the same bits on
 * every engine.
 *
 * Theory and alignment follow from the weights as drawn. Where to draw them again would take milliseconds, where they or the
 * units are a file's, and where another engine version drew them, the closed form is that by the record's own alignment, as far as
 * there is one. Another engine version's elementary functions may round differently: its records need to agree to 10⁻⁹ only.
 */
export function createFaultFinder(): FaultFinder {
  const layers = createCache<Weights | undefined>(MOST_LAYERS);
  const theories = createCache<readonly PositionTheory[]>(MOST_THEORIES);
  let last: Setting | undefined;

  /** Records of one network, of several positions, are mostly neighbours. */
  function settingFor(asked: Scenario): Setting {
    if (last?.scenario !== asked) last = settingOf(asked);
    return last;
  }

  /** Records of a sweep share their layers, and those that do are mostly neighbours. */
  function weightsFor({ seed, linear }: Segment): Weights | undefined {
    if (linear === null) return undefined;
    const id = `${weightsId(seed, linear)} ${linear.weights} ${linear.weightMean} ${linear.alignment}`;
    return layers.get(id, () => weightsOf({ seed, linear }));
  }

  /** Repeats of a network with other seeds share their theory. */
  function theoryOf(asked: Scenario): readonly PositionTheory[] {
    return theories.get(JSON.stringify({ ...asked, seed: null }), () => wholeExpectation(asked));
  }

  /** What theory says, as far as it is known here. */
  function expectedOf(record: ShiftRecord, { scenario: asked, segment }: Setting): Expected {
    if (isWhole(asked)) {
      const at = theoryOf(asked)[(record.position?.index ?? 1) - 1];
      return { isKnown: at !== undefined, alignment: null, theory: at?.theory ?? null, reason: at?.reason ?? null };
    }
    const isOurs = record.kernel === KERNEL_FINGERPRINT;
    const isKnown = !namesArrays(asked) && (asked.layer === "none" || (isOurs && countWeights(asked) <= MOST_WEIGHTS));
    if (segment === undefined || !isKnown) {
      return { isKnown, alignment: record.scenario.alignment, theory: record.theory, reason: record.theoryReason };
    }
    const expectation = expectationOf(asked, weightsFor(segment));
    return { isKnown, alignment: expectation.alignment, ...theoryOfSegment(asked, expectation) };
  }

  return (record, asked) => {
    const setting = settingFor(asked);
    const isOurs = record.kernel === KERNEL_FINGERPRINT;
    const { isKnown, alignment, theory: expected, reason } = expectedOf(record, setting);
    const { plan, network } = setting;
    const position = recordPosition(network.positions, (record.position?.index ?? 1) - 1);
    const tolerance = isOurs ? 0 : ROUNDING;
    // How many masks there are, and how long a block is, belongs to an engine's version.
    const masks = isOurs ? plan.masks : { ...plan.masks, masks: record.scenario.maskCount };
    const common = { source: "the scenario gives", tolerance } as const;
    if (record.position === null && position !== null)
      return "position is missing, and the network has more than one BN";
    const faultOfPosition = mismatch({ ...common, field: "position", is: record.position, shouldBe: position });
    if (faultOfPosition !== undefined) return faultOfPosition;
    const estimated = estimate(record.sums, floorsOf(setting, alignment));
    if (estimated === undefined) return "sums hold no variance";
    const judgement = { asked, estimated, plan, expected: expected?.shift ?? null };
    const [likeliest, ...others] = verdictsOf(record, judgement);
    const { verdict } = record.agreement;
    const again = recordOf({
      id: record.id,
      scenario: realisedScenario(asked, { input: inputMoments(asked), alignment, masks }),
      position,
      theory: expected,
      theoryReason: reason,
      firstBatch: record.measured.firstBatch,
      sums: record.sums,
      estimate: estimated,
      view: record.measured,
      verdict: others.includes(verdict) ? verdict : likeliest,
      outputs: record.outputs && outputSums(record.outputs),
    });
    const fromSums = { source: "the sums give", tolerance } as const;
    return (
      mismatch({ ...common, field: "scenario", is: record.scenario, shouldBe: again.scenario }) ??
      mismatch({ ...common, field: "theory", is: record.theory, shouldBe: again.theory }) ??
      mismatch({ ...common, field: "theoryReason", is: record.theoryReason, shouldBe: again.theoryReason }) ??
      (isKnown ? undefined : faultOfTheory(record, asked)) ??
      mismatch({ ...fromSums, field: "measured", is: record.measured, shouldBe: again.measured }) ??
      mismatch({ ...fromSums, field: "agreement", is: record.agreement, shouldBe: again.agreement }) ??
      mismatch({ ...fromSums, field: "outputs", is: record.outputs, shouldBe: again.outputs }) ??
      faultOfOutputs(record, setting) ??
      faultOfMeans(record, setting) ??
      faultOfView(record, estimated, setting) ??
      faultOfRange(record, plan, asked)
    );
  };
}

interface Expected {
  /** Whether it was worked out here, and not taken from the record. */
  readonly isKnown: boolean;
  readonly alignment: number | null;
  readonly theory: RecordTheory | null;
  readonly reason: string | null;
}

function outputSums({ masks, training, noiseFree }: OutputDistancesOfRecord): OutputSums {
  return { masks, training: training.sums, noiseFree: noiseFree.sums };
}

/** Outputs are compared where a network ends in no norm, by its first mini-batches. */
function faultOfOutputs(record: ShiftRecord, { network, plan, scenario }: Setting): string | undefined {
  const { outputs, position, measured } = record;
  if (outputs === null) return undefined;
  if ((position?.index ?? 1) !== network.positions.length || !comparesOutputs(scenario)) {
    return "outputs must be null but at the output of a network";
  }
  const trained = scenario.samples === null ? measured.firstBatch + measured.batches : plan.budget;
  const { masks, batches } = comparisonOf(trained);
  const { n } = outputs.training.sums;
  if (outputs.noiseFree.sums.n !== n) return "outputs.training.sums.n is not outputs.noiseFree.sums.n";
  if (record.kernel !== KERNEL_FINGERPRINT) return undefined;
  if (n > batches) return `outputs.training.sums.n ${n} is more than the ${batches} mini-batches that are compared`;
  return outputs.masks === masks
    ? undefined
    : `outputs.masks ${outputs.masks} is not what the scenario gives (${masks})`;
}

/** Means are compared where they are frozen: at batch norms, and at the output. */
function faultOfMeans({ position, sums }: ShiftRecord, { network, scenario }: Setting): string | undefined {
  const at = network.positions[(position?.index ?? 1) - 1];
  const isCompared = at !== undefined && isWhole(scenario) && isFrozenAt(at);
  if ((sums.meanShift !== null) === isCompared && (sums.meanShiftSquared !== null) === isCompared) return undefined;
  return `sums.meanShift must be ${isCompared ? "a number: means are frozen here" : "null: no means are frozen here"}`;
}

/** Relative rounding of sums over a layer or a run, and of the elementary functions of another engine version. */
const ROUNDING = 1e-9;

/** Layers of more are not drawn again: these take a millisecond or two. */
const MOST_WEIGHTS = 2 ** 16;

const MOST_LAYERS = 8;
const MOST_THEORIES = 64;

function countWeights({ width, neurons }: Scenario): number {
  return width * (neurons ?? 0);
}

function namesArrays({ activation, weights }: Scenario): boolean {
  return isArrayName(activation) || isArrayName(weights);
}

/** A record that was put together from several has no outputs. */
function isJoined({ measured: { runningMean, outputMean, outputVariance } }: ShiftRecord): boolean {
  return runningMean !== null && outputMean === null && outputVariance === null;
}

interface Judgement {
  readonly asked: Scenario;
  readonly estimated: Estimate;
  readonly plan: Plan;
  readonly expected: number | null;
}

/** A whole run has those of its interim analyses; parts that were put together are analysed once. */
function verdictsOf(
  record: ShiftRecord,
  { asked, estimated, plan, expected }: Judgement,
): readonly [Verdict, ...Verdict[]] {
  const tolerance = toleranceAt(asked, record.position?.index ?? null);
  if (isJoined(record) && expected !== null) {
    return [judge(estimated, { expected, tolerance, errorRate: 1 - asked.confidence })];
  }
  return verdictsAfter({
    rule: { ...asked, tolerance },
    plan,
    expected,
    estimate: estimated,
    batches: record.sums.n,
  });
}

/** Δ where the weights are not at hand: that of both variances, and of the recorded alignment. */
function faultOfTheory({ theory, scenario: { alignment } }: ShiftRecord, asked: Scenario): string | undefined {
  if (theory === null) return undefined;
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
function faultOfView(record: ShiftRecord, { testVariance }: Estimate, setting: Setting): string | undefined {
  const { runningVariance, runningShift, outputMean, outputVariance } = record.measured;
  if ((outputMean === null) !== (outputVariance === null)) {
    return "measured.outputMean and outputVariance must both be null, or neither";
  }
  if ((record.measured.runningMean === null) !== (runningVariance === null)) {
    return "measured.runningMean and runningVariance must both be null, or neither";
  }
  return mismatch({
    field: "measured.runningShift",
    is: runningShift,
    shouldBe: runningVariance !== null && runningVariance > 0 ? testVariance / runningVariance : null,
    source: "the rest of the record gives",
    tolerance: record.kernel === KERNEL_FINGERPRINT ? roundingOfView(record, setting) : ROUNDING,
  });
}

/**
 * A run adds up the variances of each channel, then those of the channels; its sums have each mini-batch's of all channels,
 * added up over the mini-batches. A sum of m numbers above 0 is right to m·2⁻⁵³; twofold, for the quotients' sake. By a scatter
 * matrix they are two products in single precision, whose sums have 32 terms a panel, then the panels'; fourfold, since terms have signs.
 */
function roundingOfView(record: ShiftRecord, { scenario, segment, network, plan }: Setting): number {
  if (isJoined(record)) return 0;
  if (segment !== undefined && prefersScatter({ ...scenario, masks: plan.masks })) {
    return 4 * (PANEL_SLOTS + scenario.width / PANEL_SLOTS) * 2 ** -24;
  }
  const { channels = 0 } = network.positions[(record.position?.index ?? 1) - 1] ?? {};
  return 4 * (record.sums.n + channels + 4) * 2 ** -53;
}

/** A part begins with a block, and ends where the run does, or before. */
function faultOfRange(
  record: ShiftRecord,
  { batchesPerBlock, budget }: Plan,
  { samples }: Scenario,
): string | undefined {
  const { firstBatch, batches } = record.measured;
  if (record.kernel === KERNEL_FINGERPRINT && firstBatch % batchesPerBlock !== 0) {
    return `measured.firstBatch ${firstBatch} is not the first of a block of ${batchesPerBlock} mini-batches`;
  }
  if (firstBatch > 0 && samples === null) {
    return `measured.firstBatch ${firstBatch} is that of a part, and the number of samples is not given`;
  }
  if (firstBatch + batches <= budget) return undefined;
  return `measured.batches ${batches} from ${firstBatch} on are more than the ${budget} of the scenario`;
}
