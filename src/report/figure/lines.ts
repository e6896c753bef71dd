import { extent, min, pairs } from "d3-array";
import type { ShiftRecord } from "../../experiment/record.ts";
import { spreadOf } from "../../experiment/repeats.ts";
import { type Across, acrossOf } from "./across.ts";
import type { LineAxes } from "./axes.ts";
import { caveats, heldFixed, intervalName } from "./caption.ts";
import { type Curve, curveOf } from "./curve.ts";
import { type FieldName, hasPlace, symbolOf, titleOf } from "./field.ts";
import type { LinesFigure, Place, Point, Series } from "./figure.ts";
import { seriesLabel } from "./label.ts";
import { nothingToShow } from "./nothing-to-show.ts";
import { panelsOf } from "./panels.ts";
import { capitalised, QUANTITIES, type Quantity } from "./quantity.ts";
import { equationOf, type Regression, regressionOf } from "./regression.ts";
import { looksOf, seriesOf } from "./series.ts";
import { distinct, isGeometric } from "./values.ts";
import { varies } from "./varying.ts";

/** More values than this are not named one by one; nor are those that are closer than this part of the axis. */
const MOST_TICKS = 11;
const CLOSEST_TICKS = 0.04;

/** Measured points with their intervals, and the closed form as a line through them, a series for each kind of record. */
export function linesFigure(records: readonly ShiftRecord[], axes: LineAxes, title?: string): LinesFigure {
  const { x, y, by, facet } = axes;
  const quantity: Quantity = QUANTITIES[y];
  const used = records.filter((record) => hasPlace(record, x) && quantity.value(record) !== null);
  if (used.length === 0) throw nothingToShow("y", y);
  const across = acrossOf(used, x);
  const isOfCategories = across.names.length > 0;
  // Equal ratios or not: what is a straight line should be seen to be one.
  const isLogarithmic = !isOfCategories && isGeometric(across.places) && quantity.linearIn !== x;
  const setting: Setting = { across, quantity, isLogarithmic };
  const isDeviation = y === "deviation";
  const told = facet === null ? [x] : [x, facet];
  const panels = panelsOf(used, facet).map(({ label, records: here }) => ({
    label,
    groups: seriesOf(here, by).map((group) => groupOf(group, { setting, by, told, isDeviation })),
  }));
  const groups = panels.flatMap((panel) => panel.groups);
  const labels = new Set(groups.map(({ label }) => label));
  const looks = looksOf(used, by);
  const marks = isDeviation
    ? "Shaded: within the tolerance."
    : linesMean(
        groups.map(({ curve }) => curve),
        isOfCategories,
      );
  return {
    kind: "lines",
    title:
      title ??
      `${isDeviation ? "Measured Δ compared with theory, by" : `${capitalised(quantity.title)} against`} ${titleOf(x, used)}`,
    subtitle: heldFixed(used, told),
    caption: [
      `Symbols: ${symbolsMean(used, { quantity, isOfSeeds: x === "seed" })}. ${marks}`.trimEnd(),
      ...panels.map(({ label, groups: here }) => fitsMean(here, x, label)),
      ...caveats({ used, given: records.length }),
    ].filter((sentence) => sentence !== ""),
    x: {
      title: titleOf(x, used),
      isLogarithmic,
      isPercentage: false,
      ticks: isOfCategories || areTicks(across.places, isLogarithmic) ? across.places : [],
      names: across.names,
    },
    y: { title: quantity.title, isLogarithmic: false, isPercentage: isDeviation, ticks: [], names: [] },
    hues: looks.hues,
    panels: panels.map(({ label, groups: here }) => ({
      label,
      series: here.map(({ first, points, spread, curve, fit, ...group }) => ({
        label: labels.size === 1 ? "" : group.label,
        look: looks.of(first),
        points,
        ...(spread === undefined ? {} : { spread }),
        line: curve.places,
        fit: fit?.places ?? [],
      })),
    })),
    band: isDeviation ? (min(used, ({ agreement }) => agreement.tolerance) ?? null) : null,
  };
}

/** Whether values are few and far enough apart to be named one by one. */
function areTicks(values: readonly number[], isLogarithmic: boolean): boolean {
  if (values.length > MOST_TICKS) return false;
  if (isLogarithmic) return true;
  const [low = 0, high = low] = extent(values);
  return pairs(values).every(([before, value]) => value - before >= CLOSEST_TICKS * (high - low));
}

interface Setting {
  readonly across: Across;
  readonly quantity: Quantity;
  readonly isLogarithmic: boolean;
}

