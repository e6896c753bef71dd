import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { chooseAxes, type FigureRequest } from "../figure/axes.ts";
import type { Figure } from "../figure/figure.ts";
import { figureOf } from "../figure/make.ts";
import { countOfValues } from "../figure/varying.ts";

/** Series that a reader can distinguish in one panel. */
const MOST_SERIES = 7;
/** Panels that fit on a page. */
const MOST_PANELS = 9;

/** The measured ratios with the closed form, in small multiples where there are many lines; undefined where there is nothing to draw. */
export function figureOfRecords(records: readonly ShiftRecord[]): Figure | undefined {
  if (records.length < 2) return undefined;
  try {
    return figureOf(records, withPanels(records));
  } catch (error) {
    // What does not vary, or varies in too many ways, has no axes.
    if (error instanceof VshiftError) return undefined;
    throw error;
  }
}

/** A request that leaves the axes open, except for the panels: the field with the most values that are not too many panels. */
function withPanels(records: readonly ShiftRecord[]): FigureRequest {
  const axes = chooseAxes(records, {});
  if (axes.kind !== "lines") return {};
  const values = axes.by.map((field) => ({ field, count: countOfValues(records, field) }));
  const series = values.reduce((product, { count }) => product * count, 1);
  if (series <= MOST_SERIES) return {};
  const [panels] = values.filter(({ count }) => count <= MOST_PANELS).sort((a, b) => b.count - a.count);
  return panels === undefined ? {} : { facet: panels.field };
}
