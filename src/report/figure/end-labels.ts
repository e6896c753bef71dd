import { greatest, mean } from "d3-array";
import { type Mark, textAt } from "./canvas.ts";
import type { LinesFigure } from "./figure.ts";
import type { Scales } from "./series-marks.ts";
import { widestOf } from "./text-width.ts";

const TEXT_SIZE = 12;
/** The least distance of two labels, in pixels, and how far one may be moved to keep it. */
const LEAST_GAP = 15;
const MOST_MOVED = 7;
/** More lines than this are looked up sooner in a list. */
const MOST_LABELS = 8;
const OFFSET = 12;

/** A name at the end of a line. */
export interface EndLabel {
  readonly text: string;
  /** Where its middle is, from the top of the panel, in pixels. */
  readonly y: number;
}

/**
 * The names of the series at the ends of their lines, moved a little where they would touch. None where they cannot stand there:
 * lines that end in one place or not at the right, several panels, or many lines.
 */
export function endLabels({ panels, band, x }: LinesFigure, { across, up }: Scales): readonly EndLabel[] | undefined {
  const [panel, ...others] = panels;
  const series = panel?.series ?? [];
  if (others.length > 0 || band !== null || x.names.length > 0 || series.length > MOST_LABELS) return undefined;
  const ends = series.map(({ label, line, points }) => ({
    text: label,
    end: greatest([...line, ...points], (place) => place.x),
  }));
  const right = Math.max(...ends.map(({ end }) => (end === undefined ? Number.NEGATIVE_INFINITY : across(end.x))));
  if (ends.some(({ end }) => end === undefined || across(end.x) < right - 1)) return undefined;
  const wanted = ends
    .map(({ text, end }) => ({ text, y: end === undefined ? 0 : up(end.y) }))
    .toSorted((a, b) => a.y - b.y);
  const placed = apart(wanted);
  return placed.every(({ y }, index) => Math.abs(y - (wanted[index]?.y ?? y)) <= MOST_MOVED) ? placed : undefined;
}

/** Labels from the top down, those that are too near moved apart alike to both sides. */
function apart(labels: readonly EndLabel[]): readonly EndLabel[] {
  // A run of labels that touch is set around the middle of where they belong; runs that then touch become one.
  const runs: (readonly EndLabel[])[] = [];
  for (const label of labels) {
    let run: readonly EndLabel[] = [label];
    let before = runs.at(-1);
    while (before !== undefined && topOf(run) - bottomOf(before) < LEAST_GAP) {
      runs.pop();
      run = [...before, ...run];
      before = runs.at(-1);
    }
    runs.push(run);
  }
  return runs.flatMap((run) => run.map(({ text }, index) => ({ text, y: topOf(run) + LEAST_GAP * index })));
}

function topOf(run: readonly EndLabel[]): number {
  return (mean(run, ({ y }) => y) ?? 0) - (LEAST_GAP * (run.length - 1)) / 2;
}

function bottomOf(run: readonly EndLabel[]): number {
  return topOf(run) + LEAST_GAP * (run.length - 1);
}

/** The room to the right of a panel that labels of these texts take. */
export function endLabelsWidth(texts: readonly string[]): number {
  return OFFSET + widestOf(texts, TEXT_SIZE);
}

/** Labels to the right of a panel, from its right edge. */
export function endLabelMarks(
  labels: readonly EndLabel[],
  { x, y }: { readonly x: number; readonly y: number },
): readonly Mark[] {
  return labels.map((label) =>
    textAt({ x: x + OFFSET - 4, y: y + label.y + 4, "font-size": TEXT_SIZE, text: label.text }),
  );
}
