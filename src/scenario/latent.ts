import { arcsine } from "../numeric/arcsine.ts";
import { exp } from "../numeric/exp.ts";
import { ln, ln1p } from "../numeric/ln.ts";
import { sine } from "../numeric/sine.ts";
import type { ActivationKind, Scenario } from "./scenario.ts";

/**
 * Every activation is a function x = g(z) of exchangeable standard normals z, one a unit. This is the correlation that
 * the z need so that the input has the asked one.
 *
 *   normal, relu   r = ρ                             (with relu, ρ is that of z)
 *   uniform        r = 2 sin(πρ/6)                   x = Φ(z) up to scale (Kruskal 1958)
 *   lognormal      r = ln(1 + ρ(e^{s²} − 1)) / s²    s² = ln(1 + v/c²)
 *
 * −∞ where a lognormal of the asked correlation does not exist.
 */
export function latentCorrelation({ activation, mean, variance, rho }: LatentInput): number {
  switch (activation) {
    case "normal":
    case "relu":
      return rho;
    case "uniform":
      return Math.abs(rho) === 1 ? rho : 2 * sine((Math.PI * rho) / 6);
    case "lognormal": {
      const excess = variance / (mean * mean);
      if (rho === 0 || rho === 1) return rho;
      return rho * excess <= -1 ? Number.NEGATIVE_INFINITY : ln1p(rho * excess) / ln1p(excess);
    }
  }
}

/**
 * The lowest correlation that `width` units of this kind can have when they are made from exchangeable normals, whose own
 * lowest is −1/(d − 1).
 */
export function lowestCorrelation(input: LatentInput & Pick<Scenario, "width">): number {
  if (input.width === 1) return -1;
  const latent = -1 / (input.width - 1);
  switch (input.activation) {
    case "normal":
    case "relu":
      return latent;
    case "uniform":
      return input.width === 2 ? -1 : (6 / Math.PI) * arcsine(latent / 2);
    case "lognormal": {
      const excess = input.variance / (input.mean * input.mean);
      return powerMinusOne(excess, latent) / excess;
    }
  }
}

type LatentInput = Pick<Scenario, "mean" | "variance" | "rho"> & { readonly activation: ActivationKind };

/**
 * (1 + x)^n − 1 for x > 0, where eʸ − 1 with y = n ln(1 + x) would lose its digits: (eʸ − 1)·y / ln eʸ, whose rounding
 * errors cancel (Kahan; Higham 2002, "Accuracy and Stability of Numerical Algorithms", §1.14.1).
 */
function powerMinusOne(x: number, n: number): number {
  const logarithm = n * ln1p(x);
  const power = exp(logarithm);
  return power === 1 ? logarithm : ((power - 1) * logarithm) / ln(power);
}
