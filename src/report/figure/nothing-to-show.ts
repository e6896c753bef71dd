import { VshiftError } from "../../errors.ts";

/** Records that were joined of parts, for one, have no output of Batch Normalization. */
export function nothingToShow(quantity: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    problem: `no record has ${quantity}`,
    hint:
      quantity === "alignment"
        ? "the weights of a linear layer have one: give records of --layer linear"
        : "records that were put together from several do not; choose another quantity",
  });
}
