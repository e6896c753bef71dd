import { VshiftError } from "../errors.ts";
import { quoted } from "../scenario/typed.ts";

/** More threads than any machine that this was tried on has cores. */
const MOST_THREADS = 256;

/** The number of threads, if it is one; `field` is what an error calls it. */
export function checkedThreads(threads: number | string, field = "threads"): number {
  const count = typeof threads === "string" && !/^\d+$/.test(threads) ? Number.NaN : Number(threads);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_THREADS) return count;
  throw new VshiftError({
    code: "invalid-value",
    field,
    problem: `${quoted(String(threads))} is not a whole number from 1 to ${MOST_THREADS}`,
    hint: "try 2",
  });
}
