import { VshiftError } from "../../errors.ts";

/** Merged records, for one, have no output of Batch Normalization. */
export function nothingToShow(flag: "--y" | "--fill", quantity: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: flag,
    problem: `${quantity} is missing from every record`,
    hint:
      quantity === "alignment"
        ? "the weights of a linear layer have one: give records of --layer linear"
        : "merged records have none; choose another quantity",
  });
}
