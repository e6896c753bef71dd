const words = new Uint32Array(1);
const single = new Float32Array(words.buffer);

/**
 * The number that a half-precision float stands for; exact.
 *
 * bits   1 sign, 5 exponent (bias 15), 10 fraction: IEEE 754-2019 binary16
 */
export function fromFloat16(bits: number): number {
  const negative = bits >> 15 !== 0;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return (negative ? -fraction : fraction) * 2 ** -24;
  // The same number in single precision, whose exponent has bias 127; all ones mean infinity or NaN in both.
  const wider = exponent === 0x1f ? 0xff : exponent + 127 - 15;
  return fromBits(((negative ? 0x100 : 0) | wider) * 2 ** 23 + fraction * 2 ** 13);
}

/** The number that a bfloat16, the upper half of a single-precision float, stands for; exact. */
export function fromBfloat16(bits: number): number {
  return fromBits(bits * 2 ** 16);
}

function fromBits(word: number): number {
  words[0] = word;
  return single[0] as number;
}
