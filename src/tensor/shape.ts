/** The number of elements of a shape, or undefined where it is not a shape: an axis is not a whole number, or there are too many. */
export function elementCount(shape: readonly unknown[]): number | undefined {
  if (shape.length > MOST_AXES) return undefined;
  let count = 1;
  let nonzero = 1;
  for (const length of shape) {
    if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) return undefined;
    count *= length;
    // A product that a 0 hides must not overflow either, for readers that multiply in another order.
    nonzero *= Math.max(1, length);
  }
  return nonzero <= Number.MAX_SAFE_INTEGER ? count : undefined;
}

/** NumPy's limit since 2.0. */
const MOST_AXES = 64;
