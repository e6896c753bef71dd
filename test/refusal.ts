import { VshiftError } from "../src/errors.ts";

/** The error that some work ends in. */
export function refusalOf(work: () => unknown): VshiftError {
  try {
    work();
  } catch (error) {
    if (error instanceof VshiftError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

/** The same of work that takes its time. */
export async function refusal(work: () => unknown): Promise<VshiftError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof VshiftError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
