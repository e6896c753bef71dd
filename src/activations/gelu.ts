import type { Moments } from "../numeric/moments.ts";
import { normalCdf, normalDensity } from "../numeric/normal.ts";
import type { ActivationProperties, MeanFieldFunction } from "./activation-kind.ts";
import { averaged, sums } from "./averaged.ts";
import { type NormalNode, normalNodes } from "./normal-nodes.ts";

/** f(g) = gΦ(g), as PyTorch's is by default. */
export const GELU = {
  kind: "gelu",
  name: "GELU",
  at: gelu,
  isOdd: false,
  errorAt: (size) => 1.4e-7 * size,
  meanField: gaussianErrorLinearUnit,
  apply: (kernel, z) => kernel.gelu({ z }),
} as const satisfies ActivationProperties;

function gelu(z: number): number {
  return z * normalCdf(z);
}

/**
 * The Gaussian error linear unit f(g) = gΦ(g) in a stack (Hendrycks & Gimpel 2016; not its approximation by tanh).
 *
 *   c = 1/(2√π)      e = 1/3 + 1/(2π√3)      E_g f(μ + s·g) = m(μ) = μΦ(h) + s²φ(h)/r,   r = √(1 + s²), h = μ/r
 *
 * By parts: E gF(g) = E F′(g). The variance over g is a quadrature of (f − m)², and below s = 10⁻³, where that would lose
 * digits, s²m′² + s⁴m″²/2 of its expansion in Hermite polynomials, Σ s²ᵏ(m⁽ᵏ⁾)²/k!. Accuracy 10⁻¹², relative.
 */
function gaussianErrorLinearUnit(): MeanFieldFunction {
  const nodes = normalNodes();
  return {
    mean: 1 / (2 * Math.sqrt(Math.PI)),
    secondMoment: 1 / 3 + 1 / (2 * Math.PI * Math.sqrt(3)),
    spread: averaged(nodes, (at, deviation) => geluMoments(nodes, at, deviation)),
  };
}

function geluMoments(nodes: readonly NormalNode[], at: number, deviation: number): Moments {
  const square = deviation * deviation;
  const r = Math.sqrt(1 + square);
  const h = at / r;
  const density = normalDensity(h);
  const above = normalCdf(h);
  const mean = at * above + (square * density) / r;
  if (deviation >= EXPANDED_BELOW) {
    const { second } = sums(nodes, (g) => gelu(at + deviation * g) - mean);
    return { mean, variance: second };
  }
  const slope = above + (h * density) / (r * r);
  const bend = (density * (1 + (1 - h * h) / (r * r))) / r;
  return { mean, variance: square * (slope * slope + (square * bend * bend) / 2) };
}

const EXPANDED_BELOW = 1e-3;
