import { VshiftError } from "../errors.ts";
import type { Domain } from "../numeric/domain.ts";
import { quoted, typed } from "../scenario/typed.ts";

/** The number that the text of a flag is; a `VshiftError` where it is none. Its range is for the caller to check. */
export function numberFrom(given: unknown, { field, rule, hint }: Pick<Domain, "field" | "rule" | "hint">): number {
  const value = typed("number", String(given));
  if (typeof value === "number") return value;
  throw new VshiftError({ code: "invalid-value", field, problem: `${quoted(String(value))} is not ${rule}`, hint });
}
