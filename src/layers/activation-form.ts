import { exp } from "../numeric/exp.ts";
import { ln1p } from "../numeric/ln.ts";
import type { ActivationKind, Scenario } from "../scenario/scenario.ts";

/**
 * How an activation is made of a standard normal z. What is made, x, is near mean 0 and variance 1, so that single precision
 * keeps its digits; the input itself is unit·(x + centre). Any unit and centre would give the same measurement.
 *
 *   normal     x = z
 *   relu       x = max(floor, z + offset)
 *   uniform    x = (Φ(z) − ½)·scale
 *   lognormal  x = scale·e^(rate·z) − centre
 */
export type ActivationForm = Shape & {
  readonly unit: number;
  readonly centre: number;
  /** Largest magnitude of x while |z| ≤ `LARGEST_NORMAL`. */
  readonly largest: number;
};

type Shape =
  | { readonly kind: "normal" }
  | { readonly kind: "relu"; readonly offset: number; readonly floor: number }
  | { readonly kind: "uniform"; readonly scale: number }
  | { readonly kind: "lognormal"; readonly rate: number; readonly scale: number };

type LawFields = Pick<Scenario, "mean" | "variance"> & { readonly activation: ActivationKind };

/** Our normals reach 6.56; correlated ones pass this once in 10¹⁵ draws. */
const LARGEST_NORMAL = 8;

export function activationForm({ activation: kind, mean, variance }: LawFields): ActivationForm {
  const unit = Math.sqrt(variance);
  const relativeMean = mean / unit;
  const centre = Math.fround(kind === "relu" ? Math.max(0, relativeMean) : relativeMean);
  switch (kind) {
    case "normal":
      return { kind, unit, centre, largest: LARGEST_NORMAL };
    case "relu": {
      const offset = relativeMean - centre;
      return { kind, unit, centre, offset, floor: -centre, largest: Math.max(centre, LARGEST_NORMAL + offset) };
    }
    case "uniform":
      return { kind, unit, centre, scale: Math.sqrt(12), largest: Math.sqrt(3) };
    case "lognormal": {
      // x = e^{μ + s·z} with e^{s²} = 1 + v/c² and e^μ = c/√(1 + v/c²), in units of √v.
      const excess = variance / (mean * mean);
      const rate = Math.sqrt(ln1p(excess));
      const scale = relativeMean / Math.sqrt(1 + excess);
      const largest = Math.max(relativeMean, scale * exp(rate * LARGEST_NORMAL) - centre);
      return { kind, unit, centre, rate, scale, largest };
    }
  }
}
