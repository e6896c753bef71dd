import type { VarianceFit } from "../experiment/check.ts";
import { intervalFactor } from "../experiment/estimate.ts";
import { judge, type Verdict } from "../experiment/verdict.ts";
import { ln } from "../numeric/ln.ts";
import { studentTwoSided } from "../numeric/student.ts";
import { readable, withHalfWidth } from "../report/numbers.ts";
import type { Mistake, MistakeKind } from "../theory/mistakes.ts";
import type { ShiftTheory } from "../theory/shift.ts";
import { roots } from "../theory/solve/roots.ts";
import type { InputValue, WrongInput, WrongInputKind, WrongLaw } from "../theory/wrong-inputs.ts";
import { estimateOf, type Reading, WIDEST_FACTOR } from "./measured.ts";

/** A mistake, or a wrong input of the scenario, that explains what was measured. */
export interface Diagnosis {
  readonly kind: MistakeKind | WrongInputKind;
  /** What the input would be; null for a mistake. */
  readonly value: number | null;
  /** Fields of the scenario that would then differ; none for a mistake. */
  readonly inputs: readonly InputValue[];
  /** What would be measured then. */
  readonly predicted: ShiftTheory;
  readonly variances: VarianceFit;
  /**
   * Possible only: the measurement is too rough to tell whether its ratio lies within the tolerance of this one, or the ratio
   * fits and the variances themselves do not.
   */
  readonly certainty: "likely" | "possible";
  /** "looks as if keep and drop were swapped: Δ would be 0.3, measured 0.3004 ± 0.0009". */
  readonly sentence: string;
}

/** What may be wrong in a scenario, or with who measured it. */
export interface Suspects {
  readonly mistakes: readonly Mistake[];
  readonly inputs: readonly WrongInput[];
  readonly laws: readonly WrongLaw[];
}

/** What a diagnosis is made from. */
export interface Symptoms extends Suspects {
  readonly reading: Reading;
  readonly theory: ShiftTheory;
  readonly tolerance: number;
  readonly alpha: number;
  /** Of the ratio against theory. */
  readonly verdict: Verdict;
  /** Of the variances against theory; unknown where they cannot be compared. */
  readonly variances: VarianceFit;
}

/**
 * What explains a measurement, the likeliest first: a mistake of who measured, or one input of the scenario that is another.
 *
 * - The ratio disagrees: what gives another ratio than theory's that the measured one may be. An explanation is *likely* if the
 *   measured ratio lies within 1 ± tolerance of its own, and the interval at the error rate alpha holds its own or lies
 *   within that band. It is *possible* if the interval holds its ratio and that is all: with more mini-batches one would know.
 * - The ratio agrees, but the variances themselves do not: what leaves theory's ratio, and whose variances fit.
 * - Else, and where the verdict is inconclusive, there is nothing to explain.
 *
 * Definite explanations come first: values that are common (a mean of 0), another law, mistakes; the nearest ratio before
 * others, then in this order. Likely ones rule out those that are possible. Then the numbers that any one input would have to
 * be, to as few digits as fit: each of them is one of many, and what predicts the ratio without a choice is the likelier.
 *
 * Where variances can be compared, those of one explanation that fit rule out all whose variances do not. If none fit, two things
 * must be wrong: all are kept as possible, with the factor on the input that would be the second.
 */
export function diagnose(symptoms: Symptoms): readonly Diagnosis[] {
  const { verdict, variances } = symptoms;
  if (verdict === "inconclusive" || (verdict === "agrees" && variances !== "differ")) return [];
  const definite = definiteCandidates(symptoms);
  const all = [...definite, ...inputCandidates(symptoms, definite)];
  const fitting = all.filter((candidate) => candidate.variances !== "differ");
  const kept = fitting.length > 0 || verdict === "agrees" ? fitting : all;
  const likely = kept.filter(isLikely);
  const isAlone = kept.filter(({ isDefinite }) => isDefinite).length === 1;
  return kept
    .filter((candidate) => !candidate.isDefinite || isLikely(candidate) || !likely.some(({ isDefinite }) => isDefinite))
    .map((candidate) => ({
      kind: candidate.kind,
      value: candidate.value,
      inputs: candidate.inputs,
      predicted: candidate.theory,
      variances: candidate.variances,
      certainty: candidate.variances === "differ" ? "possible" : candidate.certainty,
      sentence: sentenceOf(candidate, symptoms, isAlone),
    }));
}

