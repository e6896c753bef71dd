import { type Mark, mark, textAt, typeset } from "./canvas.ts";
import { type PanelFrame, TICK_SIZE } from "./layout.ts";
import { FAINT, INK } from "./palette.ts";
import { widestOf, widthOf, wrapped } from "./text-width.ts";
import type { Tick } from "./ticks.ts";

const TICK = 5;
/** A tick on the y axis takes so many pixels, so that the picture stays calm; fewer where the panel is small. */
const ROW = 36;
const FEWEST_ROWS = 4;
const MOST_ROWS = 11;
const NAME_LINE = 14;
/** Names that do not fit side by side are tilted by so much. */
const TILT = 35;

/** Ticks that a panel of a height has room for. */
export function rowsFor(height: number): number {
  return Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, Math.floor(height / ROW)));
}

/** How wide a name is below a picture, in pixels. */
export const IN_PICTURE = { measure: (name: string) => widthOf(name, TICK_SIZE), between: 10 } as const;

/** Level lines across a panel, behind what is drawn. */
export function gridMarks(
  ticks: readonly Tick[],
  { x, width }: PanelFrame,
  up: (value: number) => number,
): readonly Mark[] {
  return ticks.map(({ value }) =>
    mark("line", { x1: x, x2: x + width, y1: up(value), y2: up(value), stroke: "#000000", "stroke-opacity": 0.1 }),
  );
}

export function frameMark({ x, y, width, height }: PanelFrame): Mark {
  return mark("rect", { x, y, width, height, fill: "none", stroke: "#000000", "stroke-opacity": 0.35 });
}

/** Ticks to the left of a panel; their names in the first column. */
export function leftMarks(
  ticks: readonly Tick[],
  { x, hasLeft }: PanelFrame,
  up: (value: number) => number,
): readonly Mark[] {
  if (!hasLeft) return [];
  return ticks.flatMap(({ value, name }) => [
    mark("line", { x1: x - TICK, x2: x, y1: up(value), y2: up(value), stroke: FAINT }),
    textAt({ x: x - TICK - 3, y: up(value) + 4, "font-size": TICK_SIZE, "text-anchor": "end", text: name }),
  ]);
}

/** Ticks below a panel; their names where no panel is below. */
export function belowMarks(
  ticks: readonly Tick[],
  { y, height, hasBelow }: PanelFrame,
  across: (value: number) => number,
): readonly Mark[] {
  const bottom = y + height;
  return ticks.flatMap(({ value, name }) => [
    mark("line", { x1: across(value), x2: across(value), y1: bottom, y2: bottom + TICK, stroke: FAINT }),
    ...(hasBelow
      ? [
          textAt({
            x: across(value),
            y: bottom + TICK + 12,
            "font-size": TICK_SIZE,
            "text-anchor": "middle",
            text: name,
          }),
        ]
      : []),
  ]);
}

/** The room that the names of categories take below a panel. */
export function categoriesRoom(names: readonly string[], width: number): number {
  const slot = slotOf(names, width);
  const lines = linesOf(names, slot);
  if (lines !== undefined) return TICK + NAME_LINE * Math.max(...lines.map((line) => line.length)) + 4;
  return TICK + 12 + widestOf(names, TICK_SIZE) * Math.sin((TILT * Math.PI) / 180);
}

/** The room that numbers take. */
export const NUMBERS_ROOM = TICK + NAME_LINE;

/** Names of categories below a panel: in lines that fit their slot, or tilted where a word does not. */
export function categoryMarks(
  names: readonly string[],
  { y, height, width, hasBelow }: PanelFrame,
  across: (value: number) => number,
): readonly Mark[] {
  const bottom = y + height;
  const lines = linesOf(names, slotOf(names, width));
  return names.flatMap((name, index) => {
    const x = across(index);
    const tick = mark("line", { x1: x, x2: x, y1: bottom, y2: bottom + TICK, stroke: FAINT });
    if (!hasBelow) return [tick];
    const size = { "font-size": TICK_SIZE, fill: INK };
    if (lines === undefined) {
      const transform = `translate(${Math.round(x + 4)},${Math.round(bottom + TICK + 10)}) rotate(${-TILT})`;
      return [tick, textAt({ ...size, transform, "text-anchor": "end", text: name })];
    }
    const texts = (lines[index] ?? []).map((text, row) =>
      textAt({ ...size, x, y: bottom + TICK + 12 + NAME_LINE * row, "text-anchor": "middle", text }),
    );
    return [tick, ...texts];
  });
}

function slotOf(names: readonly string[], width: number): number {
  return width / names.length - 6;
}

/** The names in lines of a width; none where a word is wider. */
function linesOf(names: readonly string[], width: number): readonly (readonly string[])[] | undefined {
  const words = names.flatMap((name) => typeset(name).split(" "));
  if (widestOf(words, TICK_SIZE) > width) return undefined;
  return names.map((name) => wrapped(typeset(name), width, (text) => widthOf(text, TICK_SIZE)));
}
