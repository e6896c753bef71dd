import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { STRENGTH_FIELDS } from "../../scenario/strength.ts";
import { axisValue, type FieldName, fieldNamed, findField, isNumeric } from "./field.ts";
import { findQuantity, QUANTITY_NAMES, type QuantityName } from "./quantity.ts";
import { distinct } from "./scale.ts";
import { countOfValues, DISTINGUISHING, goTogether, tellingApart } from "./varying.ts";

/** What a user asks of a figure, in words; what is left out is chosen by what varies. */
export interface FigureRequest {
  readonly x?: string | undefined;
  /** A quantity for lines, or a second field for a heat map. */
  readonly y?: string | undefined;
  /** Fields, separated by commas, each value of which is a line of its own. */
  readonly by?: string | undefined;
  /** The quantity that a heat map shows. */
  readonly color?: string | undefined;
  readonly title?: string | undefined;
}

export type Axes = LineAxes | HeatAxes;

export interface LineAxes {
  readonly kind: "lines";
  readonly x: FieldName;
  readonly y: QuantityName;
  /** Fields that tell one series from another. */
  readonly by: readonly FieldName[];
}

export interface HeatAxes {
  readonly kind: "heat";
  readonly x: FieldName;
  readonly y: FieldName;
  readonly color: QuantityName;
}

/** Axes as asked for; else x is the numeric field with the most values, and the others that vary make the series. */
export function chooseAxes(records: readonly ShiftRecord[], { x, y = "shift", by, color }: FigureRequest): Axes {
  const quantity = quantityUp(records, y, color);
  const second = quantity === undefined ? fieldNamed(y, "--y", QUANTITY_NAMES) : findField(quantity);
  const horizontal = x === undefined ? mostVaried(records, second) : variedField(records, x, "--x");
  if (second === horizontal) throw unused("--y", `${y} is the field of --x`, "give another field");
  if (quantity !== undefined || second === undefined) {
    if (color !== undefined)
      throw unused("--fill", `${color} is for a heat map`, "give a field as --y too, as in --y d");
    return { kind: "lines", x: horizontal, y: quantity ?? "shift", by: seriesFields(records, horizontal, by) };
  }
  if (by !== undefined)
    throw unused("--by", `${by} has no place in a heat map`, "leave it out, or give a quantity as --y");
  return {
    kind: "heat",
    x: horizontal,
    y: variedField(records, second, "--y"),
    color: quantityNamed(color ?? "shift"),
  };
}

/**
 * The quantity that goes up. The alignment is a field and a quantity: as --y it is what the draw of the weights made of it, unless a
 * heat map is asked for, or the records were asked for their alignment and it is no result.
 */
function quantityUp(records: readonly ShiftRecord[], y: string, color: string | undefined): QuantityName | undefined {
  if (findField(y) !== "alignment") return findQuantity(y);
  const isAsked = records.some(({ scenario }) => scenario.targetAlignment !== null);
  return color === undefined && !isAsked ? "alignment" : undefined;
}

/** In this order where as many values speak for several. */
const PREFERRED: readonly FieldName[] = [
  ...(["keep", "width", "alignment", "rho", "mean", "variance", "weightMean", "neurons", "batchSize"] as const),
  ...(["momentum", "epsilon", "samples", "precision", "maxSamples", "confidence", "tolerance"] as const),
];

function mostVaried(records: readonly ShiftRecord[], taken: FieldName | undefined): FieldName {
  const isUout = records.every(({ scenario }) => scenario.noise === "uout");
  const candidates: readonly FieldName[] = isUout ? ["beta", ...PREFERRED.slice(1)] : PREFERRED;
  const counts = candidates
    .filter((field) => field !== taken)
    .map((field) => ({ field, count: countOfValues(records, field) }));
  const best = counts.reduce((most, next) => (next.count > most.count ? next : most), {
    field: candidates[0],
    count: 1,
  });
  if (best.field !== undefined && best.count > 1) return best.field;
  throw new VshiftError({
    code: "invalid-value",
    field: "records",
    problem: `${records.length === 1 ? "one record" : `${records.length} records`} in which no number varies make no figure`,
    hint: "give the records of a sweep",
  });
}

function variedField(records: readonly ShiftRecord[], text: string, flag: string): FieldName {
  const field = fieldNamed(text, flag);
  if (!isNumeric(field)) {
    throw unused(flag, `${text} is no number`, `give a field that is one, or use --by ${text}`);
  }
  const values = distinct(records.map((record) => axisValue(record, field)).filter((value) => value !== null));
  if (values.length > 1) return field;
  const found = values.length === 0 ? "no record has it" : `it is ${values[0]} in every record`;
  throw unused(flag, `${text} does not vary: ${found}`, "give a field that varies, or leave the flag out");
}

/** What the alignment of the weights stands for: these matter to Δ through it alone. */
const BEHIND_ALIGNMENT: readonly FieldName[] = ["width", "neurons", "weights", "weightMean", "alignment"];

function seriesFields(records: readonly ShiftRecord[], x: FieldName, by: string | undefined): readonly FieldName[] {
  const asked = by === undefined ? [] : by.split(",").map((text) => fieldNamed(text.trim(), "--by"));
  const rest = DISTINGUISHING.filter(
    (field) =>
      field !== x && !asked.includes(field) && !spellingsOf(x).includes(field) && !goTogether(records, x, field),
  );
  return [...asked, ...tellingApart(records, { given: asked, among: rest })];
}

/** The fields that say what x says, in other words. */
function spellingsOf(x: FieldName): readonly FieldName[] {
  if (STRENGTH_FIELDS.some((field) => field === x)) return STRENGTH_FIELDS;
  return x === "alignment" ? BEHIND_ALIGNMENT : [];
}

function quantityNamed(text: string): QuantityName {
  const quantity = findQuantity(text);
  if (quantity !== undefined) return quantity;
  const problem = `${text} is no quantity of a record`;
  const wanted = findField(text) === undefined ? "" : "; a field goes on an axis";
  throw unused("--fill", `${problem}${wanted}`, `choose one of ${QUANTITY_NAMES.join(", ")}`);
}

function unused(flag: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field: flag, problem, hint });
}
