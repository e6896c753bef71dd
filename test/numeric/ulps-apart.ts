const pair = new Float64Array(2);
const patterns = new BigInt64Array(pair.buffer);

/**
 * How many doubles lie between two of the same sign, plus one; 0 for equal numbers.
 *
 * A function within one ulp of the exact value is at most 1 apart from the exact value rounded.
 */
export function ulpsApart(a: number, b: number): number {
  if (a === b) return 0;
  pair[0] = a;
  pair[1] = b;
  return Math.abs(Number(patterns[0] - patterns[1]));
}
