import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import type { HeatAxes } from "./axes.ts";
import { caveats, heldFixed } from "./caption.ts";
import { axisValue, symbolOf, titleOf } from "./field.ts";
import type { Cell, HeatFigure } from "./figure.ts";
import { nothingToShow } from "./nothing-to-show.ts";
import { capitalised, QUANTITIES, type Quantity } from "./quantity.ts";
import { distinct } from "./scale.ts";
import { DISTINGUISHING, groupsOf, tellingApart } from "./varying.ts";

/** What was measured over two fields, a cell for each pair of values that was measured. */
export function heatFigure(records: readonly ShiftRecord[], { x, y, color }: HeatAxes, title?: string): HeatFigure {
  const quantity: Quantity = QUANTITIES[color];
  const cells = records.flatMap((record): readonly (Cell & { record: ShiftRecord })[] => {
    const [left, up, value] = [axisValue(record, x), axisValue(record, y), quantity.value(record)];
    return left === null || up === null || value === null ? [] : [{ x: left, y: up, value, record }];
  });
  if (cells.length === 0) throw nothingToShow(color);
  requireOneEach(cells, [x, y]);
  const used = cells.map(({ record }) => record);
  return {
    kind: "heat",
    title: title ?? capitalised(quantity.title),
    caption: [heldFixed(used, [x, y]), "Cells: measured.", ...caveats({ used, given: records.length })].filter(
      (text) => text !== "",
    ),
    x: { title: titleOf(x, used), values: distinct(cells.map((cell) => cell.x)) },
    y: { title: titleOf(y, used), values: distinct(cells.map((cell) => cell.y)) },
    color: { isDeviation: color === "deviation" },
    cells: cells.map((cell) => ({ x: cell.x, y: cell.y, value: cell.value })),
  };
}

function requireOneEach(
  cells: readonly (Cell & { readonly record: ShiftRecord })[],
  axes: readonly [HeatAxes["x"], HeatAxes["y"]],
): void {
  const crowded = groupsOf(cells, (cell) => `${cell.x} ${cell.y}`).find((here) => here.length > 1);
  if (crowded === undefined) return;
  const [first] = crowded;
  const records = crowded.map(({ record }) => record);
  const [apart] = tellingApart(records, { given: [], among: [...DISTINGUISHING, "seed"] });
  throw new VshiftError({
    code: "invalid-value",
    field: "--y",
    problem: `${crowded.length} records share the cell ${symbolOf(axes[0])} = ${first?.x}, ${symbolOf(axes[1])} = ${first?.y}${apart === undefined ? "" : ` and differ in ${symbolOf(apart)}`}`,
    hint: "give one record for each cell",
  });
}
