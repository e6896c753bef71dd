import { createExecutor } from "../executor/executor.ts";
import { type Histogram, type HistogramOptions, histogramOf, MOST_BINS } from "../experiment/histogram.ts";
import { type SoFar, watch as watchWith } from "../experiment/watch.ts";
import { kernelsInTurn } from "../kernel/fastest.ts";
import { listOf, numberFrom, optional, optionsOf } from "../scenario/arguments.ts";
import { ARRAYS, scenarioWithArrays } from "../scenario/array-input.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import { RUN_OPTIONS, type SimulateOptions } from "./simulate.ts";

const OPTIONS = optionsOf<SimulateOptions>({ arrays: optional(ARRAYS), ...RUN_OPTIONS });

/**
 * Measures a scenario as `simulate` and `stack` do, and yields the records so far after a block of mini-batches, the result last: for
 * progress bars, figures that move, and stopping rules of one's own.
 *
 * input    fields of the scenario; those left out take their defaults
 * signal   aborts the run; what was measured until then is the result
 * arrays   the numbers that `activation` and `weights` name, as in { "file:x": { shape: [1000, 64], values } }
 * threads  how many compute, this one included; more than one start only where the work pays for them
 *
 * A reader that takes its time misses what lies between; one that leaves the loop ends the measurement. Throws a `VshiftError`
 * for bad input at the call. What is known so far follows from fewer mini-batches: its intervals hold for a number of these that was fixed
 * before, and not for a moment that was chosen by looking at them.
 */
export function watch(input: ScenarioInput = {}, options: SimulateOptions = {}): AsyncGenerator<SoFar, void, void> {
  const { arrays: named, signal, threads = 1 } = OPTIONS(options);
  const { scenario, arrays } = scenarioWithArrays(input, named);
  return watched();

  async function* watched(): AsyncGenerator<SoFar, void, void> {
    const executor = createExecutor({ threads });
    try {
      yield* watchWith(scenario, { executor, arrays, signal });
    } finally {
      executor.close();
    }
  }
}

/** A histogram's options with the numbers of files. */
export interface HistogramSetting extends HistogramOptions, Pick<SimulateOptions, "arrays"> {}

const number = (words: string, from: number, to: number, isWhole = true) =>
  optional(numberFrom({ from, to, isWhole }, { is: words, hint: `use ${Number.isFinite(from) ? from : 0}` }));

const HISTOGRAM = optionsOf<HistogramSetting>({
  position: number("a whole number from 1", 1, Number.POSITIVE_INFINITY),
  channel: number("a whole number from 0", 0, Number.POSITIVE_INFINITY),
  bins: number(`a whole number from 1 to ${MOST_BINS}`, 1, MOST_BINS),
  batches: number("a whole number from 1", 1, Number.POSITIVE_INFINITY),
  range: optional(
    listOf(number("a number", Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false), {
      is: "two numbers",
      hint: "give the lower end first, as in [-3, 3]",
    }),
  ),
  arrays: optional(ARRAYS),
});

/**
 * What Batch Normalization receives during training and at test time: a histogram of the values of one channel at one position, in both
 * phases, with the running statistics that training left. Its counts are of draws like those of `simulate`, a network's mini-batches
 * from the first one on; the same input gives the same counts everywhere.
 *
 * Takes two passes of `batches` mini-batches, and 12 bytes a value. Throws a `VshiftError` for bad input.
 */
export function histogram(input: ScenarioInput = {}, options: HistogramSetting = {}): Histogram {
  const { arrays: named, ...asked } = HISTOGRAM(options);
  const { scenario, arrays } = scenarioWithArrays(input, named);
  return histogramOf(kernelsInTurn(), scenario, asked, arrays);
}
