import type { CheckReport } from "../experiment/check.ts";
import { wholeVerdict } from "../experiment/family.ts";
import { grouped, percent, readable, withHalfWidth } from "../report/numbers.ts";
import { excerpt } from "../tensor/file-error.ts";
import type { MeasuredCheck } from "./check.ts";

/**
 * A check for reading, a line each: theory, what was measured, the deviation, and the diagnosis where there is one to make.
 *
 *   theory     Δ = 0.3, Var_train 3.3333, Var_test 1
 *   measured   Δ = 0.6989 ± 0.0051, Var_train 1.4297, Var_test 0.99919, of 64 mini-batches
 *   deviation  133 %: disagrees with a tolerance of 0.5 %, at an error rate of 1e-6
 *   diagnosis  looks as if keep and drop were swapped: Δ would be 0.7, and 0.6989 ± 0.0051 was measured
 */
export function describeCheck(check: MeasuredCheck): string {
  const { measured, agreement } = check;
  const lines: [string, string][] = [
    ["theory", theoryText(check)],
    ["measured", measuredText(measured)],
    ["deviation", `${deviationText(agreement.deviation)}: ${verdictText(check)}`],
    ...errorNotes(check).map((line): [string, string] => ["error", line]),
    ...diagnosisLines(check).map((line): [string, string] => ["diagnosis", line]),
  ];
  return lines.map(([name, text]) => `${name.padEnd(NAME_WIDTH)}${text}`).join("\n");
}

/** A check as a report for pipelines: one cell of that name, the diagnosis its notes, which begin with the layer where it has one. */
export function reportOfMeasured(
  check: MeasuredCheck,
  { cell: name, layer }: { readonly cell: string; readonly layer?: string },
): CheckReport {
  const { verdict, deviation, alpha } = check.agreement;
  const detail = `measured ${measuredText(check.measured)}; theory ${theoryText(check)}: ${verdictText(check)}`;
  const notes = [...errorNotes(check), ...diagnosisLines(check)];
  return {
    cells: [{ name, verdict, deviation, detail }],
    whole: verdict,
    alpha,
    notes: layer === undefined ? notes : notes.map((note) => `${layer}: ${note}`),
  };
}

/** The reports of many layers as one. */
export function reportOfLayers(
  reports: readonly CheckReport[],
  { alpha, unmatched }: { readonly alpha: number; readonly unmatched: readonly string[] },
): CheckReport {
  const left =
    unmatched.length === 0 ? [] : [`left out, with a variance in one phase alone: ${excerpt(unmatched.join(", "))}`];
  return {
    cells: reports.flatMap(({ cells }) => cells),
    whole: wholeVerdict(reports.map(({ whole }) => whole)),
    alpha,
    notes: [...reports.flatMap(({ notes }) => notes), ...left],
  };
}

/** What the lines of a description start with, and two spaces. */
const NAME_WIDTH = "deviation".length + 2;

function theoryText({ theory, agreement }: MeasuredCheck): string {
  const ratio = `Δ = ${readable(theory.shift)}`;
  if (agreement.variances === "unknown") return ratio;
  return `${ratio}, Var_train ${readable(theory.trainVariance)}, Var_test ${readable(theory.testVariance)}`;
}

function measuredText(measured: MeasuredCheck["measured"]): string {
  const { trainVariance, testVariance, shift, interval, batches, rows } = measured;
  const ratio = interval === null ? readable(shift, 4) : withHalfWidth(shift, (interval[1] - interval[0]) / 2);
  const variances = `Var_train ${readable(trainVariance)}, Var_test ${readable(testVariance)}`;
  const count = batches === null ? "" : `, of ${batches} ${rows}`;
  return `Δ = ${ratio}, ${variances}${count}`;
}

/** Below this many rows a moving average passes for independent rows more often than once in a hundred (docs/DIAGNOSIS.md). */
const ENOUGH_TO_SEE = 30;

/** What a reader should know of the error: that there is none, why, and how rows depend on each other. */
function errorNotes({ measured, agreement: { alpha } }: MeasuredCheck): string[] {
  const { standardError, interval, rowsNeeded, batches, rows, effectiveRows, dependence } = measured;
  const notes: string[] = [];
  if (dependence === "running-averages") {
    notes.push(
      "rows are running averages of all mini-batches so far: the single mini-batches were recovered, and are compared instead",
    );
  }
  if (dependence === "correlated" && effectiveRows !== null) {
    const worth = Math.max(1, Math.round(effectiveRows));
    const found = `each row resembles the one before (independent rows do so in 1 of 150 checks), as in a moving average or a drift: ${batches} rows are worth about ${worth}`;
    notes.push(`${found}; log the variance of each mini-batch by itself`);
  }
  if (standardError === null) {
    notes.push("one pair of variances has no error estimate: Δ itself is compared with the tolerance");
  } else if (interval === null) {
    const needed = rowsNeeded === null ? "" : `; about ${grouped(rowsNeeded)} are needed`;
    const what = batches === null ? "the standard error is too large" : `${grouped(batches)} rows are too few`;
    notes.push(`${what} for an interval at an error rate of ${readable(alpha)}${needed}`);
  } else if (rows === "mini-batches" && batches !== null && batches < ENOUGH_TO_SEE && dependence === "independent") {
    notes.push(
      `${batches} rows are too few to see whether they depend on each other, as logged running averages do: they count as independent mini-batches`,
    );
  }
  return notes;
}

function deviationText(deviation: number): string {
  // Rounding in the formula does not count as a deviation.
  const shown = Math.abs(deviation) < 1e-12 ? 0 : deviation;
  return `${shown > 0 ? "+" : ""}${percent(shown, 3)}`;
}

function verdictText({ agreement: { verdict, tolerance, alpha }, measured: { rows } }: MeasuredCheck): string {
  const terms = `a tolerance of ${percent(tolerance)}, at an error rate of ${readable(alpha)}`;
  switch (verdict) {
    case "agrees":
      return `agrees within ${terms}`;
    case "disagrees":
      return `disagrees with ${terms}`;
    case "inconclusive":
      return `inconclusive at ${terms}; run more mini-batches${rows === "channels" ? " for each channel" : ""}, or widen the tolerance`;
  }
}

function diagnosisLines({ agreement, diagnosis }: MeasuredCheck): readonly string[] {
  const sentences = diagnosis.map(({ sentence }) => sentence);
  if (sentences.length > 1) {
    const isOfRatio = diagnosis.every(({ variances }) => variances === "differ");
    const what = isOfRatio ? "explanations of the ratio alone" : "explanations that these variances cannot tell apart";
    return [`${sentences.length} ${what}:`, ...sentences];
  }
  if (sentences.length === 1) return sentences;
  if (agreement.verdict === "disagrees")
    return ["no known mistake and no single input of the scenario explains this ratio"];
  if (agreement.verdict !== "agrees" || agreement.variances !== "differ") return [];
  return ["the ratio agrees, but the variances differ from theory, and no single input explains them"];
}
