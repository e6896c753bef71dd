import type { MeanFieldFunction } from "../../activations/activation-kind.ts";
import type { Gains } from "../../noises/noise-kind.ts";
import { RELATIVE_VARIANCE } from "../../noises/parameter.ts";
import { type Domain, requireWithin, SMALLEST_MAGNITUDE } from "../../numeric/domain.ts";

/**
 * The noise of a block of a stack: x becomes g·(x + r·(x − π)) during training and g′·x at test time, r a draw of mean 0 and
 * variance σ².
 *
 * How units share their draws is left out, because wide layers with zero-mean weights do not depend on it: docs/METHOD.md.
 */
export interface BlockNoise {
  /** σ², from 0 to 1e75. */
  readonly relativeVariance: number;
  /** π: 0 where the noise multiplies, else what r = −1 sets a unit to. From −1e25 to 1e25. */
  readonly pivot: number;
  /** g and g′, each from 1e-75 to 1e25; 1 and 1 where training alone scales. */
  readonly gains: Gains;
}

/** A block without noise. */
export const NO_NOISE: BlockNoise = { relativeVariance: 0, pivot: 0, gains: { train: 1, test: 1 } };

/** σ²·E (f(g) − π)² of a standard normal g: the variance that r adds to a unit, before the gain. */
export function addedVariance(f: MeanFieldFunction, { relativeVariance, pivot }: BlockNoise): number {
  return relativeVariance * (f.secondMoment + pivot * (pivot - 2 * f.mean));
}

/** A `VshiftError` where a number is outside of its range. */
export function requireBlockNoise({ relativeVariance, pivot, gains }: BlockNoise): void {
  requireWithin(RELATIVE_VARIANCE, relativeVariance);
  requireWithin(PIVOT, pivot);
  requireWithin(GAIN, gains.train);
  requireWithin(GAIN, gains.test);
}

// With these, g²σ²π² is at most 10¹⁷⁵: its product with another variance does not overflow.
const LARGEST = 1e25;

const PIVOT: Domain = {
  field: "pivot",
  from: -LARGEST,
  to: LARGEST,
  rule: "a pivot, from -1e25 to 1e25",
  hint: "noise that only multiplies has the pivot 0",
};

const GAIN: Domain = {
  field: "gains",
  from: SMALLEST_MAGNITUDE,
  to: LARGEST,
  rule: "a gain, from 1e-75 to 1e25",
  hint: "inverted dropout has the gain 1 in both phases",
};
