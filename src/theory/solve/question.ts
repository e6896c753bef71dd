import type { Noise } from "../../noises/noises.ts";
import { type Domain, requireWithin, SMALLEST_MAGNITUDE } from "../../numeric/domain.ts";
import type { Activation } from "../activation.ts";
import type { ShiftTheory } from "../shift.ts";
import type { Step } from "../step.ts";
import type { PlannedLayer } from "./planned-layer.ts";

export const UNKNOWNS = ["keep", "drop", "beta", "width", "alignment"] as const;
/** Which value is looked for, all others being known. */
export type Unknown = (typeof UNKNOWNS)[number];

/** A target Δ, and all else that is known. A value of the unknown itself is ignored. */
export interface Question {
  /** The target Δ, in (0, 1]. */
  readonly shift: number;
  readonly noise: Noise;
  readonly activation: Activation;
  readonly layer: PlannedLayer;
  readonly limits: Limits;
}

/** How far a value may go to reach the target Δ. */
export interface Limits {
  /** Smallest probability to keep, above 0. */
  readonly keep: number;
  /** Largest number of units. */
  readonly width: number;
}

/** The value, and the proof. */
export interface Solution {
  readonly unknown: Unknown;
  readonly value: number;
  /** Which of the values that give at least the target Δ this one is. */
  readonly extreme: "smallest" | "largest";
  /** Whether the value is the end of what is possible, so that Δ is above the target. */
  readonly isLimit: boolean;
  /** What theory says of that value. */
  readonly theory: ShiftTheory;
  /** From what is given to the value, and from the value to its Δ, which is the last step. */
  readonly steps: readonly Step[];
}

/** A `VshiftError` unless some setting has this Δ. */
export function requireShift(shift: number): void {
  requireWithin(SHIFT, shift);
}

/** Δ that some setting has. */
export const SHIFT: Domain = {
  field: "shift",
  from: SMALLEST_MAGNITUDE,
  to: 1,
  rule: "a variance shift, above 0 and at most 1",
  hint: "try 0.9, because noise only adds variance during training",
};
