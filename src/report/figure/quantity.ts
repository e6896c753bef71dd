import type { RealisedScenario, ShiftRecord } from "../../experiment/record.ts";
import { studentTwoSided } from "../../numeric/student.ts";
import type { ShiftTheory } from "../../theory/shift.ts";
import type { FieldName } from "./field.ts";

/** Something that a record says and a figure shows. */
export interface Quantity {
  readonly title: string;
  /** What was measured; null in a record without it. */
  readonly value: (record: ShiftRecord) => number | null;
  /** Its interval, where a record has what one is made of; null where too little was seen for one. */
  readonly interval?: (record: ShiftRecord) => readonly [number, number] | null;
  /** What it should be. */
  readonly closedForm?: (theory: ShiftTheory) => number;
  /** What it is on average over draws of the weights, where that is known; it stands in for a closed form. */
  readonly expected?: (scenario: RealisedScenario) => number | null;
  /** The field that it is a straight line over: a regression is drawn. */
  readonly linearIn?: FieldName;
  /** Whether the scale of the weights drops out of it. */
  readonly isRatio: boolean;
}

export const QUANTITIES = {
  shift: {
    title: "Δ = Var_test / Var_train",
    value: ({ measured }) => measured.shift,
    interval: ({ measured }) => measured.interval,
    closedForm: ({ shift }) => shift,
    isRatio: true,
  },
  deviation: {
    title: "deviation of the measured Δ from the closed form",
    value: ({ agreement }) => agreement.deviation,
    interval: ({ measured: { interval }, theory }) =>
      interval === null || theory === null ? null : [interval[0] / theory.shift - 1, interval[1] / theory.shift - 1],
    closedForm: () => 0,
    isRatio: true,
  },
  trainVariance: {
    title: "variance during training, Var_train",
    value: ({ measured }) => measured.trainVariance,
    interval: ({ measured, sums }) => meanInterval(measured, { sum: sums.train, squares: sums.trainSquared }),
    closedForm: ({ trainVariance }) => trainVariance,
    isRatio: false,
  },
  testVariance: {
    title: "variance at test time, Var_test",
    value: ({ measured }) => measured.testVariance,
    interval: ({ measured, sums }) => meanInterval(measured, { sum: sums.test, squares: sums.testSquared }),
    closedForm: ({ testVariance }) => testVariance,
    isRatio: false,
  },
  runningShift: {
    title: "Var_test / running variance",
    value: ({ measured }) => measured.runningShift,
    closedForm: ({ shift }) => shift,
    isRatio: true,
  },
  runningVariance: {
    title: "running variance of BN",
    value: ({ measured }) => measured.runningVariance,
    closedForm: ({ trainVariance }) => trainVariance,
    isRatio: false,
  },
  runningMean: { title: "running mean of BN", value: ({ measured }) => measured.runningMean, isRatio: false },
  outputMean: {
    title: "mean of BN's outputs at test time",
    value: ({ measured }) => measured.outputMean,
    isRatio: false,
  },
  outputVariance: {
    title: "variance of BN's outputs at test time",
    value: ({ measured }) => measured.outputVariance,
    isRatio: false,
  },
  standardError: {
    title: "standard error of the measured Δ",
    value: ({ measured }) => measured.standardError,
    isRatio: true,
  },
  meanShift: {
    title: "mean shift: squared distance of the means from training's, over Var_train",
    value: ({ measured }) => measured.meanShift,
    interval: ({ measured }) => measured.meanShiftInterval,
    isRatio: true,
  },
  alignment: {
    title: "alignment d·cos²θ of the weights",
    value: ({ scenario }) => scenario.alignment,
    expected: expectedAlignment,
    linearIn: "width",
    isRatio: true,
  },
} as const satisfies { readonly [name: string]: Quantity };

export type QuantityName = keyof typeof QUANTITIES;

export const QUANTITY_NAMES: readonly QuantityName[] = Object.keys(QUANTITIES).filter(isQuantityName);

function isQuantityName(text: string): text is QuantityName {
  return text in QUANTITIES;
}

/** The quantity that a text names, written as in the record or with hyphens. */
export function findQuantity(text: string): QuantityName | undefined {
  const plain = text.replace(/[-_]/g, "").toLowerCase();
  return QUANTITY_NAMES.find((name) => name.toLowerCase() === plain);
}

/**
 * Alignment that random weights have on average, over draws.
 *
 *   E a = 1 + (d − 1) μ²/(1 + μ²)
 *
 * d   width
 * μ   mean of the weights, in their standard deviations
 *
 * It is E S₁²/E S₂ of independent weights: what Σ S₁²/ΣS₂ of many neurons comes to, and exact for one with μ = 0. Null where no
 * weights are drawn so: without a layer, for constant weights, and where the alignment itself was asked for.
 */
function expectedAlignment({ width, weights, weightMean, targetAlignment }: RealisedScenario): number | null {
  if (weights === null || weights === "constant" || targetAlignment !== null) return null;
  const square = (weightMean ?? 0) * (weightMean ?? 0);
  return 1 + ((width - 1) * square) / (1 + square);
}

/** Student's interval of the mean of a batch variance over n independent mini-batches; null where that of Δ̂ is. */
function meanInterval(
  { batches, confidence, interval }: ShiftRecord["measured"],
  { sum, squares }: { readonly sum: number; readonly squares: number },
): readonly [number, number] | null {
  if (interval === null) return null;
  const mean = sum / batches;
  const error = Math.sqrt(Math.max(0, squares / batches - mean * mean) / (batches - 1));
  const halfWidth = studentTwoSided({ tail: 1 - confidence, degreesOfFreedom: batches - 1 }) * error;
  return [mean - halfWidth, mean + halfWidth];
}

/** A title as the beginning of a line. */
export function capitalised(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}
