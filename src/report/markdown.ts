import type { ShiftRecord } from "../experiment/record.ts";
import { describeScenario } from "./describe.ts";
import { percent, readable } from "./numbers.ts";
import { measuredRatio } from "./ratio.ts";
import type { RecordStream } from "./record-stream.ts";

/** Records as a Markdown table for reading, line by line: the header, then a row each. */
export async function* markdownOfRecords(records: RecordStream): AsyncGenerator<string> {
  yield markdownHeader(["scenario", "Δ theory", "Δ measured", "deviation", "verdict"]);
  for await (const record of records) yield markdownRow(cellsOf(record));
}

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownHeader(header) + rows.map(markdownRow).join("");
}

function cellsOf({ scenario, position, theory, measured, agreement }: ShiftRecord): string[] {
  return [
    position === null ? describeScenario(scenario) : `${describeScenario(scenario)}: ${position.name}`,
    theory === null ? "–" : readable(theory.shift, 6),
    measuredRatio(measured),
    agreement.deviation === null ? "–" : percent(agreement.deviation),
    agreement.verdict,
  ];
}

function markdownHeader(names: readonly string[]): string {
  return markdownRow(names) + markdownRow(names.map(() => "---"));
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
}

/** Text as Markdown that shows it, on one line that begins with it: nothing in it is a mark-up of its own. */
export function markdownText(text: string): string {
  return markdownLine(markdownInline(text));
}

/** The same within a line. Pipes are the table's to escape. */
export function markdownInline(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ").replace(/[\\`*_[\]<>&#~!$@]/g, "\\$&");
}

/** A line of Markdown that does not begin a list or a rule; `inline` is Markdown within a line. */
export function markdownLine(inline: string): string {
  return inline.trim().replace(/^[-+=](?= |$)|^[-=]{2}|(?<=^\d+)[.)]/, "\\$&");
}
