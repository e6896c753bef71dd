/** A number for reading: at most `digits` significant digits, no trailing zeros, true minus signs. */
export function readable(value: number, digits = 5): string {
  const rounded = Number(value.toPrecision(digits));
  const magnitude = Math.abs(rounded);
  const text = magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e9) ? rounded.toExponential() : String(rounded);
  return text.replaceAll("-", "−");
}

/** A value and its half width to the same decimals, two significant digits of the half width: "0.49987 ± 0.00094". */
export function withHalfWidth(value: number, halfWidth: number): string {
  if (halfWidth === 0) return `${readable(value)} exactly`;
  const decimals = Math.min(20, Math.max(0, 1 - Number(halfWidth.toExponential(1).split("e")[1])));
  return `${value.toFixed(decimals)} ± ${halfWidth.toFixed(decimals)}`;
}

/** 12345678 as "12,345,678". */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A ratio as a percentage: 0.005 is "0.5 %". */
export function percent(ratio: number, digits = 2): string {
  return `${readable(ratio * 100, digits)} %`;
}
