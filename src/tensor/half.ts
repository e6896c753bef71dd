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

/** The half-precision float that is nearest to a finite number, the even one of two; beyond 65,520 infinity. */
export function toFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude >= 65_520) return sign | 0x7c00;
  // Steps of the binade; those below 2⁻¹⁴ are all 2⁻²⁴.
  let exponent = -14;
  while (exponent < 15 && magnitude >= 2 * powerOfTwo(exponent)) exponent++;
  const steps = roundedToEven(magnitude / powerOfTwo(exponent - 10));
  // A carry into the next binade is a carry into the exponent's bits.
  return sign | (steps < 2 ** 10 ? steps : (exponent + 14) * 2 ** 10 + steps);
}

/** The bfloat16 that is nearest to a finite number, the even one of two. */
export function toBfloat16(value: number): number {
  single[0] = value;
  const word = words[0] as number;
  const upper = word >>> 16;
  const rest = word & 0xffff;
  // From the single-precision number, which may already be rounded; its error is 2⁻¹⁶ of a step at most.
  return rest > 0x8000 || (rest === 0x8000 && (upper & 1) === 1) ? upper + 1 : upper;
}

function roundedToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function powerOfTwo(exponent: number): number {
  let power = 1;
  for (let at = 0; at < Math.abs(exponent); at++) power *= 2;
  return exponent < 0 ? 1 / power : power;
}

function fromBits(word: number): number {
  words[0] = word;
  return single[0] as number;
}
