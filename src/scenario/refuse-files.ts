import { VshiftError } from "../errors.ts";
import { ARRAY_FIELDS, type ArrayField, isArrayName } from "../scenario/arrays.ts";

/** A `VshiftError` where a field names a file, for commands that have no use for one; `why` says so. */
export function refuseFiles(fields: { readonly [Field in ArrayField]?: unknown }, why: string): void {
  const field = ARRAY_FIELDS.find((each) => isArrayName(fields[each]));
  if (field === undefined) return;
  throw new VshiftError({
    code: "invalid-value",
    field,
    problem: `${fields[field]} cannot be used here, because ${why}`,
    hint: "give `mean` and `variance` instead, or use vshift theory or vshift simulate, which read files",
  });
}
