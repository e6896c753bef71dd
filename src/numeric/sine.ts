/**
 * sin x on [−π/2, π/2], with the same bits on every engine (Math.sin's differ).
 *
 *   sin x = x − x³ (1/3! − x²/5! + x⁴/7! − …)
 *
 * x   radians, |x| ≤ π/2: there is no reduction; more is a RangeError
 *
 * Relative accuracy 2.3e-16 (1.8 ulp measured, below 0.8 ulp for |x| ≤ π/4). Taylor's series to x²¹ leaves 2e-18 at π/2.
 */
export function sine(x: number): number {
  if (!(Math.abs(x) <= HALF_PI)) throw new RangeError(`sine: ${x} is outside [-π/2, π/2]`);
  const z = x * x;
  let series = 0;
  for (let n = LAST_ODD; n >= 3; n -= 2) series = (1 - z * series) / (n * (n - 1));
  return x - x * z * series;
}

const HALF_PI = 1.5707963267948966;
const LAST_ODD = 21;
