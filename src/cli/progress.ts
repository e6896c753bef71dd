import type { SingleBar } from "cli-progress";
import { fewestBatches } from "../experiment/error-floors.ts";
import { estimate, intervalFactor } from "../experiment/estimate.ts";
import type { Progress } from "../experiment/measure.ts";
import { likelyBatches } from "../experiment/plan/forecast.ts";
import type { Plan } from "../experiment/plan/plan.ts";
import { grouped, percent } from "../report/numbers.ts";
import { USUAL_WIDTH } from "../report/terminal.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type Advance, progressLine, rateInWords } from "./progress-line.ts";
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

/**
 * Percentage, expected time left, samples a second, the half width so far, and the samples; of passes through a network their rate.
 */
export function startProgress(scenario: Scenario, plan: Plan, setting: ProgressSetting): ProgressBar<Progress> {
  const fewest = fewestBatches(plan.floors);
  const { batchSize, confidence } = scenario;
  return startBar(setting, (progress, elapsedMs) => {
    if (progress.kind === "passes") {
      const { done, total } = progress;
      return { done, total, elapsedMs, words: [rateInWords(done, elapsedMs, "mini-batches")] };
    }
    const { sums, target } = progress;
    const estimated = sums.n < fewest ? undefined : estimate(sums);
    const factor = estimated === undefined ? undefined : intervalFactor(estimated, 1 - confidence);
    const total = likelyBatches(scenario, plan, { batches: sums.n, target, estimate: estimated });
    const samples = sums.n * batchSize;
    const isCertain = scenario.samples !== null;
    return {
      done: sums.n,
      total,
      elapsedMs,
      words: [
        rateInWords(samples, elapsedMs, "samples"),
        ...(factor === undefined ? [] : [`Δ ±${percent(factor - 1)}`]),
        `${grouped(samples)} of ${isCertain ? "" : "about "}${grouped(total * batchSize)} samples`,
      ],
    };
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

/** Percentage, time left, scenarios, scenarios a minute, and the worst deviation. `start` is what an earlier run had done. */
export function startSweepProgress(start: SweepProgress, setting: ProgressSetting): ProgressBar<SweepProgress> {
  return startBar(setting, ({ cells, totalCells, work, totalWork, worst }, elapsedMs) => ({
    done: work,
    before: start.work,
    total: totalWork,
    elapsedMs,
    words: [
      `${grouped(cells)} of ${grouped(totalCells)} scenarios`,
      rateInWords(cells - start.cells, elapsedMs),
      `worst deviation ${percent(worst)}`,
    ],
  }));
}

/** Percentage and time left, of a share that is done. */
export function startShareProgress(setting: ProgressSetting): ProgressBar<number> {
  return startBar(setting, (done, elapsedMs) => ({ done, total: 1, elapsedMs, words: [] }));
}

/** A bar on a terminal's stderr for runs that last over a second. Elsewhere nothing at all. */
function startBar<State>(
  { stderr, isQuiet }: ProgressSetting,
  advanceOf: (state: State, elapsedMs: number) => Advance,
): ProgressBar<State> {
  // The clock alone costs a millisecond to load.
  if (isQuiet || stderr.isTTY !== true) return { report() {}, end() {} };
  const started = performance.now();
  let bar: SingleBar | undefined;
  let isLoading = false;
  let hasEnded = false;
  let drawn = started;
  let line = "";

  async function show(): Promise<void> {
    isLoading = true;
    const { SingleBar } = await import("cli-progress");
    if (hasEnded) return;
    bar = new SingleBar({ format: () => line, stream: nodeStream(2), clearOnComplete: true });
    bar.start(1, 0);
  }

  return {
    report(state) {
      const now = performance.now();
      if (now - started < PATIENCE_MS || now - drawn < REDRAW_MS) return;
      drawn = now;
      line = progressLine(advanceOf(state, now - started), stderr.columns ?? USUAL_WIDTH);
      if (bar === undefined && !isLoading) void show();
      bar?.update(0);
    },
    end() {
      hasEnded = true;
      bar?.stop();
    },
  };
}
