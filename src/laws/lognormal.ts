import { type Domain, LARGEST_MAGNITUDE, requireWithin, SMALLEST_MAGNITUDE } from "../numeric/domain.ts";
import { exp } from "../numeric/exp.ts";
import { ln, ln1p } from "../numeric/ln.ts";
import { LARGEST_NORMAL, type Law } from "./law-kind.ts";
import { OWN_MOMENTS } from "./own-moments.ts";

/** Lognormal units: x = e^{μ + s·z} with e^{s²} = w = 1 + v/c² and e^μ = c/√w. */
export const LOGNORMAL = {
  ...OWN_MOMENTS,
  kind: "lognormal",
  describe: ({ mean, variance }, shown) => `lognormal, mean ${shown(mean)}, variance ${shown(variance)}`,
  defaultMean: 1,
  refusal({ mean, variance }) {
    if (!(mean > 0)) {
      return {
        field: "mean",
        problem: `${mean} is not above 0, which the mean of a lognormal must be`,
        hint: "try 1",
      };
    }
    if (variance <= LARGEST_SPREAD * mean * mean) return undefined;
    return {
      field: "variance",
      problem: `${variance} is more than ${LARGEST_SPREAD} times the squared mean of the lognormal (${mean}²), too heavy a tail for a reliable interval`,
      hint: `use ${LARGEST_SPREAD * mean * mean} or less`,
    };
  },
  /** r = ln(1 + ρ(w − 1)) / ln w. */
  latentCorrelation({ mean, variance, correlation }) {
    const excess = variance / (mean * mean);
    if (correlation === 0 || correlation === 1) return correlation;
    return correlation * excess <= -1 ? Number.NEGATIVE_INFINITY : ln1p(correlation * excess) / ln1p(excess);
  },
  correlationOf(latent, { mean, variance }) {
    const excess = variance / (mean * mean);
    return powerMinusOne(excess, latent) / excess;
  },
  moments(input) {
    requireWithin(POSITIVE_MEAN, input.mean);
    return OWN_MOMENTS.moments(input);
  },
  /**
   *   w⁴ + 2w³ + 3w² − 3
   *   w¹² + 3w¹¹ + 6w¹⁰ + 10w⁹ + 15w⁸ + 15w⁷ + 10w⁶ − 15w⁴ − 20w³ − 15w² + 5
   *
   * the second being (w¹⁵ − 6w¹⁰ + 15w⁶ − 20w³ + 15w − 5)/(w − 1)³ divided out, so that nothing cancels near w = 1.
   */
  tails({ mean, variance }) {
    requireWithin(POSITIVE_MEAN, mean);
    const w = 1 + variance / (mean * mean);
    return {
      kurtosis: w * w * (w * w + 2 * w + 3) - 3,
      sixth: SIXTH.reduce((value, coefficient) => value * w + coefficient),
    };
  },
  isSymmetric: false,
  mayHave: (mean) => mean > 0,
  alternative: null,
  form({ mean, variance }) {
    // In units of √v.
    const unit = Math.sqrt(variance);
    const relativeMean = mean / unit;
    const centre = Math.fround(relativeMean);
    const excess = variance / (mean * mean);
    const rate = Math.sqrt(ln1p(excess));
    const scale = relativeMean / Math.sqrt(1 + excess);
    const largest = Math.max(relativeMean, scale * exp(rate * LARGEST_NORMAL) - centre);
    return {
      unit,
      centre,
      largest,
      mostSquares: null,
      shape: (kernel, z) => kernel.exp({ z, rate, scale, offset: centre }),
    };
  },
} as const satisfies Law;

/** Variance in units of the squared mean; the kurtosis there is 947. */
const LARGEST_SPREAD = 4;

const SIXTH = [1, 3, 6, 10, 15, 15, 10, 0, -15, -20, -15, 0, 5];

const POSITIVE_MEAN: Domain = {
  field: "mean",
  from: SMALLEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "above 0, which the mean of a lognormal must be",
  hint: "try 1",
};

/**
 * (1 + x)^n − 1 for x > 0, where eʸ − 1 with y = n ln(1 + x) would lose its digits: (eʸ − 1)·y / ln eʸ, whose rounding
 * errors cancel (Kahan; Higham 2002, "Accuracy and Stability of Numerical Algorithms", §1.14.1).
 */
function powerMinusOne(x: number, n: number): number {
  const logarithm = n * ln1p(x);
  const power = exp(logarithm);
  return power === 1 ? logarithm : ((power - 1) * logarithm) / ln(power);
}
