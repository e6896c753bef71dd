import type { Estimate } from "../../src/experiment/estimate.ts";

/** An estimate of this ratio and relative standard error, from so many mini-batches that Student's t is nearly normal. */
export function measured(shift: number, relativeError: number): Estimate {
  return { trainVariance: 1, testVariance: shift, shift, relativeError, degreesOfFreedom: 1000 };
}