/** What one line of a panel is made of. */
interface Group extends Pick<Series, "label" | "points" | "spread"> {
  readonly first: ShiftRecord;
  readonly curve: Curve;
  readonly fit: Fit | undefined;
}

interface GroupSetting {
  readonly setting: Setting;
  readonly by: readonly FieldName[];
  /** Fields that an axis or the panels say. */
  readonly told: readonly FieldName[];
  readonly isDeviation: boolean;
}

function groupOf(records: readonly ShiftRecord[], { setting, by, told, isDeviation }: GroupSetting): Group {
  const [first] = records;
  if (first === undefined) throw new RangeError("a series has records");
  return {
    first,
    label: seriesLabel(first, by, told),
    ...pointsOf(records, setting),
    curve: isDeviation ? { kind: "smooth", places: [] } : curveOf(records, setting),
    fit: fitOf(records, setting),
  };
}

function symbolsMean(
  records: readonly ShiftRecord[],
  { quantity, isOfSeeds }: { readonly quantity: Quantity; readonly isOfSeeds: boolean },
): string {
  const seeds = new Set(records.map(({ scenario }) => scenario.seed)).size;
  if (seeds > 1 && !isOfSeeds)
    return `measured, mean of ${seeds} networks, with one standard deviation between them to either side`;
  return quantity.interval === undefined ? "measured" : `measured, with ${intervalName(records)}`;
}

function linesMean(curves: readonly Curve[], isOfCategories: boolean): string {
  const marks = isOfCategories ? "Dashes" : "Lines";
  if (curves.some(({ kind }) => kind === "measured")) return isOfCategories ? "" : "Lines join the symbols.";
  if (curves.some(({ kind }) => kind === "expected")) {
    return curves.some(({ places }) => places.length > 0)
      ? `${marks}: average over draws, 1 + (d − 1)μ²/(1 + μ²), μ being the weight mean.`
      : "";
  }
  if (isOfCategories || curves.every(({ kind }) => kind === "smooth")) return `${marks}: closed form.`;
  return "Lines: closed form at each record, joined.";
}

/** A point a record; of networks that differ in their seed alone the mean, and a standard deviation to either side. */
function pointsOf(records: readonly ShiftRecord[], { across, quantity }: Setting): Pick<Series, "points" | "spread"> {
  const points = records.flatMap((record) => pointOf(record, { across, quantity }));
  if (!varies(records, "seed") || across.field === "seed") return { points };
  const places = distinct(points.map((point) => point.x)).map((value) => ({
    x: value,
    ...spreadOf(points.filter((point) => point.x === value).map(({ y }) => y)),
  }));
  const span = ({ x, mean, deviation }: (typeof places)[number]) => ({
    x,
    low: mean - deviation,
    high: mean + deviation,
  });
  // A single point, or a category, has no width to shade.
  const isBar = places.length === 1 || across.names.length > 0;
  return {
    points: places.map((place) => {
      const { low, high } = span(place);
      return { x: place.x, y: place.mean, interval: isBar ? ([low, high] as const) : null };
    }),
    ...(isBar ? {} : { spread: places.map(span) }),
  };
}

function pointOf(record: ShiftRecord, { across, quantity }: Pick<Setting, "across" | "quantity">): readonly Point[] {
  const x = across.placeOf(record);
  const y = quantity.value(record);
  return x === null || y === null ? [] : [{ x, y, interval: quantity.interval?.(record) ?? null }];
}

/** A regression and points on it. */
interface Fit {
  readonly regression: Regression;
  readonly places: readonly Place[];
}

function fitOf(records: readonly ShiftRecord[], { across, quantity }: Setting): Fit | undefined {
  if (quantity.linearIn !== across.field) return undefined;
  const points = records.flatMap((record) => pointOf(record, { across, quantity }));
  const regression = regressionOf(points);
  if (regression === null) return undefined;
  const { slope, intercept } = regression;
  const [low = 0, high = low] = extent(points, (point) => point.x);
  return { regression, places: [low, high].map((value) => ({ x: value, y: slope * value + intercept })) };
}

function fitsMean(groups: readonly Group[], x: FieldName, panel: string): string {
  const equations = groups.flatMap(({ fit, label }) => {
    if (fit === undefined) return [];
    const equation = equationOf(fit.regression, { x: symbolOf(x), y: symbolOf("alignment") });
    return [groups.length === 1 ? equation : `${equation} (${label})`];
  });
  const where = panel === "" ? "" : ` (${panel})`;
  return equations.length === 0 ? "" : `Dotted, by least squares${where}: ${equations.join("; ")}.`;
}
