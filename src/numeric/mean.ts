/** The mean of one number or more, added up in their order. */
export function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at];
  return total / values.length;
}
