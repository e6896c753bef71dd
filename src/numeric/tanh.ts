import { exp } from "./exp.ts";

/**
 * tanh x, with the same bits on every engine (Math.tanh's differ).
 *
 *   |x| < 1:  tanh x = x/(1 + x²/(3 + x²/(5 + …)))       Lambert; DLMF 4.39.1
 *   |x| ≥ 1:  tanh x = 1 − 2/(e²ˣ + 1),  with the sign of x
 *
 * Neither form subtracts numbers that are nearly equal. Relative accuracy 4e-16; ±1 beyond |x| = 19.1, NaN for NaN.
 */
export function tanh(x: number): number {
  const size = Math.abs(x);
  if (size < FRACTION_BELOW) return x / fraction(x * x);
  const value = 1 - 2 / (exp(2 * size) + 1);
  return x < 0 ? -value : value;
}

function fraction(square: number): number {
  let denominator = DEEPEST;
  for (let odd = DEEPEST - 2; odd >= 1; odd -= 2) denominator = odd + square / denominator;
  return denominator;
}

const FRACTION_BELOW = 1;
/** Eleven levels: the twelfth changes 10⁻²² at x = 1. */
const DEEPEST = 21;
