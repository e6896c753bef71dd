import type { CheckedCell, CheckedMeasurement, CheckedTheory } from "../experiment/check.ts";
import { counted, percent, readable } from "./numbers.ts";
import { ratioInWords } from "./ratio.ts";

/** All that is said of a cell: its numbers, its diagnosis, its notes, a line each. */
export function cellLines(cell: CheckedCell): readonly string[] {
  return [cell.detail, ...diagnosisLines(cell), ...cell.notes];
}

/** The same without the ratios, for the row of a table that has them. */
export function rowLines(cell: CheckedCell): readonly string[] {
  const [, ...others] = cellLines(cell);
  return [cell.measured === null ? cell.detail : variancesInWords(cell, cell.measured), ...others];
}

/** The same as names with their values; a value without a name continues the one before it. */
export function cellFacts(cell: CheckedCell): readonly (readonly [name: string, value: string])[] {
  const { measured, baseline, theory, tolerance, detail, diagnosis } = cell;
  const notes = measured === null ? [detail, ...cell.notes] : cell.notes;
  return [
    ...(measured === null ? [] : [["measured", phases(measured) + rowsInWords(measured)] as const]),
    ...(baseline === null ? [] : [["baseline", phases(baseline) + rowsInWords(baseline)] as const]),
    ["theory", phases(theory)],
    ["deviation", `${deviationOf(cell)}, tolerance ${percent(tolerance)}`],
    ...diagnosis.map(({ sentence }, index) => [index === 0 ? "diagnosis" : "or", sentence] as const),
    ...notes.map((note, index) => [index === 0 ? "note" : "", note] as const),
  ];
}

/** "Δ = 0.6989 ± 0.0051 (theory 0.3), Var_train 1.4297 (theory 3.3333), Var_test 0.99919 (theory 1), from 64 mini-batches". */
export function numbersInWords(cell: Compared, measured: CheckedMeasurement): string {
  const { name, shift } = referenceOf(cell);
  return `Δ = ${ratioInWords(measured)} (${name} ${shift}), ${variancesInWords(cell, measured)}`;
}

/** What a cell is compared with, by name, and its ratio. */
export function referenceOf({ theory, baseline }: Compared): { readonly name: string; readonly shift: string } {
  return baseline === null
    ? { name: "theory", shift: theory.shift === null ? "–" : readable(theory.shift, 6) }
    : { name: "baseline", shift: ratioInWords(baseline) };
}

/** A deviation with its sign, or a dash where there is nothing to compare. */
export function deviationOf({ deviation }: Pick<CheckedCell, "deviation">): string {
  if (deviation === null) return "–";
  // Rounding in a formula does not count as a deviation.
  const shown = Math.abs(deviation) < 1e-12 ? 0 : deviation;
  return `${shown > 0 ? "+" : ""}${percent(shown)}`;
}

type Compared = Pick<CheckedCell, "theory" | "baseline">;

/** What these variances cannot distinguish are alternatives. */
function diagnosisLines({ diagnosis }: CheckedCell): readonly string[] {
  return diagnosis.map(({ sentence }, index) => (index === 0 ? sentence : `or ${sentence}`));
}

function variancesInWords({ theory, baseline }: Compared, measured: CheckedMeasurement): string {
  const name = baseline === null ? "theory" : "baseline";
  const { trainVariance, testVariance } = baseline ?? theory;
  const beside = (wanted: number | null) => (wanted === null ? "" : ` (${name} ${readable(wanted)})`);
  const train = `Var_train ${readable(measured.trainVariance)}${beside(trainVariance)}`;
  return `${train}, Var_test ${readable(measured.testVariance)}${beside(testVariance)}${rowsInWords(measured)}`;
}

function phases(values: CheckedTheory | CheckedMeasurement): string {
  const ratio = "interval" in values ? ratioInWords(values) : values.shift === null ? "–" : readable(values.shift, 6);
  const { trainVariance, testVariance } = values;
  if (trainVariance === null || testVariance === null) return `Δ = ${ratio}`;
  return `Δ = ${ratio}, Var_train ${readable(trainVariance)}, Var_test ${readable(testVariance)}`;
}

function rowsInWords({ batches, rows }: CheckedMeasurement): string {
  if (batches === null) return "";
  return `, from ${rows === "channels" ? counted(batches, "channel") : counted(batches, "mini-batch", "mini-batches")}`;
}
