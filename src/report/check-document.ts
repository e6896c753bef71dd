import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import { cellFacts, deviationOf, referenceOf, rowLines } from "./cell-words.ts";
import { checkLine, nounOf, worstFirst } from "./check-order.ts";
import { checkLines, checkRecord, checkRow } from "./check-record.ts";
import type { Block, Document, Facts, Table, TableColumn, Words } from "./document.ts";
import { doubtful } from "./phrase.ts";
import { ratioInWords } from "./ratio.ts";
import { MOST_ROWS } from "./sweep-document.ts";
import { marked, noWorse, toned } from "./verdict-words.ts";

/** A check: its verdict, what a reader should know of it as a whole, and its cells, worst first. */
export function checkDocument(report: CheckReport): Document {
  return {
    ...wordsOf(report, { cells: report.cells, most: MOST_ROWS }),
    data: {
      kind: "values",
      json: checkRecord(report),
      lines: checkLines(report),
      rows: () => report.cells.map(checkRow),
    },
  };
}

/** The same in short: only the cells that do not agree, in their ratio or in their variances. */
export function checkSummary(report: CheckReport): Words {
  return wordsOf(report, { cells: report.cells.filter(isNotable), most: MOST_SUMMARISED });
}

/** Each takes some lines, and the verdict is to stay in sight. */
const MOST_SUMMARISED = 10;

/** The cells that are shown, and how many rows of them. */
interface Shown {
  readonly cells: readonly CheckedCell[];
  readonly most: number;
}

function wordsOf(report: CheckReport, { cells, most }: Shown): Words {
  const common = cells.length === 0 ? [] : commonNotes(report);
  const notes = [...report.notes, ...common.map((note) => `each ${nounOf(report)}: ${note}`)];
  const others = cells.map((cell) => ({ ...cell, notes: cell.notes.filter((note) => !common.includes(note)) }));
  return {
    conclusion: toned(report.whole, checkLine(report)),
    blocks: [
      { kind: "items", items: notes.map((note) => ({ text: doubtful(note) })) },
      ...cellBlocks(report, { cells: others, most }),
    ],
  };
}

function isNotable({ verdict, variances }: CheckedCell): boolean {
  return verdict !== "agrees" || variances === "differ";
}

/** Notes that every one of many cells has; they are shown once. */
function commonNotes({ cells: [first, ...others] }: CheckReport): readonly string[] {
  if (first === undefined || others.length === 0) return [];
  return first.notes.filter((note) => others.every(({ notes }) => notes.includes(note)));
}

/** One cell as facts in a terminal; many, and all on a page, as a table. */
function cellBlocks(report: CheckReport, shown: Shown): readonly Block[] {
  const [first] = shown.cells;
  const table = tableOf(report, shown);
  if (report.cells.length !== 1 || first === undefined) return [table];
  const facts: Facts = { kind: "facts", on: "terminal", facts: [[nounOf(report), first.name], ...cellFacts(first)] };
  return [facts, { ...table, on: "page" }];
}

function tableOf(report: CheckReport, { cells: unsorted, most }: Shown): Table {
  const cells = worstFirst(unsorted);
  const isMeasured = cells.some(({ measured }) => measured !== null);
  const noun = nounOf(report);
  const reference = cells.some(({ baseline }) => baseline !== null) ? "baseline" : "theory";
  const columns: readonly TableColumn[] = [
    { name: "deviation" },
    { name: "verdict", align: "left" },
    { name: noun, align: "left", ifNarrow: "wraps" },
    ...(isMeasured ? [{ name: "Δ measured" }, { name: `Δ ${reference}`, ifNarrow: 1 }] : []),
  ];
  return {
    kind: "table",
    columns,
    rows: cells.map((cell) => [
      deviationOf(cell),
      marked(cell.verdict),
      cell.name,
      ...(isMeasured ? [cell.measured === null ? "–" : ratioInWords(cell.measured), referenceOf(cell).shift] : []),
    ]),
    details: {
      name: "detail",
      of: cells.map((cell) => (cell.measured === null || isNotable(cell) ? rowLines(cell) : [])),
    },
    shown: most,
    rest: (more) => noWorse(more, noun),
  };
}
