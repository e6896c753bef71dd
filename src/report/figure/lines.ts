import type { ShiftRecord } from "../../experiment/record.ts";
import { spreadOf } from "../../experiment/repeats.ts";
import type { LineAxes } from "./axes.ts";
import { caveats, heldFixed, intervalName } from "./caption.ts";
import { type Curve, curveOf } from "./curve.ts";
import { axisValue, type FieldName, symbolOf, titleOf } from "./field.ts";
import type { LinesFigure, Place, Point, Series } from "./figure.ts";
import { seriesLabel } from "./label.ts";
import { nothingToShow } from "./nothing-to-show.ts";
import { capitalised, QUANTITIES, type Quantity } from "./quantity.ts";
import { equationOf, type Regression, regressionOf } from "./regression.ts";
import { distinct, isGeometric, rangeOf } from "./scale.ts";
import { seriesOf } from "./series.ts";
import { varies } from "./varying.ts";

/** More ticks than this do not fit under a logarithmic axis. */
const MOST_TICKS = 11;

/** Measured points with their intervals, and the closed form as a line through them, a series for each kind of record. */
export function linesFigure(records: readonly ShiftRecord[], axes: LineAxes, title?: string): LinesFigure {
  const { x, y, by } = axes;
  const quantity: Quantity = QUANTITIES[y];
  const used = records.filter((record) => axisValue(record, x) !== null && quantity.value(record) !== null);
  if (used.length === 0) throw nothingToShow(y);
  const values = distinct(used.map((record) => axisValue(record, x)).filter((value) => value !== null));
  // Equal ratios or not: what is a straight line should be seen to be one.
  const isLogarithmic = isGeometric(values) && quantity.linearIn !== x;
  const isDeviation = y === "deviation";
  const groups = seriesOf(used, by);
  const fits = groups.map((group) => fitOf(group, x, quantity));
  const lines = isDeviation ? [] : groups.map((group) => curveOf(group, { x, quantity, isLogarithmic }));
  return {
    kind: "lines",
    title:
      title ??
      `${isDeviation ? "Measured Δ against theory, over" : `${capitalised(quantity.title)} against`} ${titleOf(x, used)}`,
    caption: [
      heldFixed(used, [x]),
      `Symbols: ${symbolsMean(used, quantity)}. ${isDeviation ? "Shaded: within the tolerance." : linesMean(lines)}`.trimEnd(),
      fitsMean(fits, { x, labels: groups.map((group) => labelOf(group, by, x)) }),
      ...caveats({ used, given: records.length }),
    ].filter((sentence) => sentence !== ""),
    x: {
      title: titleOf(x, used),
      isLogarithmic,
      isPercentage: false,
      ticks: isLogarithmic && values.length <= MOST_TICKS ? values : [],
    },
    y: { title: quantity.title, isLogarithmic: false, isPercentage: isDeviation, ticks: [] },
    series: groups.map((group, index) => ({
      label: groups.length === 1 ? "" : labelOf(group, by, x),
      ...pointsOf(group, x, quantity),
      line: lines[index]?.places ?? [],
      fit: fits[index]?.places ?? [],
    })),
    band: isDeviation ? rangeOf(used.map(({ agreement }) => agreement.tolerance)).low : null,
  };
}

function symbolsMean(records: readonly ShiftRecord[], quantity: Quantity): string {
  const seeds = new Set(records.map(({ scenario }) => scenario.seed)).size;
  if (seeds > 1)
    return `measured, mean of ${seeds} networks; shaded: one standard deviation between them to either side`;
  return quantity.interval === undefined ? "measured" : `measured, with ${intervalName(records)}`;
}

function linesMean(curves: readonly Curve[]): string {
  if (curves.some(({ kind }) => kind === "measured")) return "Lines join the symbols.";
  if (curves.some(({ kind }) => kind === "expected")) {
    return curves.some(({ places }) => places.length > 0)
      ? "Lines: average over draws, 1 + (d − 1)μ²/(1 + μ²), μ being the weight mean."
      : "";
  }
  if (curves.every(({ kind }) => kind === "smooth")) return "Lines: closed form.";
  return "Lines: closed form at each record, joined.";
}

/** A point a record; of networks that differ in their seed alone the mean, and a standard deviation to either side. */
function pointsOf(
  records: readonly ShiftRecord[],
  x: FieldName,
  quantity: Quantity,
): Pick<Series, "points" | "spread"> {
  const points = records.flatMap((record) => pointOf(record, x, quantity));
  if (!varies(records, "seed")) return { points };
  const places = distinct(points.map((point) => point.x)).map((value) => ({
    x: value,
    ...spreadOf(points.filter((point) => point.x === value).map(({ y }) => y)),
  }));
  const span = ({ x, mean, deviation }: (typeof places)[number]) => ({
    x,
    low: mean - deviation,
    high: mean + deviation,
  });
  return {
    // A single place has no width to shade.
    points: places.map((place) => {
      const { low, high } = span(place);
      return { x: place.x, y: place.mean, interval: places.length === 1 ? ([low, high] as const) : null };
    }),
    spread: places.map(span),
  };
}

function pointOf(record: ShiftRecord, field: FieldName, quantity: Quantity): readonly Point[] {
  const x = axisValue(record, field);
  const y = quantity.value(record);
  return x === null || y === null ? [] : [{ x, y, interval: quantity.interval?.(record) ?? null }];
}

/** A regression and places on it. */
interface Fit {
  readonly regression: Regression;
  readonly places: readonly Place[];
}

function fitOf(records: readonly ShiftRecord[], x: FieldName, quantity: Quantity): Fit | undefined {
  if (quantity.linearIn !== x) return undefined;
  const points = records.flatMap((record) => pointOf(record, x, quantity));
  const regression = regressionOf(points);
  if (regression === null) return undefined;
  const { slope, intercept } = regression;
  const { low, high } = rangeOf(points.map((point) => point.x));
  return { regression, places: [low, high].map((value) => ({ x: value, y: slope * value + intercept })) };
}

function fitsMean(
  fits: readonly (Fit | undefined)[],
  { x, labels }: { readonly x: FieldName; readonly labels: readonly string[] },
): string {
  const equations = fits.flatMap((fit, index) => {
    if (fit === undefined) return [];
    const equation = equationOf(fit.regression, { x: symbolOf(x), y: symbolOf("alignment") });
    return [fits.length === 1 ? equation : `${equation} (${labels[index]})`];
  });
  return equations.length === 0 ? "" : `Dotted, by least squares: ${equations.join("; ")}.`;
}

function labelOf([first]: readonly ShiftRecord[], by: readonly FieldName[], x: FieldName): string {
  return first === undefined ? "" : seriesLabel(first, by, x);
}
