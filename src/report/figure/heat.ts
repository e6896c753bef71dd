import { groups } from "d3-array";
import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { readable } from "../numbers.ts";
import { type Across, acrossOf } from "./across.ts";
import type { HeatAxes } from "./axes.ts";
import { caveats, heldFixed } from "./caption.ts";
import { askedValue, hasPlace, symbolOf, titleOf } from "./field.ts";
import type { Cell, HeatFigure } from "./figure.ts";
import { nothingToShow } from "./nothing-to-show.ts";
import { panelsOf } from "./panels.ts";
import { capitalised, QUANTITIES, type Quantity } from "./quantity.ts";
import { distinguishing, tellingApart } from "./varying.ts";

/** What was measured over two fields, a cell for each pair of values that was measured. */
export function heatFigure(records: readonly ShiftRecord[], axes: HeatAxes, title?: string): HeatFigure {
  const { x, y, color, facet } = axes;
  const quantity: Quantity = QUANTITIES[color];
  const used = records.filter(
    (record) => hasPlace(record, x) && hasPlace(record, y) && quantity.value(record) !== null,
  );
  if (used.length === 0) throw nothingToShow("fill", color);
  const [across, up] = [acrossOf(used, x), acrossOf(used, y)];
  const cellOf = (record: ShiftRecord): readonly MeasuredCell[] => {
    const [left, bottom, value] = [across.placeOf(record), up.placeOf(record), quantity.value(record)];
    if (left === null || bottom === null || value === null) return [];
    return [{ x: across.places.indexOf(left), y: up.places.indexOf(bottom), value, record }];
  };
  return {
    kind: "heat",
    title: title ?? capitalised(quantity.title),
    subtitle: heldFixed(used, facet === null ? [x, y] : [x, y, facet]),
    caption: ["Colours: measured.", ...caveats({ used, given: records.length })],
    x: { title: titleOf(x, used), names: namesOf(across) },
    y: { title: titleOf(y, used), names: namesOf(up) },
    color: { title: quantity.title, isDeviation: color === "deviation" },
    panels: panelsOf(used, facet).map(({ label, records: here }) => {
      const cells = here.flatMap(cellOf);
      requireOneEach(cells, [x, y]);
      return { label, cells: cells.map(({ record: _, ...cell }) => cell) };
    }),
  };
}

interface MeasuredCell extends Cell {
  readonly record: ShiftRecord;
}

function namesOf({ names, places }: Across): readonly string[] {
  return names.length > 0 ? names : places.map((value) => readable(value, 4));
}

function requireOneEach(cells: readonly MeasuredCell[], axes: readonly [HeatAxes["x"], HeatAxes["y"]]): void {
  const [, crowded] = groups(cells, ({ x, y }) => `${x} ${y}`).find(([, here]) => here.length > 1) ?? [];
  if (crowded === undefined) return;
  const records = crowded.map(({ record }) => record);
  const [first] = records;
  const [apart] = tellingApart(records, { given: [], among: [...distinguishing(records), "seed"] });
  const place =
    first === undefined ? "" : axes.map((field) => `${symbolOf(field)} = ${askedValue(first, field)}`).join(", ");
  throw new VshiftError({
    code: "invalid-value",
    field: "y",
    problem: `${crowded.length} records share ${place}${apart === undefined ? "" : ` and differ in ${symbolOf(apart)}`}`,
    hint:
      apart === undefined || apart === "seed"
        ? "give one record for each combination"
        : `add \`facet\` ${apart}, or give one record for each combination`,
  });
}