interface Candidate extends Pick<Diagnosis, "kind" | "value" | "inputs" | "variances" | "certainty"> {
  /** Completes "fits …". */
  readonly clause: string;
  readonly theory: ShiftTheory;
  /** Whether it predicts the ratio, with no number chosen to fit. */
  readonly isDefinite: boolean;
}

interface Suspect extends Pick<Candidate, "kind" | "value" | "inputs" | "clause" | "theory"> {
  readonly slack?: number | undefined;
}

function isLikely({ certainty }: Candidate): boolean {
  return certainty === "likely";
}

/** What explains the ratio without a number that is chosen to, the nearest ratio first. */
function definiteCandidates(symptoms: Symptoms): Candidate[] {
  const { inputs, laws, mistakes, verdict, theory } = symptoms;
  const common = inputs.flatMap((input) =>
    input.special.flatMap((value) => suspectsOf(input, value, `is ${readable(value)}`)),
  );
  const named = laws.map((law): Suspect => ({ ...law, value: null }));
  const made = mistakes.map(
    ({ kind, clause, theory, slack }): Suspect => ({
      kind,
      theory,
      slack,
      value: null,
      inputs: [],
      clause: `if ${clause}`,
    }),
  );
  return [...common, ...named, ...made]
    .filter((suspect) => isSame(suspect.theory.shift, theory.shift) === (verdict === "agrees"))
    .flatMap((suspect) => rated(suspect, symptoms))
    .map((candidate) => ({ ...candidate, isDefinite: true }))
    .toSorted((a, b) => distance(a, symptoms) - distance(b, symptoms));
}

/** Mistakes in the strength of the noise: a keep that fits is the same, said with a number. */
const STRENGTHS: readonly string[] = ["keep-drop-swapped", "variance-as-deviation", "noise-off-in-training"];

/** The number that each input would have to be, without the inputs that a definite explanation covers. */
function inputCandidates(symptoms: Symptoms, definite: readonly Candidate[]): Candidate[] {
  const explained = definite.flatMap((candidate) => {
    if (candidate.variances === "differ") return [];
    return isLikely(candidate) && STRENGTHS.includes(candidate.kind) ? ["wrong-strength"] : [candidate.kind];
  });
  return symptoms.inputs
    .filter(({ kind }) => !explained.includes(kind))
    .flatMap((input) => {
      const found = valuesOf(input, symptoms).flatMap((value) => roundest(input, value, symptoms));
      return found.toSorted((a, b) => Number(a.variances === "differ") - Number(b.variances === "differ")).slice(0, 1);
    });
}

/** What an input would have to be for the ratio, or for the variance at test time where it is known; the nearest to what is declared. */
function valuesOf(input: WrongInput, { reading, verdict, variances }: Symptoms): number[] {
  const ofShift = verdict === "disagrees" ? roots(input, "shift", reading.shift) : [];
  const ofTest = variances === "unknown" ? [] : roots(input, "testVariance", reading.testVariance);
  return [...ofShift, ...ofTest].toSorted((a, b) => Math.abs(a - input.declared) - Math.abs(b - input.declared));
}

/** The number with the fewest digits that is as good as the value itself. */
function roundest(input: WrongInput, value: number, symptoms: Symptoms): Candidate[] {
  const of = (shown: number) =>
    suspectsOf(input, shown, `≈ ${readable(shown, MOST_DIGITS)}`).flatMap((suspect) => rated(suspect, symptoms))[0];
  const exact = of(value);
  if (exact === undefined || !isLikely(exact)) return [];
  for (let digits = 1; digits < MOST_DIGITS; digits++) {
    const rounded = of(Number(value.toPrecision(digits)));
    if (rounded === undefined || rounded.variances !== exact.variances) continue;
    if (isClose(rounded.theory, exact.theory, symptoms)) return [rounded];
  }
  return [exact];
}

const MOST_DIGITS = 5;

