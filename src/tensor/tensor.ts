/** An array of numbers that a file holds, not decoded yet. */
export interface Tensor {
  readonly name: string;
  /** Lengths of the axes; none for a single number. */
  readonly shape: readonly number[];
  readonly order: Order;
  /**
   * All elements in the order of the file, as doubles, made again at each call.
   *
   * A `VshiftError` if one is NaN or infinite.
   */
  readonly values: () => Float64Array;
}

/** Whose index runs fastest from one element to the next: the last axis's (C), or the first's. */
export type Order = "C" | "Fortran";

/** An array by its name; opening it may take memory, so one is opened at a time. */
export interface StoredTensor {
  readonly name: string;
  readonly open: () => Tensor;
}
