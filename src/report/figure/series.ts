import { groups, sort } from "d3-array";
import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { askedValue, type FieldName, isNumeric, symbolOf } from "./field.ts";
import type { Hues, Look } from "./figure.ts";
import { OF_THE_LAW } from "./label.ts";
import { countOfValues, keyOf } from "./varying.ts";

/** More lines than this in one picture are not distinguishable. */
const MOST_SERIES = 12;

/** The records of each series; numbers in ascending order, words in the order in which they come. */
export function seriesOf(
  records: readonly ShiftRecord[],
  by: readonly FieldName[],
): readonly (readonly ShiftRecord[])[] {
  const groups = sortedGroups(records, by);
  if (groups.length <= MOST_SERIES) return groups;
  throw new VshiftError({
    code: "invalid-value",
    field: "by",
    problem: `${by.map(symbolOf).join(", ")} make ${groups.length} lines, and at most ${MOST_SERIES} are distinguishable`,
    hint:
      by.length > 1
        ? `add \`facet\` ${by[0]}, or draw a heat map with a field as \`y\``
        : "draw a heat map with a field as `y`, or give fewer records",
  });
}

/** The groups of records that agree in some fields, sorted by these. */
export function sortedGroups(
  records: readonly ShiftRecord[],
  by: readonly FieldName[],
): readonly (readonly ShiftRecord[])[] {
  const kinds = groups(records, (record) => keyOf(record, by)).map(([, group]) => group);
  return sort(kinds, ...by.map((field) => rankBy(kinds, field)));
}

/** A number's rank is itself, and a word's the position of its first use. */
function rankBy(kinds: readonly (readonly ShiftRecord[])[], field: FieldName) {
  const asked = ([first]: readonly ShiftRecord[]) => (first === undefined ? null : askedValue(first, field));
  const values = kinds.map(asked);
  return (kind: readonly ShiftRecord[]): number => {
    const value = asked(kind);
    return typeof value === "number" ? value : values.indexOf(value);
  };
}

/** How the series of some records look. */
export interface Looks {
  readonly hues: Hues;
  readonly of: (record: ShiftRecord) => Look;
}

/**
 * Series that differ in one thing have a colour and a symbol for each of its values, and dashes too where it is not a number. Where they
 * differ in several things, the one with the most values has the colours, and the others have symbols and dashes.
 */
export function looksOf(records: readonly ShiftRecord[], by: readonly FieldName[]): Looks {
  const sides = sidesOf(by).toSorted((a, b) => valuesOf(records, b) - valuesOf(records, a));
  const [coloured = [], ...others] = sides;
  const [field] = coloured;
  const isOrdered =
    coloured.length === 1 && field !== undefined && isNumeric(field, records) && countOfValues(records, field) > 1;
  const hueOf = ranking(records, coloured);
  if (others.length === 0) {
    const lookOf = (rank: number): Look => ({ hue: rank, symbol: rank, dashes: isOrdered ? 0 : rank });
    return { hues: { count: hueOf.count, isOrdered }, of: (record) => lookOf(hueOf.rank(record)) };
  }
  const shapeOf = ranking(records, others.flat());
  return {
    hues: { count: hueOf.count, isOrdered },
    of: (record) => ({ hue: hueOf.rank(record), symbol: shapeOf.rank(record), dashes: shapeOf.rank(record) }),
  };
}

/** Fields, each by itself, except those that make the name of a distribution together. */
function sidesOf(by: readonly FieldName[]): readonly (readonly FieldName[])[] {
  const law = by.includes("activation") ? by.filter((field) => OF_THE_LAW.includes(field)) : [];
  const rest = by.filter((field) => !law.includes(field)).map((field) => [field]);
  return law.length === 0 ? rest : [law, ...rest];
}

function valuesOf(records: readonly ShiftRecord[], side: readonly FieldName[]): number {
  return new Set(records.map((record) => keyOf(record, side))).size;
}

function ranking(records: readonly ShiftRecord[], fields: readonly FieldName[]) {
  const keys = sortedGroups(records, fields).map(([first]) => (first === undefined ? "" : keyOf(first, fields)));
  return { count: keys.length, rank: (record: ShiftRecord) => keys.indexOf(keyOf(record, fields)) };
}
