import type { Moments } from "../../numeric/moments.ts";
import { normalCdf, normalDensity } from "../../numeric/normal.ts";
import { tanh } from "../../numeric/tanh.ts";
import { type NormalNode, normalNodes } from "./normal-nodes.ts";
import type { NeuronLaw, Spread, StackFunction } from "./spread.ts";

/** Mean and variance of f(μ + s·g) over g. */
type AtOneNeuron = (mean: number, deviation: number) => Moments;

/**
 * tanh in a stack. c = 0, e = 0.394294…; accuracy 10⁻¹⁵ absolute, and as much relative to s² where s is small.
 *
 * With a = tanh μ and b = tanh s·g the difference tanh(μ + s·g) − tanh μ is b(1 − a²)/(1 + ab), in which nothing cancels however
 * small s is.
 */
export function hyperbolicTangent(): StackFunction {
  const nodes = normalNodes();
  const atOneNeuron: AtOneNeuron = (mean, deviation) => {
    const a = tanh(mean);
    const slope = (1 - a) * (1 + a);
    const { first, second } = sums(nodes, (g) => {
      const b = tanh(deviation * g);
      return (b * slope) / (1 + a * b);
    });
    return { mean: a + first, variance: second - first * first };
  };
  return { mean: 0, secondMoment: atOneNeuron(0, 1).variance, spread: averaged({ nodes, atOneNeuron, mean: 0 }) };
}

/**
 * The Gaussian error linear unit f(g) = gΦ(g) in a stack (Hendrycks & Gimpel 2016; not its approximation by tanh).
 *
 *   c = 1/(2√π)      e = 1/3 + 1/(2π√3)      E_g f(μ + s·g) = m(μ) = μΦ(h) + s²φ(h)/r,   r = √(1 + s²), h = μ/r
 *
 * By parts: E gF(g) = E F′(g). The variance over g is a quadrature of (f − m)², and below s = 10⁻³, where that would lose
 * digits, s²m′² + s⁴m″²/2 of its expansion in Hermite polynomials, Σ s²ᵏ(m⁽ᵏ⁾)²/k!. Accuracy 10⁻¹², relative.
 */
export function gaussianErrorLinearUnit(): StackFunction {
  const nodes = normalNodes();
  const mean = 1 / (2 * Math.sqrt(Math.PI));
  return {
    mean,
    secondMoment: 1 / 3 + 1 / (2 * Math.PI * Math.sqrt(3)),
    spread: averaged({ nodes, atOneNeuron: (at, deviation) => geluMoments(nodes, at, deviation), mean }),
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
    const { second } = sums(nodes, (g) => {
      const z = at + deviation * g;
      return z * normalCdf(z) - mean;
    });
    return { mean, variance: second };
  }
  const slope = above + (h * density) / (r * r);
  const bend = (density * (1 + (1 - h * h) / (r * r))) / r;
  return { mean, variance: square * (slope * slope + (square * bend * bend) / 2) };
}

const EXPANDED_BELOW = 1e-3;

/** E d(g) and E d(g)². */
function sums(nodes: readonly NormalNode[], d: (g: number) => number): { first: number; second: number } {
  let first = 0;
  let second = 0;
  for (const { at, weight } of nodes) {
    const value = d(at);
    first += weight * value;
    second += weight * value * value;
  }
  return { first, second };
}

/** The mean over μ of what happens at one neuron: 87 of them, at one only where all have the same mean. */
function averaged({
  nodes,
  atOneNeuron,
  mean,
}: {
  readonly nodes: readonly NormalNode[];
  readonly atOneNeuron: AtOneNeuron;
  readonly mean: number;
}): (law: NeuronLaw) => Spread {
  return (law) => {
    const deviation = Math.sqrt(law.variance);
    const width = Math.sqrt(law.squaredMean);
    const neurons = width === 0 ? [{ at: 0, weight: 1 }] : nodes;
    let variance = 0;
    let squaredMean = 0;
    for (const { at, weight } of neurons) {
      const here = atOneNeuron(width * at, deviation);
      variance += weight * here.variance;
      squaredMean += weight * (here.mean - mean) * (here.mean - mean);
    }
    return { variance, squaredMean };
  };
}
