import { sum } from "d3-array";
import { linearRegression } from "simple-statistics";
import { uncertain } from "../numbers.ts";
import type { Place } from "./figure.ts";
import { distinct } from "./values.ts";

/** A straight line through points by least squares, with the standard errors of its two numbers. */
export interface Regression {
  readonly slope: number;
  readonly slopeError: number;
  readonly intercept: number;
  readonly interceptError: number;
}

/**
 * Least squares, all points weighing the same. Null for fewer than three points, and where all have the same x.
 *
 *   s² = Σ(y − ŷ)²/(n − 2)      se(slope) = s/√Sxx      se(intercept) = s√(1/n + x̄²/Sxx)
 *
 * Sxx   Σ(x − x̄)²
 *
 * The errors are those of points that scatter alike about a straight line, each by itself: Draper & Smith 1998, §1.4.
 */
export function regressionOf(points: readonly Place[]): Regression | null {
  const count = points.length;
  if (count < FEWEST_POINTS || distinct(points.map(({ x }) => x)).length < 2) return null;
  const { m: slope, b: intercept } = linearRegression(points.map(({ x, y }) => [x, y]));
  const centre = sum(points, ({ x }) => x) / count;
  const spread = sum(points, ({ x }) => (x - centre) ** 2);
  const left = sum(points, ({ x, y }) => (y - intercept - slope * x) ** 2) / (count - 2);
  return {
    slope,
    slopeError: Math.sqrt(left / spread),
    intercept,
    interceptError: Math.sqrt(left * (1 / count + centre ** 2 / spread)),
  };
}

const FEWEST_POINTS = 3;

/** The line as an equation, standard errors in parentheses: "d·cos²θ = 0.0099(2)·d + 1.02(5)". */
export function equationOf(
  { slope, slopeError, intercept, interceptError }: Regression,
  { x, y }: { readonly x: string; readonly y: string },
): string {
  const sign = intercept < 0 ? "−" : "+";
  return `${y} = ${uncertain(slope, slopeError)}·${x} ${sign} ${uncertain(Math.abs(intercept), interceptError)}`;
}
