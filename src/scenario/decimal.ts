/** A number as it is written: `digits`·10^−`places`. */
export interface Decimal {
  readonly digits: bigint;
  readonly places: number;
}

/** Reads "0.1", "-2", "1e-3"; the text must be a number. Undefined for one that a double would make 0 or infinite. */
export function decimal(text: string): Decimal | undefined {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = BigInt(`${whole}${fraction}`.replace("+", ""));
  const value = Number(text);
  if (!Number.isFinite(value) || (value === 0 && digits !== 0n)) return undefined;
  return digits === 0n ? ZERO : { digits, places: fraction.length - Number(exponent) };
}

const ZERO: Decimal = { digits: 0n, places: 0 };

export function plus(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  return { digits: scaled(a, places) + scaled(b, places), places };
}

export function minus(a: Decimal, b: Decimal): Decimal {
  return plus(a, { ...b, digits: -b.digits });
}

export function times(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, places: a.places + b.places };
}

/** How often b goes into a, rounded down; b is not 0. */
export function wholeQuotient(a: Decimal, b: Decimal): bigint {
  const places = Math.max(a.places, b.places);
  const [numerator, denominator] = [scaled(a, places), scaled(b, places)];
  const quotient = numerator / denominator;
  return numerator % denominator !== 0n && numerator < 0n !== denominator < 0n ? quotient - 1n : quotient;
}

/** The double nearest to it. */
export function numberOf({ digits, places }: Decimal): number {
  return Number(`${digits}e${-places}`);
}

function scaled({ digits, places }: Decimal, to: number): bigint {
  return digits * BigInt("1".padEnd(to - places + 1, "0"));
}
