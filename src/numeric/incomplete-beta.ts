/** Arguments of {@link betaFraction}. */
export interface BetaArguments {
  readonly a: number;
  readonly b: number;
  readonly x: number;
}

/**
 * The continued fraction F of the incomplete beta function, I_x(a, b) = xᵃ (1 − x)ᵇ / (a B(a, b)) · F.
 *
 *   F = 1/(1 + d₁/(1 + d₂/(1 + …)))
 *   d₂ₘ₊₁ = −(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1)),   d₂ₘ = m (b − m) x / ((a + 2m − 1)(a + 2m))
 *
 * a, b > 0, 0 ≤ x < (a + 1)/(a + b + 2): there it converges in a few times √max(a, b) levels; elsewhere use
 * I_x(a, b) = 1 − I₁₋ₓ(b, a). Relative accuracy 1e-15 times that number of levels at worst, 1e-14 measured.
 *
 * DLMF 8.17.22-23, evaluated by Lentz's method as modified by Thompson and Barnett 1986.
 */
export function betaFraction({ a, b, x }: BetaArguments): number {
  let ratio = 1;
  let inverse = 0;
  let fraction = 1;
  for (let level = 1; level <= MOST_LEVELS; level++) {
    const m = level >> 1;
    const d =
      level % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    inverse = 1 / (1 + d * inverse);
    ratio = 1 + d / ratio;
    const change = ratio * inverse;
    fraction *= change;
    if (Math.abs(change - 1) < SETTLED) break;
  }
  return 1 / fraction;
}

// Reached only by a or b past 1e9.
const MOST_LEVELS = 1_000_000;
// A few units in the last place: with less, rounding can keep the levels going.
const SETTLED = 1e-15;
