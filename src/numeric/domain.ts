import { VshiftError } from "../errors.ts";

/** The numbers that a quantity may be, ends included, and how to say so. */
export interface Domain {
  readonly field: string;
  readonly from: number;
  readonly to: number;
  /** Completes "0 is not …". */
  readonly rule: string;
  readonly hint: string;
}

/**
 * Theory keeps every quantity within 10^±75: a product of four of them, the most that any formula there forms, neither
 * overflows nor vanishes in double precision (10^±308).
 */
export const LARGEST_MAGNITUDE = 1e75;
export const SMALLEST_MAGNITUDE = 1e-75;

/** A `VshiftError` unless the value lies in the domain; NaN never does. */
export function requireWithin({ field, from, to, rule, hint }: Domain, value: number): void {
  if (value >= from && value <= to) return;
  throw new VshiftError({ code: "invalid-value", field, problem: `${value} is not ${rule}`, hint });
}
