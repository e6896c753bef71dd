import { dotChart } from "./dot-chart.ts";
import type { Figure, HeatFigure, HeatPanel, Hues, LinesFigure, Look } from "./figure.ts";
import { lineChart } from "./line-chart.ts";
import { type Shades, shadesOf } from "./shades.ts";
import { wrapped } from "./text-width.ts";

type Paint = (text: string) => string;

/** What paints series that have names, and those along a number from its least to its most; none of them in black and white. */
export interface ChartPaints {
  readonly names: readonly Paint[];
  readonly ramp: readonly Paint[];
}

export interface ChartOptions {
  readonly paints: ChartPaints;
  /** Characters in a line. */
  readonly columns: number;
}

/** Fewer columns make no chart; lines wrap there. */
const FEWEST_COLUMNS = 40;
/** A wider chart is not clearer. */
const MOST_COLUMNS = 160;

/** A figure as text for a terminal; no line is wider than it. */
export function chartOf(figure: Figure, options: ChartOptions): string {
  const columns = Math.min(MOST_COLUMNS, Math.max(FEWEST_COLUMNS, options.columns));
  const body = bodyOf(figure, { ...options, columns });
  const title = indented(figure.title, columns);
  const subtitle = figure.subtitle === "" ? [] : indented(figure.subtitle, columns);
  const caption = figure.caption.flatMap((sentence) => indented(sentence, columns));
  return `\n${[...title, ...subtitle, "", ...body, ...caption].join("\n")}\n`;
}

function bodyOf(figure: Figure, options: ChartOptions): readonly string[] {
  if (figure.kind === "heat") return heatTable(figure, options.columns);
  const chart = figure.x.names.length > 0 ? dotChart(figure, options) : lineChart(figure, options);
  return [...chart, "", ...legend(figure, options)];
}

/** A text in lines, each after two spaces. */
export function indented(text: string, columns: number): readonly string[] {
  return wrapped(text, columns - 2, (piece) => piece.length).map((line) => `  ${line}`);
}

const SYMBOLS = ["●", "□", "▲", "◇", "★", "+", "○", "■", "△", "◆", "☆", "×"] as const;

/** The sign of a series. Those of one symbol and several colours have a sign each, since a terminal may show no colour. */
export function signOf({ hue, symbol }: Look, { count }: Hues): string {
  const rank = hue === symbol ? hue : symbol * count + hue;
  return SYMBOLS[rank % SYMBOLS.length] ?? SYMBOLS[0];
}

/** What paints a series. */
export function paintOf({ hue }: Look, { count, isOrdered }: Hues, { names, ramp }: ChartPaints): Paint {
  const paint = isOrdered
    ? ramp[Math.round((hue / Math.max(1, count - 1)) * (ramp.length - 1))]
    : names[hue % Math.max(1, names.length)];
  return paint ?? ((text) => text);
}

function legend({ panels, hues }: LinesFigure, { paints, columns }: ChartOptions): readonly string[] {
  const series = panels.flatMap((panel) => panel.series).filter(({ label }) => label !== "");
  const looks = new Map(series.map(({ label, look }) => [label, look]));
  return [...looks].flatMap(([label, look]) => {
    const [first = "", ...rest] = indented(label, columns - 2);
    const sign = paintOf(look, hues, paints)(signOf(look, hues));
    return [`  ${sign}${first.slice(1)}`, ...rest.map((line) => `  ${line}`)];
  });
}

/** A heat map as a table of its numbers: y from the top down, x to the right. */
function heatTable(figure: HeatFigure, columns: number): readonly string[] {
  const shades = shadesOf(figure);
  const tables = figure.panels.flatMap((panel) => [
    ...(panel.label === "" ? [] : [`  ${panel.label}`, ""]),
    ...cellsTable(figure, panel, { shades, columns }),
  ]);
  return [...indented(`${figure.y.title} down, ${figure.x.title} across`, columns), "", ...tables];
}

/** Columns that do not fit next to the others follow below. */
function cellsTable(
  { x, y }: HeatFigure,
  { cells }: HeatPanel,
  { shades, columns }: { readonly shades: Shades; readonly columns: number },
): readonly string[] {
  const words = new Map(cells.map((cell) => [`${cell.x} ${cell.y}`, shades.words(cell.value)]));
  const side = Math.max(...y.names.map((name) => name.length));
  const width = Math.max(...x.names.map((name) => name.length), ...[...words.values()].map((text) => text.length)) + 2;
  const fitting = Math.max(1, Math.floor((columns - 2 - side) / width));
  const starts = x.names.map((_, index) => index).filter((index) => index % fitting === 0);
  return starts.flatMap((start) => {
    const shown = x.names.slice(start, start + fitting);
    const line = (first: string, rest: readonly string[]) =>
      `  ${first.padStart(side)}${rest.map((text) => text.padStart(width)).join("")}`;
    const rows = y.names.map((name, up) =>
      line(
        name,
        shown.map((_, index) => words.get(`${start + index} ${up}`) ?? ""),
      ),
    );
    return [line("", shown), ...rows.toReversed(), ""];
  });
}
