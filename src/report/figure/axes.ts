import { greatest } from "d3-array";
import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { propertiesOf } from "../../noises/noises.ts";
import { STRENGTH_FIELDS } from "../../scenario/strength.ts";
import { didYouMean } from "../../suggestion.ts";
import { varyingVariables } from "../variables.ts";
import { askedValue, axisValue, BEHIND_ALIGNMENT, type FieldName, fieldNamed, findField, isNumeric } from "./field.ts";
import { findQuantity, QUANTITY_NAMES, type QuantityName } from "./quantity.ts";
import { distinct } from "./values.ts";
import { countOfValues, distinguishing, goTogether, tellingApart, varies } from "./varying.ts";

/** What a user asks of a figure, in words; what is left out is chosen by what varies. */
export interface FigureRequest {
  readonly x?: string | undefined;
  /** A quantity for lines, or a second field for a heat map. */
  readonly y?: string | undefined;
  /** Fields, separated by commas, each value of which is a line of its own. */
  readonly by?: string | undefined;
  /** The quantity that a heat map shows. */
  readonly color?: string | undefined;
  /** A field, each value of which is a panel of its own. */
  readonly facet?: string | undefined;
  readonly title?: string | undefined;
}

export type Axes = LineAxes | HeatAxes;

export interface LineAxes {
  readonly kind: "lines";
  readonly x: FieldName;
  readonly y: QuantityName;
  /** Fields that tell one series from another. */
  readonly by: readonly FieldName[];
  readonly facet: FieldName | null;
}

export interface HeatAxes {
  readonly kind: "heat";
  readonly x: FieldName;
  readonly y: FieldName;
  readonly color: QuantityName;
  readonly facet: FieldName | null;
}

/**
 * Axes as asked for; else x is the numeric field with the most values, or a kind (of noise, of input, …) where no number varies, and
 * the others that vary make the series.
 */
export function chooseAxes(records: readonly ShiftRecord[], request: FigureRequest): Axes {
  const { x, y = "shift", by, color } = request;
  const quantity = quantityUp(records, y, color);
  const second =
    quantity === undefined ? fieldNamed(y, { records, option: "y", others: QUANTITY_NAMES }) : findField(quantity);
  const facet = request.facet === undefined ? null : variedField(records, request.facet, "facet");
  const horizontal = x === undefined ? mostVaried(records, [second, facet]) : variedField(records, x, "x");
  if (facet === horizontal) throw unused("facet", `${request.facet} is the field of \`x\``, "give another field");
  if (facet !== null && facet === second) {
    throw unused("facet", `${request.facet} is the field of \`y\``, "give another field");
  }
  if (second === horizontal) throw unused("y", `${y} is the field of \`x\``, "give another field");
  if (quantity !== undefined || second === undefined) {
    if (color !== undefined)
      throw unused("fill", `${color} is for a heat map`, "give a field as `y` too, as in `y` width");
    return {
      kind: "lines",
      x: horizontal,
      y: quantity ?? "shift",
      by: seriesFields(records, { x: horizontal, facet, by }),
      facet,
    };
  }
  if (by !== undefined)
    throw unused("by", `${by} is not an axis of a heat map`, "leave it out, or give a quantity as `y`");
  return {
    kind: "heat",
    x: horizontal,
    y: variedField(records, second, "y"),
    color: quantityNamed(color ?? "shift"),
    facet,
  };
}

/**
 * The quantity that goes up. The alignment is a field and a quantity: as --y it is what the draw of the weights made of it, unless a
 * heat map is asked for, or the records were asked for their alignment rather than had it as a result.
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

/** Where no number varies. */
const KINDS: readonly FieldName[] = [
  "noise",
  "activation",
  "nonlinearity",
  "norm",
  "connection",
  "statistics",
  "layer",
  "weights",
  "scaling",
  "preset",
  "seed",
];

