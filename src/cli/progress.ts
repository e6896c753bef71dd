import type { SingleBar } from "cli-progress";
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
  readonly scenario: Scenario;
  readonly stderr: OutputStream;
  readonly isQuiet: boolean;
}

export interface ProgressBar {
  report(progress: Progress): void;
  end(): void;
}

/**
 * A bar on a terminal's stderr for runs that last over a second: samples drawn of those before the next look, samples a
 * second, time left until that look, and the interval's half width so far. Elsewhere nothing at all.
 */
export function startProgress({ scenario, stderr, isQuiet }: ProgressSetting): ProgressBar {
  // The clock alone costs a millisecond to load.
  if (isQuiet || stderr.isTTY !== true) return { report() {}, end() {} };
  const started = performance.now();
  let bar: SingleBar | undefined;
  let isLoading = false;
  let hasEnded = false;
  let drawn = started;

  async function show(target: number): Promise<void> {
    isLoading = true;
    const { SingleBar, Presets } = await import("cli-progress");
    if (hasEnded) return;
    const format = "{bar} {drawn} samples, {rate}/s, {eta_formatted} to the next look, Δ ±{halfWidth}";
    bar = new SingleBar({ format, stream: nodeStream(2), clearOnComplete: true, barsize: 24 }, Presets.shades_classic);
    bar.start(target, 0, { drawn: "0", rate: "0", halfWidth: "?" });
  }

  function draw({ sums, target }: Progress, now: number): void {
    const samples = sums.n * scenario.batchSize;
    const estimated = estimate(sums);
    const factor = estimated === undefined ? undefined : intervalFactor(estimated, 1 - scenario.confidence);
    bar?.setTotal(target);
    bar?.update(sums.n, {
      drawn: grouped(samples),
      rate: grouped(Math.round((1000 * samples) / (now - started))),
      halfWidth: factor === undefined ? "?" : percent(factor - 1),
    });
  }

  return {
    report(progress: Progress): void {
      const now = performance.now();
      if (now - started < PATIENCE_MS || now - drawn < REDRAW_MS) return;
      drawn = now;
      if (bar === undefined && !isLoading) void show(progress.target);
      draw(progress, now);
    },
    end(): void {
      hasEnded = true;
      bar?.stop();
    },
  };
}
