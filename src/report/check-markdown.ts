import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import { checkLine, deviationOf, worstFirst } from "./check-order.ts";
import { markdownTable, markdownText } from "./markdown.ts";
import { grouped } from "./numbers.ts";
import { MOST_ROWS } from "./sweep-table.ts";
import { marked, noWorse } from "./verdict-words.ts";

/**
 * A check as Markdown, for the summary of a job: the verdict as the heading, the notes, the worst cells, and further ones
 * folded away.
 */
export function checkMarkdown(report: CheckReport): string {
  const cells = worstFirst(report.cells);
  const folded = cells.slice(MOST_ROWS, MOST_CELLS);
  const more = cells.length - MOST_CELLS;
  return [
    `## ${markdownText(checkLine(report))}\n`,
    report.notes.map((note) => `- ${markdownText(note)}\n`).join(""),
    cells.length === 0 ? "" : tableOf(cells.slice(0, MOST_ROWS)),
    folded.length === 0
      ? ""
      : `<details><summary>${furtherCells(folded)}</summary>\n\n${tableOf(folded)}\n</details>\n`,
    more > 0 ? `${noWorse(more)}\n` : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** GitHub refuses the summary of a step beyond 1 MiB; so many cells, of 300 bytes or so each, are well below. */
const MOST_CELLS = 1000;

function tableOf(cells: readonly CheckedCell[]): string {
  const rows = cells.map((cell) => [
    marked(cell.verdict),
    deviationOf(cell),
    markdownText(cell.name),
    markdownText(cell.detail),
  ]);
  return markdownTable(["verdict", "deviation", "cell", "detail"], rows);
}

function furtherCells(cells: readonly CheckedCell[]): string {
  return cells.length === 1 ? "1 further cell" : `${grouped(cells.length)} further cells`;
}
