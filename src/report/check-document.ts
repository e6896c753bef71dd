import type { CheckReport } from "../experiment/check.ts";
import { checkLine, deviationOf, worstFirst } from "./check-order.ts";
import type { Document, TableColumn } from "./document.ts";
import { doubtful } from "./phrase.ts";
import { MOST_ROWS } from "./sweep-document.ts";
import { marked, noWorse, toned } from "./verdict-words.ts";

/** A check: the verdict on all, what a reader should know of it, and the cells, worst first. */
export function checkDocument(report: CheckReport): Document {
  const { cells, whole, notes } = report;
  const rows = worstFirst(cells).map((cell) => [deviationOf(cell), marked(cell.verdict), cell.name, cell.detail]);
  return {
    conclusion: toned(whole, checkLine(report)),
    blocks: [
      { kind: "items", items: notes.map((note) => ({ text: doubtful(note) })) },
      { kind: "table", columns: COLUMNS, rows, shown: MOST_ROWS, rest: noWorse },
    ],
    data: { kind: "values", json: report, lines: cells, rows: () => cells.map((cell) => ({ ...cell })) },
  };
}

const COLUMNS: readonly TableColumn[] = [
  { name: "deviation" },
  { name: "verdict", align: "left" },
  { name: "cell", align: "left", ifNarrow: "wraps" },
  { name: "detail", align: "left", ifNarrow: "below" },
];
