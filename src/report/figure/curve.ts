import { extent, greatest } from "d3-array";
import { VshiftError } from "../../errors.ts";
import { derive, type TheoryRecord } from "../../experiment/derive.ts";
import { type RecordTheory, type ShiftRecord, scenarioOf } from "../../experiment/record.ts";
import { meanOf } from "../../numeric/mean.ts";
import { completeScenario } from "../../scenario/complete.ts";
import { inputOf } from "../../scenario/input-of.ts";
import type { CompletedInput } from "../../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../../scenario/strength.ts";
import type { Across } from "./across.ts";
import { axisValue, type FieldName } from "./field.ts";
import type { Place } from "./figure.ts";
import type { Quantity } from "./quantity.ts";
import { scaleOf } from "./scales.ts";
import { distinct } from "./values.ts";
import { varies } from "./varying.ts";

/** Points at which a smooth curve is computed. */
const PLACES = 101;

/** Where the closed form is a smooth function of a number, and nothing is drawn for it. */
const SMOOTH: readonly FieldName[] = [...STRENGTH_FIELDS, "mean", "variance", "rho", "alignment"];

/** What a curve needs to stay the same along it, apart from what x itself sets. */
const SHAPING: readonly FieldName[] = [
  ...(["noise", "channelSize", "scaling", "keep", "activation", "mean", "variance", "rho", "layer"] as const),
  ...(["width", "alignment", "weights", "weightMean"] as const),
];

/** The fields that the average alignment of random weights depends on. */
const BEHIND_ALIGNMENT: readonly FieldName[] = ["layer", "width", "weights", "weightMean", "alignment"];

export interface CurveSetting {
  readonly across: Across;
  readonly quantity: Quantity;
  readonly isLogarithmic: boolean;
}

/**
 * A line, and what it is made of: the closed form itself, its values at the records, what was measured there, or an average
 * over draws of the weights (no points where that is not known).
 */
export interface Curve {
  readonly kind: "smooth" | "joined" | "measured" | "expected";
  readonly places: readonly Place[];
}

/**
 * The closed form along x for the records of a series, from their smallest x to their largest.
 *
 * Computed at 101 points where the scenario is defined between the records and no weights need drawing; elsewhere
 * (widths, a layer with random weights) it joins what the records say themselves. Without a closed form it joins what was
 * measured.
 */
export function curveOf(records: readonly ShiftRecord[], setting: CurveSetting): Curve {
  const { quantity, across } = setting;
  const { closedForm, expected } = quantity;
  const isOfCategories = across.names.length > 0;
  if (expected !== undefined) {
    const places = isOfCategories
      ? joined(records, setting, ({ scenario }) => expected(scenario))
      : onAverage(records, setting, expected);
    return { kind: "expected", places };
  }
  if (closedForm === undefined) {
    return { kind: "measured", places: isOfCategories ? [] : joined(records, setting, quantity.value) };
  }
  const places = isSmooth(records, setting) ? smooth(records, setting, closedForm) : undefined;
  if (places !== undefined) return { kind: "smooth", places };
  return { kind: "joined", places: joined(records, setting, ({ theory }) => theory && closedForm(theory)) };
}

function isSmooth(records: readonly ShiftRecord[], { across: { field: x }, quantity }: CurveSetting): boolean {
  const isLinear = records.some(({ scenario }) => scenario.layer === "linear");
  const isAligned = records.every(({ scenario }) => scenario.targetAlignment !== null);
  // What channels make of weights is not told by their alignment.
  if (isLinear && records.some(({ scenario }) => scenario.channelSize !== null)) return false;
  if (!SMOOTH.includes(x) || (isLinear && !(quantity.isRatio && (isAligned || x === "alignment")))) return false;
  return !SHAPING.some((field) => !coveredBy(x).includes(field) && varies(records, field));
}

/** The fields that may vary along x: those that x says in other words. */
function coveredBy(x: FieldName): readonly FieldName[] {
  if (STRENGTH_FIELDS.some((field) => field === x)) return STRENGTH_FIELDS;
  return x === "alignment" ? ["alignment", "width", "weights", "weightMean"] : [x];
}

function smooth(
  records: readonly ShiftRecord[],
  { across: { field: x }, isLogarithmic }: CurveSetting,
  closedForm: NonNullable<Quantity["closedForm"]>,
): readonly Place[] | undefined {
  // The widest one can have every alignment that the others have.
  const base = greatest(records, ({ scenario }) => scenario.width);
  if (base === undefined) return undefined;
  try {
    return placesAlong(records, { x, isLogarithmic }).flatMap((value) => {
      const theory = theoryAt(derive(completeScenario(moved(base, x, value))), base);
      return theory === null ? [] : [{ x: value, y: closedForm(theory) }];
    });
  } catch (error) {
    if (error instanceof VshiftError) return undefined;
    throw error;
  }
}

/** What theory says at a record's position. */
function theoryAt({ theory, positions }: TheoryRecord, { position }: ShiftRecord): RecordTheory | null {
  return position === null ? theory : (positions[position.index - 1]?.theory ?? null);
}

/** What {@link Quantity.expected} says from the smallest x to the largest, for records of one kind of weights. */
function onAverage(
  records: readonly ShiftRecord[],
  { across: { field: x }, isLogarithmic }: CurveSetting,
  expected: NonNullable<Quantity["expected"]>,
): readonly Place[] {
  const [first] = records;
  if (first === undefined || BEHIND_ALIGNMENT.some((field) => field !== x && varies(records, field))) return [];
  return placesAlong(records, { x, isLogarithmic }).flatMap((value) => {
    const y = expected({ ...first.scenario, [x]: value });
    return y === null ? [] : [{ x: value, y }];
  });
}

/** Values of x from the smallest to the largest of some records, 101 of them where there is a way between. */
function placesAlong(
  records: readonly ShiftRecord[],
  { x, isLogarithmic }: { readonly x: FieldName; readonly isLogarithmic: boolean },
): readonly number[] {
  const [low = 0, high = low] = extent(records, (record) => axisValue(record, x));
  if (low === high) return [low];
  // Clamped, so that no logarithm's last digit leads out of what a scenario may have.
  const scale = scaleOf({ isLogarithmic }).domain([low, high]).clamp(true);
  return Array.from({ length: PLACES }, (_, index) => scale.invert(index / (PLACES - 1)));
}

/** The scenario of a record with another value of one field, and the least to draw for the same ratio. */
function moved(record: ShiftRecord, field: FieldName, value: number): CompletedInput {
  const input = inputOf(scenarioOf(record));
  const isStrength = STRENGTH_FIELDS.some((name) => name === field);
  const strength = isStrength ? Object.fromEntries(STRENGTH_FIELDS.map((name) => [name, null])) : {};
  const weights = field === "alignment" ? { weightMean: null } : {};
  const neurons = input.layer === "linear" ? { neurons: 1 } : {};
  return { ...input, ...strength, ...weights, ...neurons, [field]: value };
}

/** The mean over the records at each x, in the order of x. */
function joined(
  records: readonly ShiftRecord[],
  { across }: CurveSetting,
  read: (record: ShiftRecord) => number | null,
): readonly Place[] {
  const places = records.map((record) => ({ x: across.placeOf(record), y: read(record) }));
  return distinct(places.map((place) => place.x).filter((value) => value !== null)).flatMap((value) => {
    const here = places.filter((place) => place.x === value).flatMap(({ y }) => (y === null ? [] : [y]));
    return here.length === 0 ? [] : [{ x: value, y: meanOf(here) }];
  });
}
