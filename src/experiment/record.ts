import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import type { Position } from "../network/network.ts";
import type { InputMoments } from "../numeric/moments.ts";
import { eachField } from "../scenario/fields.ts";
import type { NormKind, Scenario } from "../scenario/scenario.ts";
import { isWhole } from "../scenario/test-time.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { type Estimate, intervalOf } from "./estimate.ts";
import { meanShiftOf } from "./mean-shift.ts";
import { toleranceAt } from "./position-theory.ts";
import { type Interval, type RatioSums, rootOfRatio, rootOfSmallRatio } from "./root-of-ratio.ts";
import type { Sums } from "./sums.ts";
import type { Verdict } from "./verdict.ts";

export const RECORD_SCHEMA = "vshift.record/1";

/** A scenario as it was run: with what follows from its fields, and what the draw of its weights made of them. */
export interface RealisedScenario extends Scenario {
  /** Mean, variance and pairwise correlation of the input itself; with relu they differ from those of z. */
  readonly inputMean: number;
  readonly inputVariance: number;
  readonly inputRho: number;
  /** The alignment that was asked for, if any; `alignment` is that of the realised weights, Σ(Σw)²/ΣΣw² over neurons. */
  readonly targetAlignment: number | null;
  /** Masks that each mini-batch goes through training with. */
  readonly maskCount: number;
}

/** Where in a network a record is of. */
export interface RecordPosition {
  /** Its number, from 1. */
  readonly index: number;
  /** "BN 3", "output". */
  readonly name: string;
  /** The norm that receives it; null at an output. */
  readonly norm: NormKind | null;
}

/** What theory says of a position. */
export interface RecordTheory extends ShiftTheory {
  /** (mean at test time − mean of training)²/Var_train, averaged over channels; null where it is not compared. */
  readonly meanShift: number | null;
  /** Standard deviation of ln Δ between networks of this width, at most, where theory is that of wide layers; else 0. */
  readonly spread: number;
}

/** Sums over the mini-batches that were measured; all that a record has of them follows from these. */
export interface RecordSums extends Sums {
  /** Null where no means are compared. */
  readonly meanShift: number | null;
  readonly meanShiftSquared: number | null;
}

/** A root mean square distance of outputs, in standard deviations, and what it follows from. */
export interface OutputDistance {
  /** Null, with the interval, where what it is measured in does not vary significantly, or one mini-batch was compared. */
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly sums: RatioSums;
}

/** How far the outputs of a network at test time are from two others. */
export interface OutputDistancesOfRecord {
  /** Masks that the training output of each mini-batch is averaged over. */
  readonly masks: number;
  /** From the noise-averaged training output, in standard deviations of that. */
  readonly training: OutputDistance;
  /** From the outputs with noise-free statistics, in standard deviations of those. */
  readonly noiseFree: OutputDistance;
}

/**
 * One measurement at one position, compared with the closed form. Plain data with no clock in it: the same run gives the same
 * bytes.
 */
export interface ShiftRecord {
  readonly schema: typeof RECORD_SCHEMA;
  /** The engine version: identity of the bits that are drawn. Sums of different versions cannot be merged. */
  readonly kernel: string;
  /** Identity of the scenario, and of the position where there are several. */
  readonly id: string;
  /** Null in a network with one position. */
  readonly position: RecordPosition | null;
  readonly scenario: RealisedScenario;
  /** Null where no closed form applies; then the reason says why. */
  readonly theory: RecordTheory | null;
  readonly theoryReason: string | null;
  readonly measured: {
    readonly trainVariance: number;
    readonly testVariance: number;
    readonly shift: number;
    /** Null, with the interval, where too little was seen to know it. */
    readonly standardError: number | null;
    readonly interval: readonly [number, number] | null;
    readonly confidence: number;
    /** Of the Batch Normalization that receives it; null where none does. */
    readonly runningMean: number | null;
    readonly runningVariance: number | null;
    readonly runningShift: number | null;
    /** Null in a record that was put together from several. */
    readonly outputMean: number | null;
    readonly outputVariance: number | null;
    /** (mean at test time − mean of training)²/Var_train, averaged over channels; null where no means are compared. */
    readonly meanShift: number | null;
    readonly meanShiftInterval: readonly [number, number] | null;
    /** Number of the first mini-batch: 0 unless this is a part of a longer run. */
    readonly firstBatch: number;
    readonly batches: number;
    readonly samples: number;
  };
  readonly agreement: {
    /** Δ̂/Δ − 1; null without a closed form. */
    readonly deviation: number | null;
    /** The scenario's, and what networks of one width and mini-batches of one size may deviate by from a theory of large ones. */
    readonly tolerance: number;
    readonly verdict: Verdict;
  };
  /** At the output of a stack; else null. */
  readonly outputs: OutputDistancesOfRecord | null;
  readonly sums: RecordSums;
}

