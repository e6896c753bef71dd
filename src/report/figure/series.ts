import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { askedValue, type FieldName, symbolOf } from "./field.ts";
import { groupsOf, keyOf } from "./varying.ts";

/** More lines than this cannot be told apart. */
const MOST_SERIES = 12;

/** The records of each series; numbers in ascending order, words in the order in which they come. */
export function seriesOf(
  records: readonly ShiftRecord[],
  by: readonly FieldName[],
): readonly (readonly ShiftRecord[])[] {
  const groups = groupsOf(records, (record) => keyOf(record, by));
  if (groups.length <= MOST_SERIES) return by.reduceRight(sortedBy, groups);
  throw new VshiftError({
    code: "invalid-value",
    field: "--by",
    problem: `${by.map(symbolOf).join(", ")} make ${groups.length} lines, and no more than ${MOST_SERIES} can be told apart`,
    hint: "draw a heat map with a field as --y, or give fewer records",
  });
}

/** The groups in the order of one field, and in the order in which they are where it is the same. */
function sortedBy(groups: readonly (readonly ShiftRecord[])[], field: FieldName): readonly (readonly ShiftRecord[])[] {
  const values = groups.map(([first]) => (first === undefined ? null : askedValue(first, field)));
  const rank = (index: number) => {
    const value = values[index] ?? null;
    return typeof value === "number" ? value : values.indexOf(value);
  };
  return groups
    .map((group, index) => ({ group, rank: rank(index) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ group }) => group);
}
