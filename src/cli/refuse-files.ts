import { VshiftError } from "../errors.ts";
import { isArrayName } from "../scenario/arrays.ts";

/** A `VshiftError` where a field names a file, for commands that have no use for one; `why` says so. */
export function refuseFiles(
  { activation, weights }: { readonly activation?: unknown; readonly weights?: unknown },
  why: string,
): void {
  const field = isArrayName(activation) ? "activation" : "weights";
  const name = field === "activation" ? activation : weights;
  if (!isArrayName(name)) return;
  throw new VshiftError({
    code: "invalid-value",
    field,
    problem: `${name} is a file, and ${why}`,
    hint: "vshift theory and vshift simulate take files; give here what stands for it, as `mean`, `variance` and `alignment`",
  });
}