/** BN's statistics as a record has them. */
export type RecordView = Pick<
  ShiftRecord["measured"],
  "runningMean" | "runningVariance" | "runningShift" | "outputMean" | "outputVariance"
>;

export function realisedScenario(scenario: Scenario, { input, alignment, masks }: Realised): RealisedScenario {
  return {
    ...scenario,
    inputMean: input.mean,
    inputVariance: input.variance,
    inputRho: input.correlation,
    alignment,
    targetAlignment: scenario.alignment,
    maskCount: masks.masks,
  };
}

export interface Realised {
  readonly input: InputMoments;
  /** Of the weights as drawn; null without a layer, and in a stack. */
  readonly alignment: number | null;
  readonly masks: { readonly masks: number };
}

/** The scenario that was asked for, without what its run added. Of a record from before some field was there it is null. */
export function scenarioOf({ scenario }: Pick<ShiftRecord, "scenario">): Scenario {
  return eachField((name) => scenario[name === "alignment" ? "targetAlignment" : name] ?? null);
}

/** The position as a record has it; null where it is the only one, the input of Batch Normalization. */
export function recordPosition(positions: readonly Position[], index: number): RecordPosition | null {
  const position = positions[index];
  if (position === undefined || (positions.length === 1 && isPlain(position))) return null;
  return { index: index + 1, name: position.name, norm: position.norm?.norm ?? null };
}

function isPlain({ norm, name }: Position): boolean {
  return norm?.norm === "batch" && name === "BN";
}

export function recordOf({
  id,
  scenario,
  position,
  theory,
  theoryReason,
  firstBatch,
  sums,
  estimate,
  view,
  verdict,
  outputs,
}: RecordParts): ShiftRecord {
  const errorRate = 1 - scenario.confidence;
  const interval = intervalOf(estimate, errorRate);
  const meanShift = meanShiftIn(scenario, sums, errorRate);
  return {
    schema: RECORD_SCHEMA,
    kernel: KERNEL_FINGERPRINT,
    id,
    position,
    scenario,
    theory,
    theoryReason,
    measured: {
      trainVariance: estimate.trainVariance,
      testVariance: estimate.testVariance,
      shift: estimate.shift,
      standardError: interval === null ? null : estimate.shift * estimate.relativeError,
      interval,
      confidence: scenario.confidence,
      runningMean: view.runningMean,
      runningVariance: view.runningVariance,
      runningShift: view.runningShift,
      outputMean: view.outputMean,
      outputVariance: view.outputVariance,
      meanShift: meanShift?.value ?? null,
      meanShiftInterval: meanShift?.interval ?? null,
      firstBatch,
      batches: sums.n,
      samples: sums.n * scenario.batchSize,
    },
    agreement: {
      deviation: theory === null ? null : estimate.shift / theory.shift - 1,
      tolerance: toleranceAt(scenario, position?.index ?? null),
      verdict,
    },
    outputs: outputs && outputsOf(outputs, errorRate),
    sums,
  };
}

/** What the means are off by; undefined where none are compared. */
function meanShiftIn(
  scenario: Scenario,
  { n, meanShift, meanShiftSquared }: RecordSums,
  errorRate: number,
): Interval | undefined {
  if (meanShift === null || meanShiftSquared === null || !isWhole(scenario)) return undefined;
  const trained = Math.max(n, scenario.batches ?? 0);
  return meanShiftOf({ meanShift, meanShiftSquared }, { n, samples: trained * scenario.batchSize, errorRate });
}

/** What the distances of outputs follow from. */
export interface OutputSums {
  readonly masks: number;
  readonly training: RatioSums;
  readonly noiseFree: RatioSums;
}

function outputsOf({ masks, training, noiseFree }: OutputSums, errorRate: number): OutputDistancesOfRecord {
  return {
    masks,
    training: distanceOf(rootOfSmallRatio(training, errorRate), training),
    // Of one mini-batch, at the end of a part, nothing is known.
    noiseFree: distanceOf(noiseFree.n < 2 ? undefined : rootOfRatio(noiseFree, errorRate), noiseFree),
  };
}

function distanceOf(root: Interval | undefined, sums: RatioSums): OutputDistance {
  return { value: root?.value ?? null, interval: root?.interval ?? null, sums };
}

export interface RecordParts
  extends Pick<ShiftRecord, "id" | "scenario" | "position" | "theory" | "theoryReason" | "sums"> {
  readonly firstBatch: number;
  readonly estimate: Estimate;
  readonly view: RecordView;
  readonly verdict: Verdict;
  readonly outputs: OutputSums | null;
}
