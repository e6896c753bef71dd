import type { CheckReport } from "../experiment/check.ts";
import { printable } from "../printable.ts";
import { checkLine, deviationOf, worstFirst } from "./check-order.ts";
import type { Painter } from "./painter.ts";
import { MOST_ROWS } from "./sweep-table.ts";
import { textTable } from "./table.ts";
import { marked, noWorse, painted } from "./verdict-words.ts";

/** A check for the terminal: the worst cells, the notes, and as the last line the verdict on all. */
export function checkTable(report: CheckReport, paint: Painter): string {
  const { cells, whole, notes } = report;
  const rows = worstFirst(cells)
    .slice(0, MOST_ROWS)
    .map((cell) => [
      deviationOf(cell),
      painted(cell.verdict, paint)(marked(cell.verdict)),
      printable(cell.name),
      paint.faint(printable(cell.detail)),
    ]);
  const header = ["deviation", "verdict", "cell", ""].map((name) => paint.faint(name));
  const more = cells.length - rows.length;
  return [
    cells.length === 0 ? "" : textTable(header, rows, 3),
    more > 0 ? `  ${paint.faint(noWorse(more))}\n` : "",
    cells.length === 0 ? "" : "\n",
    ...notes.map((note) => `  ${paint.doubtful(printable(note))}\n`),
    notes.length === 0 ? "" : "\n",
    `  ${painted(whole, paint)(checkLine(report))}\n`,
  ].join("");
}
