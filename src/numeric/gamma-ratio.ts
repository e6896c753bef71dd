import { horner } from "./horner.ts";

/**
 * Γ(a + ½) / Γ(a).
 *
 *   a ≥ 16:  √w (1 + 1/(64 w²) − 19/(8192 w⁴) + …),  w = a − ¼
 *   below:   the ratio at a + 1, times a/(a + ½), until 16 is reached
 *
 * a   > 0
 *
 * Relative accuracy 5e-15. DLMF 5.11.14, with the coefficients solved for at 200 digits: they are dyadic fractions.
 */
export function gammaRatio(a: number): number {
  let factor = 1;
  let argument = a;
  for (; argument < SERIES_FROM; argument += 1) factor *= argument / (argument + 0.5);
  const w = argument - 0.25;
  return factor * Math.sqrt(w) * horner(SERIES, 1 / (w * w));
}

const SERIES_FROM = 16;
// In w⁻²; the next term is below 3e-17 at w = 15.75.
const SERIES = [1, 1 / 64, -19 / 8192, 631 / 524288, -174317 / 134217728, 20491783 / 8589934592];
