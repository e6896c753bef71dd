import { VshiftError } from "../errors.ts";
import type { Scenario } from "./scenario.ts";

/** Fields that contradict each other. */
export function conflict(field: keyof Scenario, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "conflicting-fields", field, problem, hint });
}

/** A value outside its domain. */
export function invalid(field: keyof Scenario, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem, hint });
}

/** Null is the same as nothing. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
