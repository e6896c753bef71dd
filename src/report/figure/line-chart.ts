import { groups } from "d3-array";
import { type ChartOptions, indented, paintOf, signOf } from "./chart.ts";
import { axisLines } from "./chart-axis.ts";
import type { LinesFigure, Panel, Place } from "./figure.ts";
import { type AxisScales, scalesOf } from "./scales.ts";
import { ticksUp } from "./ticks.ts";

const LINE = "·";
const FIT = "-";
const BAND = "━";

/** Rows of a chart follow its width; those of one of several panels are fewer. */
const ROWS = { part: 0.28, least: 12, most: 26, ofPanel: 11 } as const;
/** A tick of the y axis has about so many rows. */
const ROWS_PER_TICK = 4;

/** A sign at a position, with what paints it. */
type Grid = (string | undefined)[][];

/** Lines as dots and measured points as symbols, a panel below the other; without error bars, which are finer than a character. */
export function lineChart(figure: LinesFigure, options: ChartOptions): readonly string[] {
  const { panels, x, y } = figure;
  const isSplit = panels.length > 1;
  const rows = isSplit ? ROWS.ofPanel : between(ROWS.least, Math.round(options.columns * ROWS.part), ROWS.most);
  const count = Math.floor(rows / ROWS_PER_TICK);
  const common = scalesOf(figure, count);
  const up = ticksUp(common.y, y, count);
  const side = Math.max(...up.map(({ name }) => name.length)) + 2;
  // Two before the names, one for the axis, and one for half of a name at the right end.
  const width = options.columns - side - 5;
  const scales = { x: common.x.rangeRound([0, width - 1]), y: common.y.rangeRound([rows - 1, 0]) };
  const ofRow = new Map(up.map(({ value, name }) => [scales.y(value), name]));
  const drawn = panels.flatMap((panel) => {
    const grid = gridOf(figure, panel, { scales, width, rows, options });
    const lines = grid.map((row, index) => {
      const name = ofRow.get(index);
      return `${(name ?? "").padStart(side)} ${name === undefined ? "│" : "┤"}${row.map((sign) => sign ?? " ").join("")}`.trimEnd();
    });
    return [...(panel.label === "" ? [] : [`  ${panel.label}`]), ...lines, ...axisLines(scales.x, x, side + 2), ""];
  });
  return [
    ...indented(y.title, options.columns),
    ...drawn.slice(0, -1),
    "",
    ...indented(`${x.title} →`, options.columns),
  ];
}

interface GridSetting {
  /** To columns and rows. */
  readonly scales: AxisScales;
  readonly width: number;
  readonly rows: number;
  readonly options: ChartOptions;
}

function gridOf({ hues, band }: LinesFigure, { series }: Panel, { scales, width, rows, options }: GridSetting): Grid {
  const grid: Grid = Array.from({ length: rows }, () => Array.from({ length: width }, () => undefined));
  const cellOf = ({ x, y }: Place) => ({ row: scales.y(y), column: scales.x(x) });
  const put = ({ row, column }: ReturnType<typeof cellOf>, sign: string) => {
    const line = grid[row];
    if (line !== undefined && column >= 0 && column < width) line[column] = sign;
  };
  for (const edge of band === null ? [] : [band, -band]) {
    for (let column = 0; column < width; column++) put({ row: scales.y(edge), column }, BAND);
  }
  for (const { line, fit, look } of series) {
    const paint = paintOf(look, hues, options.paints);
    for (const cell of traced(line.map(cellOf))) put(cell, paint(LINE));
    for (const cell of traced(fit.map(cellOf))) put(cell, FIT);
  }
  const signs = series.flatMap((one) => one.points.map((point) => ({ one, cell: cellOf(point) })));
  // Series that share a position take turns.
  let turn = 0;
  for (const [, here] of groups(signs, ({ cell }) => `${cell.column} ${cell.row}`)) {
    const sharing = groups(here, ({ one }) => one).flatMap(([, [first]]) => first ?? []);
    const shown = sharing[sharing.length > 1 ? turn++ % sharing.length : 0];
    if (shown === undefined) continue;
    const { look } = shown.one;
    put(shown.cell, paintOf(look, hues, options.paints)(signOf(look, hues)));
  }
  return grid;
}

interface GridCell {
  readonly row: number;
  readonly column: number;
}

/** Every cell from one position to the next. */
function traced(cells: readonly GridCell[]): readonly GridCell[] {
  return cells.flatMap((cell, index) => {
    const next = cells[index + 1];
    if (next === undefined) return [cell];
    const steps = Math.max(Math.abs(next.row - cell.row), Math.abs(next.column - cell.column), 1);
    return Array.from({ length: steps }, (_, step) => ({
      row: Math.round(cell.row + ((next.row - cell.row) * step) / steps),
      column: Math.round(cell.column + ((next.column - cell.column) * step) / steps),
    }));
  });
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
