/** A number for reading: at most `digits` significant digits, no trailing zeros, true minus signs. */
export function readable(value: number, digits = 5): string {
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  const text = magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e9) ? rounded.toExponential() : String(rounded);
  return text.replaceAll("-", "−");
}

/** As `readable`, and a dash for a value that is not there. */
export function orDash(value: number | null | undefined, digits = 4): string {
  return value === null || value === undefined ? "–" : readable(value, digits);
}

/** A value and its half width to the same decimals, two significant digits of the half width: "0.49987 ± 0.00094". */
export function withHalfWidth(value: number, halfWidth: number): string {
  if (halfWidth === 0) return `${readable(value)} exactly`;
  const decimals = Math.min(20, Math.max(0, 1 - Number(halfWidth.toExponential(1).split("e")[1])));
  const text = value.toFixed(decimals);
  // No minus before a zero, and a true one elsewhere.
  return `${Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−")} ± ${halfWidth.toFixed(decimals)}`;
}

/**
 * A value with its standard error in units of the last digit: "0.0099(2)", "1.02(13)", "131(17)", "12.3(1.4)". The error has one
 * significant digit, or two where the first would be a 1.
 */
export function uncertain(value: number, error: number): string {
  if (!(error > 0)) return readable(value);
  const [mantissa = "", exponent = ""] = error.toExponential(1).split("e");
  const decimals = Math.min(20, Math.max(0, (mantissa.startsWith("1") ? 1 : 0) - Number(exponent)));
  const shown = error.toFixed(decimals);
  const digits = error < 1 ? shown.replace(/^0\.0*/, "") : shown;
  return `${value.toFixed(decimals).replace("-", "−")}(${digits})`;
}

/** 12345678 as "12,345,678". */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A count with its noun: "1 cell", "1,012 cells". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A time for planning: "0.4 s", "3 min", "5 h". */
export function secondsInWords(seconds: number): string {
  if (seconds < 90) return `${readable(seconds, 2)} s`;
  return seconds < 5400 ? `${readable(seconds / 60, 2)} min` : `${readable(seconds / 3600, 2)} h`;
}

/** An amount of memory: "85 MB", "1.3 GB". */
export function bytesInWords(bytes: number): string {
  return bytes < 1e9 ? `${readable(bytes / 1e6, 2)} MB` : `${readable(bytes / 1e9, 2)} GB`;
}

/** A ratio as a percentage: 0.005 is "0.5 %". */
export function percent(ratio: number, digits = 2): string {
  return `${readable(ratio * 100, digits)} %`;
}

/** A small probability, to be read as a power of ten: 10⁻⁶, 2.5·10⁻⁷; from 10⁻³ on in decimals. */
export function probability(value: number): string {
  if (value === 0 || value >= 1e-3) return readable(value);
  const [mantissa = "", exponent = ""] = Number(value.toPrecision(3)).toExponential().split("e");
  const power = `10${exponent.replace(/[-\d]/g, (sign) => SUPERSCRIPT[sign] ?? sign)}`;
  return mantissa === "1" ? power : `${mantissa}·${power}`;
}

const SUPERSCRIPT: { readonly [sign: string]: string } = {
  "-": "⁻",
  ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((raised, digit) => [String(digit), raised])),
};
