import { VshiftError } from "../../src/errors.ts";

/** The `VshiftError` that is thrown; anything else, and nothing, fails. */
export function errorOf(act: () => unknown): VshiftError {
  try {
    act();
  } catch (error) {
    if (error instanceof VshiftError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