/** Whether two predictions differ by no more than the tolerance, or one standard error. */
function isClose(a: ShiftTheory, b: ShiftTheory, { reading, tolerance }: Symptoms): boolean {
  const near = (one: number, other: number, error: number | null) =>
    Math.abs(one / other - 1) <= Math.max(tolerance, error ?? 0);
  const { relativeError, trainError, testError } = reading;
  return (
    near(a.shift, b.shift, relativeError) &&
    near(a.trainVariance, b.trainVariance, trainError ?? relativeError) &&
    near(a.testVariance, b.testVariance, testError ?? relativeError)
  );
}

function suspectsOf({ kind, theory, clause, inputs }: WrongInput, value: number, shown: string): Suspect[] {
  const predicted = theory(value);
  return predicted === undefined
    ? []
    : [{ kind, value, inputs: inputs(value), theory: predicted, clause: clause(value, shown) }];
}

function rated({ slack = 0, ...suspect }: Suspect, symptoms: Symptoms): Candidate[] {
  const lenient = { ...symptoms, tolerance: Math.max(symptoms.tolerance, slack) };
  const certainty =
    certaintyOf(suspect.theory, symptoms) ??
    (certaintyOf(suspect.theory, lenient) === undefined ? undefined : "possible");
  if (certainty === undefined) return [];
  const variances =
    symptoms.variances === "unknown" ? "unknown" : varianceFit(symptoms.reading, suspect.theory, lenient);
  return [{ ...suspect, certainty, variances, isDefinite: false }];
}

/**
 * Whether both measured variances may be those predicted: each within the tolerance of its own, or its interval, at half of
 * alpha, holds it. A variance without an error has that of the ratio, which is seldom the larger one.
 */
export function varianceFit(
  { trainVariance, testVariance, trainError, testError, relativeError, degreesOfFreedom }: Reading,
  predicted: ShiftTheory,
  { tolerance, alpha }: Pick<Symptoms, "tolerance" | "alpha">,
): VarianceFit {
  const phases = [
    { measured: trainVariance, error: trainError ?? relativeError, wanted: predicted.trainVariance },
    { measured: testVariance, error: testError ?? relativeError, wanted: predicted.testVariance },
  ];
  const fits = phases.every(({ measured, error, wanted }) => {
    if (Math.abs(measured / wanted - 1) <= tolerance) return true;
    if (error === null || !(wanted > 0)) return false;
    return Math.abs(ln(measured / wanted)) <= studentTwoSided({ tail: alpha / 2, degreesOfFreedom }) * error;
  });
  return fits ? "fit" : "differ";
}

function certaintyOf(
  { shift }: ShiftTheory,
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

function distance({ theory }: Candidate, { reading }: Symptoms): number {
  return Math.abs(ln(reading.shift / theory.shift));
}

/** Ratios that are the same except for the rounding of their formulas. */
const ROUNDING = 1e-9;

function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * b;
}

function sentenceOf(
  { clause, theory, variances, certainty, isDefinite }: Candidate,
  symptoms: Symptoms,
  isAlone: boolean,
): string {
  const { reading, verdict } = symptoms;
  const { trainVariance, testVariance, shift } = theory;
  const ratio = `Δ would be ${readable(shift)}, measured ${measuredShift(symptoms)}`;
  if (variances === "differ") {
    const factor = readable(Math.sqrt(reading.testVariance / testVariance), 4);
    return `only the ratio fits ${clause}: ${ratio}; the variances fit too with an additional upstream factor of ${factor}`;
  }
  const isAccusation = isDefinite && isAlone && clause.startsWith("if ");
  const opening =
    certainty === "possible" ? `may fit ${clause}` : isAccusation ? `looks as ${clause}` : `fits ${clause}`;
  if (verdict === "agrees") {
    const train = `Var_train would be ${readable(trainVariance)} (measured ${readable(reading.trainVariance)})`;
    const test = `Var_test ${readable(testVariance)} (measured ${readable(reading.testVariance)})`;
    return `${opening}: Δ stays correct, but ${train} and ${test}`;
  }
  return `${opening}: ${ratio}${variances === "fit" ? "; both variances fit too" : ""}`;
}

function measuredShift({ reading, alpha }: Symptoms): string {
  if (reading.relativeError === null) return readable(reading.shift);
  const factor = intervalFactor(estimateOf(reading), alpha);
  if (factor > WIDEST_FACTOR) return readable(reading.shift, 4);
  return withHalfWidth(reading.shift, ((factor - 1 / factor) / 2) * reading.shift);
}
