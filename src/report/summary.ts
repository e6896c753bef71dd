import type { ShiftRecord } from "../experiment/record.ts";
import { exp } from "../numeric/exp.ts";
import { ln } from "../numeric/ln.ts";
import { printable } from "../printable.ts";
import { weightOfNew } from "../scenario/presets.ts";
import { describeInput, describeLayer, describeNoise } from "./describe.ts";
import { grouped, percent, readable } from "./numbers.ts";
import type { Painter } from "./painter.ts";
import { forAnInterval, halfWidthOf, measuredRatio, whyNoInterval } from "./ratio.ts";

/** One record for the eye: the ratio measured and in theory, the verdict, then what it is made of. */
export function summary(record: ShiftRecord, paint: Painter): string {
  const { scenario, theory, measured } = record;
  const ratio = measured.interval === null ? readable(measured.shift, 4) : measuredRatio(measured);
  const expected = readable(theory.shift, 6).padEnd(ratio.length);
  const rows: readonly (readonly [string, string])[] = [
    ["measured", `${paint.strong(ratio)}   ${paint.faint(intervalName(record))}`],
    ["theory", `${paint.strong(expected)}   ${verdictLine(record, paint)}`],
    ["", ""],
    ["variance", `${inBoth(measured.trainVariance, theory.trainVariance)} in training`],
    ["", `${inBoth(measured.testVariance, theory.testVariance)} in test`],
    ["statistics", runningStatistics(record)],
    ["BN outputs", outputStatistics(record)],
    ["", ""],
    ["input", describeInput(scenario)],
    ["noise", describeNoise(scenario)],
    ["layer", describeLayer(scenario)],
    ["drawn", drawn(record)],
  ];
  const lines = rows
    .filter(([label, text]) => label === "" || text !== "")
    .map(([label, text]) => (text === "" ? "" : `  ${paint.faint(label.padEnd(12))} ${text}`));
  return `${["  Δ = Var_test / Var_train at Batch Normalization", ...lines].join("\n")}\n`;
}

function intervalName(record: ShiftRecord): string {
  const { measured } = record;
  const halfWidth = halfWidthOf(measured);
  if (halfWidth === null) return whyNoInterval(record);
  return halfWidth === 0 ? "both phases are the same" : `${readable(measured.confidence * 100)} % interval`;
}

function inBoth(measured: number, theory: number): string {
  return `${readable(measured)} (theory ${readable(theory)})`;
}

function runningStatistics(record: ShiftRecord): string {
  const { runningMean, runningVariance } = record.measured;
  return `running mean ${readable(runningMean, 3)}, running variance ${readable(runningVariance, 4)}${stillInitial(record)}`;
}

function outputStatistics({ measured: { outputMean, outputVariance } }: ShiftRecord): string {
  if (outputMean === null || outputVariance === null) return "";
  return `mean ${readable(outputMean, 3)}, variance ${readable(outputVariance, 4)} in test, where training gave 0 and 1`;
}

function drawn({ scenario, measured }: ShiftRecord): string {
  const batches = `${grouped(measured.batches)} mini-batches of ${scenario.batchSize}`;
  const masks = scenario.maskCount > 1 ? `, each with ${scenario.maskCount} balanced masks` : "";
  return `${grouped(measured.samples)} samples in ${batches}${masks}, seed ${printable(JSON.stringify(scenario.seed))}`;
}

/** The verdict with its reason: "✓ agrees within 0.5 %". */
function verdictLine(record: ShiftRecord, paint: Painter): string {
  const { agreement, measured } = record;
  const { deviation, tolerance, verdict } = agreement;
  const band = percent(tolerance);
  switch (verdict) {
    case "agrees":
      return paint.good(`✓ agrees within ${band}`);
    case "disagrees":
      return paint.bad(`✗ disagrees: off by ${percent(deviation)}, tolerance ${band}`);
    case "inconclusive": {
      const width = halfWidthOf(measured);
      if (width === null) return paint.doubtful(`? inconclusive; ${forAnInterval(record)}`);
      const halfWidth = width / measured.shift;
      if (halfWidth < tolerance / 2) return paint.doubtful("? inconclusive: too few draws to judge by; draw more");
      return paint.doubtful(
        `? inconclusive: ±${percent(halfWidth)} after ${grouped(measured.samples)} samples, tolerance ${band}; draw more`,
      );
    }
  }
}

/** Share of the running variance that may be its initial value without a word. */
const INITIAL_SHARE = 0.01;

/**
 * A running variance starts at 1, and r = kept^n of that is left after n mini-batches: V = r + (1 − r)·s with batch variances s
 * on average. Says which share r/V of the value that is where it is more than a hundredth, and from which n on it is not.
 */
function stillInitial({ scenario, measured: { batches, runningVariance } }: ShiftRecord): string {
  const kept = 1 - weightOfNew(scenario);
  const left = kept > 0 ? exp(batches * ln(kept)) : 0;
  if (!(left > INITIAL_SHARE * runningVariance)) return "";
  const share = `${percent(left / runningVariance)} of it is still the initial 1`;
  const batchVariance = left < 1 ? (runningVariance - left) / (1 - left) : 0;
  // r/V = INITIAL_SHARE, solved for r.
  const enough = (INITIAL_SHARE * batchVariance) / (1 - INITIAL_SHARE + INITIAL_SHARE * batchVariance);
  if (!(enough > 0)) return ` (${share})`;
  return ` (${share}; ${grouped(Math.floor(ln(enough) / ln(kept)) + 1)} mini-batches bring that under 1 %)`;
}
