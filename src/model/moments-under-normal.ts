import type { BoundFunction } from "../activations/pointwise.ts";
import { pointsOf } from "../numeric/gauss-legendre.ts";
import type { Moments } from "../numeric/moments.ts";
import { normalDensity } from "../numeric/normal.ts";

/** E f(z), Var f(z) and E f′(z). */
export interface FunctionMoments extends Moments {
  readonly slope: number;
}

/**
 * What a function makes of a normal z ~ N(μ, s²), by Gauss's rule between the kinks of the function.
 *
 *   E f′(z) = E f(z)·(z − μ)/s²          Stein 1981, lemma 1
 *
 * A constant z has no slope: 0. Accuracy 10⁻⁶, relative to the largest of √Var f and |E f|, for s up to 16; the laws of real channels differ from
 * a normal by far more.
 */
export function momentsUnderNormal({ at: f, kinks }: BoundFunction, { mean, variance }: Moments): FunctionMoments {
  if (variance === 0) return { mean: f(mean), variance: 0, slope: 0 };
  const deviation = Math.sqrt(variance);
  const longest = Math.max(SHORTEST, Math.min(2, 4 / deviation));
  const middle = f(mean);
  let first = 0;
  let second = 0;
  let withG = 0;
  let from = -FARTHEST;
  for (const kink of [...kinks, Number.POSITIVE_INFINITY]) {
    const to = Math.min(FARTHEST, (kink - mean) / deviation);
    if (to <= from) continue;
    const panels = Math.ceil((to - from) / longest);
    const half = (to - from) / panels / 2;
    for (let panel = 0; panel < panels; panel++) {
      const centre = from + half * (2 * panel + 1);
      for (const { at, weight } of RULE) {
        const g = centre + half * at;
        const value = f(mean + deviation * g) - middle;
        const part = half * weight * normalDensity(g) * value;
        first += part;
        second += part * value;
        withG += part * g;
      }
    }
    from = to;
  }
  return { mean: middle + first, variance: Math.max(0, second - first * first), slope: withG / deviation };
}

const RULE = pointsOf(-1, 1);

/** In deviations; beyond lies 10⁻¹⁵ of the distribution. */
const FARTHEST = 8;

/**
 * A panel is at most 2 deviations long, and 4 in z, as the functions of the list bend over a length of 1 or more: this is that of
 * s = 16.
 */
const SHORTEST = 0.25;
