import type { SingleBar } from "cli-progress";
import { fewestBatches } from "../experiment/error-floors.ts";
import { estimate, intervalFactor } from "../experiment/estimate.ts";
import type { Progress } from "../experiment/simulate.ts";
import { grouped, percent } from "../report/numbers.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { nodeStream } from "./standard-stream.ts";
import type { OutputStream } from "./streams.ts";

/** Runs shorter than this show no bar. */
const PATIENCE_MS = 1000;
const REDRAW_MS = 100;

export interface ProgressSetting {
  readonly stderr: OutputStream;
  readonly isQuiet: boolean;
}

export interface ProgressBar<State> {
  report(state: State): void;
  end(): void;
}

/** What a bar shows. */
interface Shown {
  readonly done: number;
  readonly total: number;
  /** Values of the words in its format, by name. */
  readonly words: Readonly<Record<string, string>>;
}

/** Samples drawn of those before the next look, samples a second, time left until that look, and the half width so far. */
export function startProgress(scenario: Scenario, setting: ProgressSetting): ProgressBar<Progress> {
  const fewest = fewestBatches(scenario);
  const format = "{bar} {drawn} samples, {rate}/s, {eta_formatted} to the next look, Δ ±{halfWidth}";
  return startBar(setting, format, ({ sums, target }, elapsedMs) => {
    const samples = sums.n * scenario.batchSize;
    const estimated = sums.n < fewest ? undefined : estimate(sums);
    const factor = estimated === undefined ? undefined : intervalFactor(estimated, 1 - scenario.confidence);
    const rate = grouped(Math.round((1000 * samples) / elapsedMs));
    const halfWidth = factor === undefined ? "?" : percent(factor - 1);
    return { done: sums.n, total: target, words: { drawn: grouped(samples), rate, halfWidth } };
  });
}

/** How far a sweep has come. */
export interface SweepProgress {
  readonly cells: number;
  readonly totalCells: number;
  /** Work that was done and that there is, as it was forecast. */
  readonly work: number;
  readonly totalWork: number;
  /** The largest deviation from theory so far. */
  readonly worst: number;
}

/** Cells done, time left, and the worst deviation. */
export function startSweepProgress(setting: ProgressSetting): ProgressBar<SweepProgress> {
  const format = "{bar} {cells} of {totalCells} cells, {eta_formatted} left, worst deviation {worst}";
  return startBar(setting, format, ({ cells, totalCells, work, totalWork, worst }) => ({
    done: work,
    total: totalWork,
    words: { cells: grouped(cells), totalCells: grouped(totalCells), worst: percent(worst) },
  }));
}

/** How far stacks have come, in any unit. */
export interface StackProgress {
  readonly done: number;
  readonly total: number;
}

/** Time left. */
export function startStackProgress(setting: ProgressSetting): ProgressBar<StackProgress> {
  return startBar(setting, "{bar} {percentage} %, {eta_formatted} left", ({ done, total }) => ({
    done,
    total,
    words: {},
  }));
}

/** A bar on a terminal's stderr for runs that last over a second. Elsewhere nothing at all. */
function startBar<State>(
  { stderr, isQuiet }: ProgressSetting,
  format: string,
  shownOf: (state: State, elapsedMs: number) => Shown,
): ProgressBar<State> {
  // The clock alone costs a millisecond to load.
  if (isQuiet || stderr.isTTY !== true) return { report() {}, end() {} };
  const started = performance.now();
  let bar: SingleBar | undefined;
  let isLoading = false;
  let hasEnded = false;
  let drawn = started;

  async function show({ total, words }: Shown): Promise<void> {
    isLoading = true;
    const { SingleBar, Presets } = await import("cli-progress");
    if (hasEnded) return;
    bar = new SingleBar({ format, stream: nodeStream(2), clearOnComplete: true, barsize: 24 }, Presets.shades_classic);
    bar.start(total, 0, words);
  }

  return {
    report(state) {
      const now = performance.now();
      if (now - started < PATIENCE_MS || now - drawn < REDRAW_MS) return;
      drawn = now;
      const shown = shownOf(state, now - started);
      if (bar === undefined && !isLoading) void show(shown);
      bar?.setTotal(shown.total);
      bar?.update(shown.done, shown.words);
    },
    end() {
      hasEnded = true;
      bar?.stop();
    },
  };
}
