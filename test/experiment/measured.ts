import type { Estimate } from "../../src/experiment/estimate.ts";
import type { ShiftRecord } from "../../src/experiment/record.ts";

/** An estimate of this ratio and relative standard error, from so many mini-batches that Student's t is nearly normal. */
export function measured(shift: number, relativeError: number): Estimate {
  return { trainVariance: 1, testVariance: shift, shift, relativeError, degreesOfFreedom: 1000 };
}

/** The relative standard error that a record has. */
export function relativeErrorOf({ shift, standardError }: ShiftRecord["measured"]): number {
  if (standardError === null) throw new Error("too little was drawn to know the error");
  return standardError / shift;
}

/** ln(Δ̂/Δ) in standard errors. */
export function zOf(measured: ShiftRecord["measured"], expected: number): number {
  return Math.log(measured.shift / expected) / relativeErrorOf(measured);
}
