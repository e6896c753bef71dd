import type { ShiftRecord } from "../experiment/record.ts";
import { describeScenario } from "./describe.ts";
import { percent, readable } from "./numbers.ts";
import { measuredRatio } from "./ratio.ts";

/** Records as a Markdown table, a row each. */
export function recordsMarkdown(records: readonly ShiftRecord[]): string {
  const rows = records.map(({ scenario, theory, measured, agreement }) => [
    describeScenario(scenario),
    readable(theory.shift, 6),
    measuredRatio(measured),
    percent(agreement.deviation),
    agreement.verdict,
  ]);
  return markdownTable(["scenario", "Δ theory", "Δ measured", "deviation", "verdict"], rows);
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return line(header) + line(header.map(() => "---")) + rows.map(line).join("");
}