function mostVaried(records: readonly ShiftRecord[], taken: readonly (FieldName | null | undefined)[]): FieldName {
  const isUout = records.every(({ scenario }) => propertiesOf(scenario.noise).parameter?.field === "beta");
  const variables = varyingVariables(records.map(({ scenario }) => scenario));
  const [numeric, words] = [true, false].map((is) => variables.filter((name) => isNumeric(name, records) === is));
  const numbers: readonly FieldName[] = isUout ? ["beta", ...PREFERRED.slice(1)] : PREFERRED;
  const found =
    withMostValues(records, ["position", ...(numeric ?? []), ...numbers], taken) ??
    withMostValues(records, [...(words ?? []), ...KINDS], taken);
  if (found !== undefined) return found;
  throw new VshiftError({
    code: "invalid-value",
    field: "records",
    problem: `nothing varies ${records.length === 1 ? "in one record" : `in ${records.length} records`} that could be the x axis`,
    hint: "give the records of a sweep over several values, as of `keep`",
  });
}

function withMostValues(
  records: readonly ShiftRecord[],
  fields: readonly FieldName[],
  taken: readonly (FieldName | null | undefined)[],
): FieldName | undefined {
  const counts = fields
    .filter((field) => !taken.includes(field))
    .map((field) => ({ field, count: countOfValues(records, field) }))
    .filter(({ count }) => count > 1);
  return greatest(counts, ({ count }) => count)?.field;
}

function variedField(records: readonly ShiftRecord[], text: string, option: string): FieldName {
  const field = fieldNamed(text, { records, option });
  if (isNumeric(field, records) && option !== "facet") {
    const values = distinct(records.map((record) => axisValue(record, field)).filter((value) => value !== null));
    if (values.length > 1) return field;
    const found = values.length === 0 ? "no record has it" : `it is ${values[0]} in every record`;
    throw unused(option, `${text} does not vary: ${found}`, "give a field that varies, or leave it out");
  }
  if (varies(records, field)) return field;
  const [first] = records;
  const found = first === undefined ? "" : `: it is ${askedValue(first, field) ?? "missing"} in every record`;
  throw unused(option, `${text} does not vary${found}`, "give a field that varies, or leave it out");
}

function seriesFields(records: readonly ShiftRecord[], { x, facet, by }: SeriesRequest): readonly FieldName[] {
  const asked = by === undefined ? [] : by.split(",").map((text) => fieldNamed(text.trim(), { records, option: "by" }));
  const told = facet === null ? [] : [facet];
  // One position of a category may stand for records that differ in more than it says; a position on a line may not.
  const given = [...told, ...(isNumeric(x, records) ? [] : [x])];
  const spoken = [x, ...told].flatMap((field) => [field, ...spellingsOf(field)]);
  const rest = distinguishing(records).filter(
    (field) =>
      !asked.includes(field) && !spoken.includes(field) && ![x, ...told].some((one) => goTogether(records, one, field)),
  );
  const extra = asked.filter((field) => field !== facet);
  return [...extra, ...tellingApart(records, { given: [...given, ...extra], among: rest })];
}

interface SeriesRequest {
  readonly x: FieldName;
  readonly facet: FieldName | null;
  readonly by: string | undefined;
}

/** The fields that say what one says, in other words. */
function spellingsOf(x: FieldName): readonly FieldName[] {
  if (STRENGTH_FIELDS.some((field) => field === x)) return STRENGTH_FIELDS;
  return x === "alignment" ? BEHIND_ALIGNMENT : [];
}

function quantityNamed(text: string): QuantityName {
  const quantity = findQuantity(text);
  if (quantity !== undefined) return quantity;
  const problem = `${text} is not a quantity of a record`;
  const wanted = findField(text) === undefined ? "" : "; a field goes on an axis";
  throw unused(
    "fill",
    `${problem}${wanted}`,
    didYouMean(text, QUANTITY_NAMES, `choose one of ${QUANTITY_NAMES.join(", ")}`),
  );
}

function unused(option: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field: option, problem, hint });
}
