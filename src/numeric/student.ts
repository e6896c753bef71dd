import { exp } from "./exp.ts";
import { horner } from "./horner.ts";
import { ln } from "./ln.ts";
import { normalTwoSided } from "./normal-quantile.ts";
import { studentDensity, studentTail } from "./student-tail.ts";

/** What {@link studentTwoSided} is asked for. */
export interface StudentTail {
  /** P(|T| > q), in [1e-100, 1]; 1 − confidence. */
  readonly tail: number;
  /** ν ≥ 1; need not be an integer; Infinity is the normal distribution. */
  readonly degreesOfFreedom: number;
}

/**
 * Quantile of Student's t distribution: the q ≥ 0 with P(|T| > q) = tail.
 *
 * Asked by its tail, which keeps all its digits where a probability near 1 would not. An estimate's interval at
 * confidence 1 − α is ± studentTwoSided({ tail: α, degreesOfFreedom }) standard errors.
 *
 *   ν < 4000:  Newton's method for ln P(|T| > q) = ln tail in ln q. That curve is concave and the normal quantile lies
 *              left of the root, so the first step lands right of it and the others fall towards it.
 *   above:     q = z + g₁(z)/ν + g₂(z)/ν² + g₃(z)/ν³ + g₄(z)/ν⁴, z the normal quantile (A&S 26.7.5)
 *
 * Relative accuracy 1e-12 for tail from 1e-12 to 0.9. A RangeError outside the domain.
 */
export function studentTwoSided({ tail, degreesOfFreedom }: StudentTail): number {
  if (!(tail >= 1e-100 && tail <= 1)) throw new RangeError(`studentTwoSided: tail ${tail} is outside [1e-100, 1]`);
  if (!(degreesOfFreedom >= 1))
    throw new RangeError(`studentTwoSided: ${degreesOfFreedom} degrees of freedom, below 1`);
  const normal = normalTwoSided(tail);
  if (tail === 1 || degreesOfFreedom === Number.POSITIVE_INFINITY) return normal;
  return degreesOfFreedom < EXPANSION_FROM
    ? newton({ tail, degreesOfFreedom }, normal)
    : normal * horner(expansion(normal * normal), 1 / degreesOfFreedom);
}

function newton({ tail, degreesOfFreedom }: StudentTail, start: number): number {
  const target = ln(tail);
  let value = start;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const reached = studentTail({ value, degreesOfFreedom });
    const slope = (2 * value * studentDensity({ value, degreesOfFreedom })) / reached;
    const step = (ln(reached) - target) / slope;
    value *= exp(step);
    // The error left is of the order of the step's square.
    if (Math.abs(step) < 1e-8) break;
  }
  return value;
}

/** 1 and gₙ(z)/z of Abramowitz and Stegun 26.7.5, in s = z². */
function expansion(s: number): readonly number[] {
  return [
    1,
    (s + 1) / 4,
    horner([3, 16, 5], s) / 96,
    horner([-15, 17, 19, 3], s) / 384,
    horner([-945, -1920, 1482, 776, 79], s) / 92160,
  ];
}

const EXPANSION_FROM = 4000;
const MOST_ROUNDS = 100;
