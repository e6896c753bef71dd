import { arcsine } from "../numeric/arcsine.ts";
import type { ActivationProperties, MeanFieldFunction, NeuronLaw, Spread } from "./activation-kind.ts";

/**
 * ReLU in a stack, in closed form.
 *
 *   E_μ Var_g f = t(π(1 − cos φ) − (sin φ − φ cos φ))/2π
 *   E_μ (E_g f − ac)² = c²((√t − a)² + t(κ(π/2 + asin κ) + √(1 − κ²) − 1))
 *
 * t      s² + q, the variance of μ + s·g over neurons and data together
 * a      the target of the means, in units of c
 * κ      q/t = cos φ, the correlation of two samples of a neuron
 * c, e   1/√2π and 1/2
 *
 * For E_μ (E_g f)² is E f(u)f(v) of two such samples, the arc-cosine kernel t(sin φ + (π − φ)cos φ)/2π of Cho & Saul 2009;
 * E f² is t/2, E f is c√t. Written so that nothing cancels where s is small: both to 10⁻¹⁵, relative, with sin φ − φ cos φ by
 * its series below ½, and E_μ (E_g f − ac)² to 10⁻¹⁶ of a² or t, whichever is larger.
 */
const RECTIFIER = {
  mean: 1 / Math.sqrt(2 * Math.PI),
  secondMoment: 1 / 2,
  spread,
} as const satisfies MeanFieldFunction;

/** f(g) = max(0, g). */
export const RELU = {
  kind: "relu",
  name: "ReLU",
  at: (z) => Math.max(0, z),
  isOdd: false,
  errorAt: () => 0,
  meanField: () => RECTIFIER,
  apply: (kernel, z) => kernel.relu({ z, offset: 0, floor: 0 }),
} as const satisfies ActivationProperties;

function spread({ variance, squaredMean }: NeuronLaw, target: number): Spread {
  const total = variance + squaredMean;
  const perMean = 1 / (2 * Math.PI);
  const a = target / RECTIFIER.mean;
  if (total === 0) return { variance: 0, squaredMean: perMean * a * a };
  const versine = variance / total;
  const angle = 2 * arcsine(Math.sqrt(versine / 2));
  const correlation = squaredMean / total;
  const sine = Math.sqrt(versine * (1 + correlation));
  const excess = correlation * (Math.PI / 2 + arcsine(correlation)) - (correlation * correlation) / (1 + sine);
  const short = (total - a * a) / (Math.sqrt(total) + a);
  return {
    variance: total * perMean * (Math.PI * versine - sineExcess(angle, { sine, cosine: correlation })),
    squaredMean: perMean * (short * short + total * excess),
  };
}

/** sin φ − φ cos φ = Σ (−1)ⁿ⁺¹ 2n φ²ⁿ⁺¹/(2n + 1)!, n from 1. */
function sineExcess(angle: number, { sine, cosine }: { readonly sine: number; readonly cosine: number }): number {
  if (angle > SERIES_BELOW) return sine - angle * cosine;
  const square = angle * angle;
  let term = angle;
  let sum = 0;
  for (let n = 1; n <= LAST_TERM; n++) {
    term *= -square / (2 * n * (2 * n + 1));
    sum -= 2 * n * term;
  }
  return sum;
}

const SERIES_BELOW = 0.5;
/** The next term is below 10⁻¹⁷ of the first at ½. */
const LAST_TERM = 7;
