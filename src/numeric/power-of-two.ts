const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Which of the two 32-bit words of a double holds sign, exponent and the top of the mantissa: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** What {@link splitBinary} returns. */
export interface BinarySplit {
  readonly mantissa: number;
  readonly exponent: number;
}

/**
 * x · 2ⁿ, rounded once.
 *
 * n   integer, |n| ≤ 2044
 *
 * Exact unless the result overflows or is subnormal: the first half of the factor is applied exactly, the second rounds.
 * For that x should be near 1, as the callers' are.
 */
export function scaleByPowerOfTwo(x: number, n: number): number {
  const half = n >> 1;
  return x * powerOfTwo(half) * powerOfTwo(n - half);
}

/**
 * x = mantissa · 2^exponent with the mantissa in [√½, √2); exact.
 *
 * x   positive and finite
 */
export function splitBinary(x: number): BinarySplit {
  if (x < SMALLEST_NORMAL) {
    const { mantissa, exponent } = splitBinary(x * TWO_TO_54);
    return { mantissa, exponent: exponent - 54 };
  }
  double[0] = x;
  const exponent = (words[HIGH] - HIGH_WORD_OF_SQRT_HALF) >> 20;
  words[HIGH] = words[HIGH] - (exponent << 20);
  return { mantissa: double[0], exponent };
}

/** 2ⁿ from its bits; |n| ≤ 1022. */
function powerOfTwo(n: number): number {
  words[HIGH] = (n + 1023) << 20;
  words[1 - HIGH] = 0;
  return double[0];
}

// Doubles by definition: 2⁻¹⁰²² and 2⁵⁴.
const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18014398509481984;
// Upper 32 bits of √½ = 0x3FE6A09E667F3BCD.
const HIGH_WORD_OF_SQRT_HALF = 0x3fe6a09e;

/** The largest power of two up to a number below 2³⁰, and 1 at the least. */
export function powerOfTwoBelow(most: number): number {
  let power = 1;
  while (2 * power <= most && power < 2 ** 30) power *= 2;
  return power;
}
