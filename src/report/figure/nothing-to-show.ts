import { VshiftError } from "../../errors.ts";

/** Merged records, for one, have no output of Batch Normalization. */
export function nothingToShow(option: "y" | "fill", quantity: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: option,
    problem: `${quantity} is missing from every record`,
    hint:
      quantity === "alignment"
        ? "the weights of a linear layer have one: give records with `layer` linear"
        : "merged records have none; choose another quantity",
  });
}
