import type { Scenario } from "../scenario/scenario.ts";
import { type MeasureOptions, measure, type Progress, type Records } from "./measure.ts";

/** A measurement on its way. */
export interface SoFar {
  /**
   * What the result would be if this were the end; undefined before anything varied, and of networks that take a pass for each phase
   * until the end.
   */
  readonly records: Records | undefined;
  /** Mini-batches that were measured, or passes of them through a network that takes several. */
  readonly done: number;
  /** The same until the result is looked at next; it grows where more turn out to be needed. */
  readonly total: number;
  /** Whether this is the result. */
  readonly isFinal: boolean;
}

/**
 * Measures a scenario and yields what is known so far, the result last. A reader that takes its time misses what lies between, and
 * slows nothing down; one that leaves ends the measurement.
 */
export async function* watch(
  scenario: Scenario,
  { signal, ...options }: Omit<MeasureOptions, "onProgress">,
): AsyncGenerator<SoFar, void, void> {
  const left = new AbortController();
  const leave = () => left.abort(signal?.reason);
  if (signal?.aborted === true) leave();
  signal?.addEventListener("abort", leave);
  let wake: ((soFar: SoFar) => void) | undefined;
  let latest: Progress | undefined;
  const finished = measure(scenario, {
    ...options,
    signal: left.signal,
    onProgress(progress) {
      latest = progress;
      // What nobody waits for is not worked out.
      const tell = wake;
      wake = undefined;
      tell?.(soFarOf(progress));
    },
  });
  try {
    for (;;) {
      const next = new Promise<SoFar>((resolve) => {
        wake = resolve;
      });
      const seen = await Promise.race([next, finished]);
      if (isRecords(seen)) {
        const counts = latest === undefined ? { done: 0, total: 0 } : countsOf(latest);
        yield { records: seen, ...counts, isFinal: true };
        return;
      }
      yield seen;
    }
  } finally {
    signal?.removeEventListener("abort", leave);
    left.abort();
    // Where the reader left, its end is nobody's error.
    await finished.catch(() => {});
  }
}

function isRecords(seen: SoFar | Records): seen is Records {
  return Array.isArray(seen);
}

function soFarOf(progress: Progress): SoFar {
  const records = progress.kind === "passes" ? undefined : progress.records();
  return { records, ...countsOf(progress), isFinal: false };
}

function countsOf(progress: Progress): Pick<SoFar, "done" | "total"> {
  if (progress.kind === "passes") return { done: progress.done, total: progress.total };
  return { done: progress.sums.n, total: progress.target };
}
