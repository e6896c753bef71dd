import { type Mark, textAt } from "./canvas.ts";
import type { Hues, LinesFigure, Look } from "./figure.ts";
import { styleOf } from "./palette.ts";
import { sampleMarks } from "./series-marks.ts";
import { widestOf, widthOf } from "./text-width.ts";

const TEXT_SIZE = 12;
const SAMPLE = 34;
const GAP = 8;
/** Between entries that stand side by side. */
const BETWEEN = 22;
const ROW = 22;

/** The series that a legend names, each once. */
export interface Legend {
  readonly entries: readonly Entry[];
  readonly hues: Hues;
}

interface Entry {
  readonly label: string;
  readonly look: Look;
  readonly hasLine: boolean;
}

export function legendOf({ panels, hues, x }: LinesFigure): Legend {
  const entries = new Map<string, Entry>();
  for (const { label, look, line } of panels.flatMap(({ series }) => series)) {
    const before = entries.get(label);
    const hasLine = line.length > 0 && x.names.length === 0;
    if (label !== "") entries.set(label, { label, look, hasLine: hasLine || before?.hasLine === true });
  }
  const sorted = [...entries.values()].toSorted((a, b) => order(a.look) - order(b.look));
  return { entries: sorted, hues };
}

function order({ hue, symbol }: Look): number {
  return hue * 1000 + symbol;
}

/** The room that a legend takes in one column. */
export function columnSize({ entries }: Legend): { readonly width: number; readonly height: number } {
  return { width: SAMPLE + GAP + widestOf(labels(entries), TEXT_SIZE), height: ROW * entries.length };
}

/** A legend in one column, from its top left corner. */
export function columnMarks({ entries, hues }: Legend, { x, y }: Corner): readonly Mark[] {
  return entries.flatMap((entry, index) => entryMarks(entry, hues, { x, y: y + ROW * (index + 0.5) }));
}

/** Entries in rows that are no wider than so many pixels. */
export function rowsOf({ entries }: Legend, width: number): readonly (readonly Entry[])[] {
  const rows: Entry[][] = [];
  let left = 0;
  for (const entry of entries) {
    const room = entryWidth(entry);
    const last = rows.at(-1);
    if (last === undefined || left + room > width) {
      rows.push([entry]);
      left = room + BETWEEN;
    } else {
      last.push(entry);
      left += room + BETWEEN;
    }
  }
  return rows;
}

export function rowsHeight(rows: readonly unknown[]): number {
  return ROW * rows.length;
}

export function rowsMarks(rows: readonly (readonly Entry[])[], hues: Hues, { x, y }: Corner): readonly Mark[] {
  return rows.flatMap((row, index) => {
    let left = x;
    return row.flatMap((entry) => {
      const marks = entryMarks(entry, hues, { x: left, y: y + ROW * (index + 0.5) });
      left += entryWidth(entry) + BETWEEN;
      return marks;
    });
  });
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function entryMarks({ label, look, hasLine }: Entry, hues: Hues, { x, y }: Corner): readonly Mark[] {
  return [
    ...sampleMarks(styleOf(look, hues), { x, y, width: SAMPLE, hasLine }),
    textAt({ x: x + SAMPLE + GAP, y: y + 4, "font-size": TEXT_SIZE, text: label }),
  ];
}

function entryWidth({ label }: Entry): number {
  return SAMPLE + GAP + widthOf(label, TEXT_SIZE);
}

function labels(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ label }) => label);
}
