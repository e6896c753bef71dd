import type { Spread } from "./statistics.ts";

/** A median with its range; without where there is one value. */
export function spread(value: Spread | undefined, text: (number: number) => string): string {
  if (value === undefined) return "–";
  const { median, low, high } = value;
  return low === high ? text(median) : `${text(median)} [${text(low)}–${text(high)}]`;
}

export function seconds(value: number): string {
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1);
}

export function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

export function milliseconds(value: number): string {
  return value.toFixed(1);
}
