import { intervalFactor } from "../experiment/estimate.ts";
import { judge, type Verdict } from "../experiment/verdict.ts";
import { ln } from "../numeric/ln.ts";
import { studentTwoSided } from "../numeric/student.ts";
import { readable, withHalfWidth } from "../report/numbers.ts";
import type { Mistake, MistakeKind } from "../theory/mistakes.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { estimateOf, type Reading } from "./measured.ts";

/** Whether measured variances, train and test each, are those predicted. */
export type VarianceFit = "fit" | "differ" | "unknown";

/** A mistake that explains what was measured. */
export interface Diagnosis {
  readonly kind: MistakeKind;
  /** What the mistake would have measured. */
  readonly predicted: ShiftTheory;
  readonly variances: VarianceFit;
  /** Possible only: the measurement is too rough to tell whether its ratio lies within the tolerance of this one. */
  readonly certainty: "likely" | "possible";
  /** "looks as if keep and drop were swapped: Δ would be 0.3, and 0.3004 ± 0.0009 was measured". */
  readonly sentence: string;
}

/** What a diagnosis is made from. */
export interface Symptoms {
  readonly reading: Reading;
  readonly theory: ShiftTheory;
  readonly mistakes: readonly Mistake[];
  readonly tolerance: number;
  readonly alpha: number;
  /** Of the ratio against theory. */
  readonly verdict: Verdict;
  /** Of the variances against theory; unknown where they cannot be compared. */
  readonly variances: VarianceFit;
}

/**
 * The mistakes that explain a measurement, the best first.
 *
 * - The ratio disagrees: those of another ratio than theory's that the measured one may be. A mistake is *likely* if the
 *   measured ratio lies within 1 ± tolerance of its own, and the interval at the error rate alpha holds its own or lies
 *   within that band. It is *possible* if the interval holds its ratio and that is all: with more mini-batches one would know.
 * - The ratio agrees, but the variances themselves do not: those of theory's ratio whose variances fit.
 * - Else, and where the verdict is inconclusive, there is nothing to explain.
 *
 * Where variances can be compared, those of one mistake that fit rule out the mistakes whose variances do not. If none fit,
 * the input may have been measured in another unit: all are kept, and say so. Likely ones rule out those that are possible.
 * The nearest ratio is first, then the order of `mistakes`.
 */
export function diagnose(symptoms: Symptoms): readonly Diagnosis[] {
  const rated = candidates(symptoms);
  const fitting = rated.filter(({ variances }) => variances === "fit");
  const kept = fitting.length > 0 || symptoms.verdict === "agrees" ? fitting : rated;
  const likely = kept.filter(({ certainty }) => certainty === "likely");
  return (likely.length > 0 ? likely : kept)
    .toSorted((a, b) => distance(a.mistake, symptoms) - distance(b.mistake, symptoms))
    .map((candidate) => ({
      kind: candidate.mistake.kind,
      predicted: candidate.mistake.theory,
      variances: candidate.variances,
      certainty: candidate.certainty,
      sentence: sentenceOf(candidate, symptoms),
    }));
}

interface Candidate extends Pick<Diagnosis, "variances" | "certainty"> {
  readonly mistake: Mistake;
}

function candidates(symptoms: Symptoms): Candidate[] {
  const { verdict, variances } = symptoms;
  if (verdict === "inconclusive" || (verdict === "agrees" && variances !== "differ")) return [];
  return symptoms.mistakes.flatMap((mistake) => {
    const hasRightRatio = isSame(mistake.theory.shift, symptoms.theory.shift);
    if (hasRightRatio !== (verdict === "agrees")) return [];
    const certainty = hasRightRatio ? "likely" : certaintyOf(mistake, symptoms);
    return certainty === undefined ? [] : [{ mistake, certainty, variances: fitOf(mistake, symptoms) }];
  });
}

/**
 * Whether both measured variances may be those predicted: each within the tolerance of its own, or its interval, at half of
 * alpha, holds it.
 */
export function varianceFit(
  { trainVariance, testVariance, trainError, testError, degreesOfFreedom }: Reading,
  predicted: ShiftTheory,
  { tolerance, alpha }: Pick<Symptoms, "tolerance" | "alpha">,
): VarianceFit {
  const phases = [
    { measured: trainVariance, error: trainError, wanted: predicted.trainVariance },
    { measured: testVariance, error: testError, wanted: predicted.testVariance },
  ];
  const fits = phases.every(({ measured, error, wanted }) => {
    if (Math.abs(measured / wanted - 1) <= tolerance) return true;
    if (error === null || !(wanted > 0)) return false;
    return Math.abs(ln(measured / wanted)) <= studentTwoSided({ tail: alpha / 2, degreesOfFreedom }) * error;
  });
  return fits ? "fit" : "differ";
}

function fitOf({ theory }: Mistake, symptoms: Symptoms): VarianceFit {
  return symptoms.variances === "unknown" ? "unknown" : varianceFit(symptoms.reading, theory, symptoms);
}

function certaintyOf(
  { theory: { shift } }: Mistake,
  { reading, tolerance, alpha }: Symptoms,
): Diagnosis["certainty"] | undefined {
  if (!(shift > 0)) return undefined;
  const found = estimateOf(reading);
  const factor = intervalFactor(found, alpha);
  const holds = found.shift / factor <= shift && shift <= found.shift * factor;
  const isNear = Math.abs(found.shift / shift - 1) <= tolerance;
  if (isNear && (holds || judge(found, { expected: shift, tolerance, errorRate: alpha }) === "agrees")) return "likely";
  return holds ? "possible" : undefined;
}

function distance({ theory }: Mistake, { reading }: Symptoms): number {
  return Math.abs(ln(reading.shift / theory.shift));
}

/** Ratios that are the same but for the rounding of their formulas. */
const ROUNDING = 1e-9;

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * b;
}

function sentenceOf({ mistake, variances, certainty }: Candidate, symptoms: Symptoms): string {
  const { reading, verdict } = symptoms;
  const { clause, theory } = mistake;
  const { trainVariance, testVariance, shift } = theory;
  if (verdict === "agrees") {
    const wanted = `Var_train would be ${readable(trainVariance)} and Var_test ${readable(testVariance)}`;
    const found = `${readable(reading.trainVariance)} and ${readable(reading.testVariance)} were measured`;
    return `looks as if ${clause}: Δ is right all the same, but ${wanted}, and ${found}`;
  }
  const further = {
    fit: "; the variances themselves fit too",
    differ: "; the variances themselves do not fit, as of an input in another unit",
    unknown: "",
  }[variances];
  const ratio = `Δ would be ${readable(shift)}, and ${measuredShift(symptoms)} was measured`;
  return `${certainty === "likely" ? "looks as if" : "it may be that"} ${clause}: ${ratio}${further}`;
}

function measuredShift({ reading, alpha }: Symptoms): string {
  if (reading.relativeError === null) return readable(reading.shift);
  const factor = intervalFactor(estimateOf(reading), alpha);
  return withHalfWidth(reading.shift, ((factor - 1 / factor) / 2) * reading.shift);
}
