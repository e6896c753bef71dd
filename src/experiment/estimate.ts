import { exp } from "../numeric/exp.ts";
import { studentTwoSided } from "../numeric/student.ts";
import type { Sums } from "./sums.ts";

/** The measured ratio Δ̂ of variances, and how far it can be trusted. */
export interface Estimate {
  readonly trainVariance: number;
  readonly testVariance: number;
  /** Δ̂ = mean of the batch variances in test mode over their mean in train mode. */
  readonly shift: number;
  /** Standard error of ln Δ̂, that is the relative standard error of Δ̂; infinite where too little was seen to know it. */
  readonly relativeError: number;
  readonly degreesOfFreedom: number;
}

/** A relative error that an estimate is not below before so many mini-batches, however little they differ (error-floors.ts). */
export interface ErrorFloor {
  readonly before: number;
  readonly error: number;
}

/**
 * Ratio of the mean variances, with the paired standard error of its logarithm.
 *
 *   Δ̂ = Σ b / Σ a          se² = Σ (b/b̄ − a/ā)² / (n(n − 1))
 *
 * a, b   variance of BN's input in train and in test mode, of each of n ≥ 2 independent mini-batches
 *
 * The delta method for a ratio of paired means: expanding the square gives s²_a/ā² − 2s_ab/(āb̄) + s²_b/b̄², over n. It holds
 * for any distribution of the batch variances and any correlation of the units within a batch; only batches must be
 * independent, and as many as rare events take, which `floors` say. It is 0 where both phases are equal in every batch, else at
 * least 10⁻⁸/√n, the rounding of the variances. Undefined when nothing varied.
 */
export function estimate(
  { n, train, test, trainSquared, testSquared, product }: Sums,
  floors: readonly ErrorFloor[] = [],
): Estimate | undefined {
  if (n < 2 || !(train > 0) || !(test > 0)) return undefined;
  // Of values that left single precision nothing is known.
  if (!Number.isFinite(trainSquared) || !Number.isFinite(testSquared)) return undefined;
  const trainVariance = train / n;
  const testVariance = test / n;
  const squares =
    testSquared / (testVariance * testVariance) -
    (2 * product) / (testVariance * trainVariance) +
    trainSquared / (trainVariance * trainVariance);
  const isExact = train === test && trainSquared === testSquared && product === testSquared;
  const spread = isExact ? 0 : Math.max(Math.sqrt(Math.max(0, squares) / (n * (n - 1))), ROUNDING / Math.sqrt(n));
  const relativeError = Math.max(spread, ...floors.filter(({ before }) => n < before).map(({ error }) => error));
  return { trainVariance, testVariance, shift: test / train, relativeError, degreesOfFreedom: n - 1 };
}

/** The error of a quotient of independent measurements. */
export type RelativeError = Pick<Estimate, "relativeError" | "degreesOfFreedom">;

/**
 * Relative error of the quotient of two independent measurements, and its degrees of freedom.
 *
 *   se² = A + B      ν = (A + B)² / (A²/ν₁ + B²/ν₂)
 *
 * A, B   squared relative standard errors, ν₁, ν₂ their degrees of freedom (Welch 1947, Biometrika 34, 28-35)
 *
 * Without an error, or with one that is infinite, there is nothing that ν would change; it is then the lesser of the two.
 */
export function errorOfQuotient(a: RelativeError, b: RelativeError): RelativeError {
  const [A, B] = [a.relativeError * a.relativeError, b.relativeError * b.relativeError];
  const spread = (A * A) / a.degreesOfFreedom + (B * B) / b.degreesOfFreedom;
  return {
    relativeError: Math.sqrt(A + B),
    degreesOfFreedom:
      spread === 0 || spread === Number.POSITIVE_INFINITY
        ? Math.min(a.degreesOfFreedom, b.degreesOfFreedom)
        : ((A + B) * (A + B)) / spread,
  };
}

/** Relative rounding of a batch variance in single precision, which no spread of the sums may fall below. */
const ROUNDING = 1e-8;

/**
 * The interval that misses the truth with probability `errorRate`; null where nothing is known: the error is infinite, or the
 * interval so wide that it says nothing.
 */
export function intervalOf(estimate: Estimate, errorRate: number): readonly [number, number] | null {
  const factor = intervalFactor(estimate, errorRate);
  return factor > LARGEST_FACTOR ? null : [estimate.shift / factor, estimate.shift * factor];
}

/** A half width of ten times the ratio. */
const LARGEST_FACTOR = 20;

/**
 * Factor by which the estimate is divided and multiplied for an interval that misses the truth with probability
 * `errorRate`: e^{t·se}, t being Student's quantile for n − 1 degrees of freedom.
 */
export function intervalFactor({ relativeError, degreesOfFreedom }: Estimate, errorRate: number): number {
  return exp(Math.min(LARGEST_EXPONENT, studentTwoSided({ tail: errorRate, degreesOfFreedom }) * relativeError));
}

/** An interval from 10⁻²⁰⁰ to 10²⁰⁰ says that nothing is known, and its ends are still numbers. */
const LARGEST_EXPONENT = 460;
