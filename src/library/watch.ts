import { createExecutor } from "../executor/executor.ts";
import { checkedThreads } from "../executor/thread-count.ts";
import { type Histogram, type HistogramOptions, histogramOf } from "../experiment/histogram.ts";
import { type SoFar, watch as watchWith } from "../experiment/watch.ts";
import { kernelsInTurn } from "../kernel/fastest.ts";
import { scenarioWithArrays } from "../scenario/array-input.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import type { SimulateOptions } from "./simulate.ts";

/**
 * Measures a scenario as `simulate` and `stack` do, and yields the records so far after a block of mini-batches, the result last: for
 * progress bars, figures that move, and stopping rules of one's own.
 *
 * A reader that takes its time misses what lies between; one that leaves the loop ends the measurement. Throws a `VshiftError`
 * for bad input when the first value is asked for.
 */
export async function* watch(
  input: ScenarioInput = {},
  { arrays: named, signal, threads = 1 }: SimulateOptions = {},
): AsyncGenerator<SoFar, void, void> {
  const executor = createExecutor({ threads: checkedThreads(threads) });
  try {
    const { scenario, arrays } = scenarioWithArrays(input, named);
    yield* watchWith(scenario, { executor, arrays, signal });
  } finally {
    executor.close();
  }
}

/**
 * What Batch Normalization receives during training and at test time: a histogram of the values of one channel at one position, in both
 * phases, with the running statistics that training left. Its counts are of draws like those of `simulate`, a network's mini-batches
 * from the first one on; the same input gives the same counts everywhere.
 *
 * Takes two passes of `batches` mini-batches, and 8 bytes a value. Throws a `VshiftError` for bad input.
 */
export function histogram(
  input: ScenarioInput = {},
  { arrays: named, ...options }: HistogramOptions & Pick<SimulateOptions, "arrays"> = {},
): Histogram {
  const { scenario, arrays } = scenarioWithArrays(input, named);
  return histogramOf(kernelsInTurn(), scenario, options, arrays);
}
