import { VshiftError } from "../../errors.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { type FieldName, symbolOf } from "./field.ts";
import { categoryName } from "./label.ts";
import { sortedGroups } from "./series.ts";

/** Panels that a page has room for. */
const MOST_PANELS = 16;

/** The records of each panel; one without a label, of all of them, where nothing is split. */
export function panelsOf(
  records: readonly ShiftRecord[],
  facet: FieldName | null,
): readonly { readonly label: string; readonly records: readonly ShiftRecord[] }[] {
  if (facet === null) return [{ label: "", records }];
  const groups = sortedGroups(records, [facet]);
  if (groups.length > MOST_PANELS) {
    throw new VshiftError({
      code: "invalid-value",
      field: "facet",
      problem: `${symbolOf(facet)} makes ${groups.length} panels, and no more than ${MOST_PANELS} fit`,
      hint: "give a field with fewer values, or fewer records",
    });
  }
  return groups.map((group) => ({
    label: group[0] === undefined ? "" : categoryName(group[0], facet, records),
    records: group,
  }));
}
