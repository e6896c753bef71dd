import { type Domain, LARGEST_MAGNITUDE, requireWithin, SMALLEST_MAGNITUDE } from "./domain.ts";

/** Mean c and variance v > 0 of one unit. */
export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Moments that all units of a layer share, with one correlation ρ for every pair of them. */
export interface InputMoments extends Moments {
  readonly correlation: number;
}

/** E x² = v + c². */
export function secondMoment({ mean, variance }: Moments): number {
  return variance + mean * mean;
}

/** A `VshiftError` unless the mean and the variance are those of a unit that varies. */
export function requireMoments({ mean, variance }: Moments): void {
  requireWithin(MEAN, mean);
  requireWithin(VARIANCE, variance);
}

/** A `VshiftError` unless these are moments of units that vary. That d units can share ρ is asked where d is known. */
export function requireInputMoments(input: InputMoments): void {
  requireMoments(input);
  requireWithin(CORRELATION, input.correlation);
}

const MEAN: Domain = {
  field: "mean",
  from: -LARGEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "a finite mean, of magnitude 1e75 at most",
  hint: "change the unit that the input is measured in: Δ does not depend on it",
};

const VARIANCE: Domain = {
  field: "variance",
  from: SMALLEST_MAGNITUDE,
  to: LARGEST_MAGNITUDE,
  rule: "a variance above 0, from 1e-75 to 1e75",
  hint: "a unit that does not vary has no variance to shift",
};

const CORRELATION: Domain = {
  field: "correlation",
  from: -1,
  to: 1,
  rule: "a correlation, from −1 to 1",
  hint: "use 0 for uncorrelated units",
};

/** −1/(d − 1), the lowest correlation that d units can share: below it their sum would have a negative variance. */
export function lowestCorrelation(width: number): number {
  return width <= 2 ? -1 : -1 / (width - 1);
}

/** Central moments of fourth and sixth order over the variance squared and cubed. */
export interface Tails {
  readonly kurtosis: number;
  readonly sixth: number;
}
