import { max, min, pairs } from "d3-array";
import { formatLocale, precisionFixed } from "d3-format";
import type { Axis } from "./figure.ts";
import type { Scale } from "./scales.ts";
import { distinct } from "./values.ts";

export interface Tick {
  readonly value: number;
  readonly name: string;
}

/** About so many round numbers. */
export function ticksUp(scale: Scale, axis: Axis, count: number): readonly Tick[] {
  return named(ticksOf(scale, axis, count), axis);
}

/** Ticks across: those of the axis, or the most round numbers whose names do not touch. */
export function ticksAcross(scale: Scale, axis: Axis, { measure, between }: AcrossSetting): readonly Tick[] {
  const fits = (ticks: readonly Tick[]) =>
    pairs(ticks).every(([before, tick]) => {
      const room = (measure(tick.name) + measure(before.name)) / 2 + between;
      return scale(tick.value) - scale(before.value) >= room;
    });
  const given = named(axis.ticks, axis);
  const thinned = [1, 2, 3, 4].map((step) => given.filter((_, index) => index % step === 0));
  const round = COUNTS.map((count) => ticksUp(scale, axis, count));
  const candidates = given.length === 0 ? round : axis.isLogarithmic ? thinned : [given, ...round];
  return candidates.find((ticks) => ticks.length > 0 && fits(ticks)) ?? candidates.at(-1)?.slice(0, 1) ?? [];
}

interface AcrossSetting {
  /** The width of a name, and what must be left between two. */
  readonly measure: (name: string) => number;
  readonly between: number;
}

const COUNTS = [11, 10, 9, 8, 7, 6, 5, 4, 3] as const;

function named(values: readonly number[], axis: Axis): readonly Tick[] {
  const names = tickNames(values, axis);
  return values.map((value, index) => ({ value, name: names[index] ?? "" }));
}

/** About so many round numbers; on a logarithmic axis 1, 2 and 5 times powers of ten, or these alone, where all would be too many. */
export function ticksOf(
  scale: Scale,
  { isLogarithmic }: Pick<Axis, "isLogarithmic">,
  count: number,
): readonly number[] {
  const all = scale.ticks(count);
  if (!isLogarithmic) return all;
  const coarser = [/^[125]e/, /^1e/].map((kept) => all.filter((tick) => kept.test(tick.toExponential())));
  return [all, ...coarser].find((ticks) => ticks.length >= 2 && ticks.length <= count) ?? all;
}

/** A true minus sign, and none before a zero; thin spaces between thousands. */
export const { format } = formatLocale({ decimal: ".", thousands: "\u202f", grouping: [3], currency: ["", ""] });

/** The names of the ticks of an axis; those of equal steps have as many decimals each. */
export function tickNames(
  ticks: readonly number[],
  { isLogarithmic, isPercentage }: Pick<Axis, "isLogarithmic" | "isPercentage">,
): readonly string[] {
  const values = ticks.map((tick) => (isPercentage ? tick * 100 : tick));
  const write = formatOf(values, isLogarithmic);
  return values.map((value) => write(value) + (isPercentage ? " %" : ""));
}

function formatOf(values: readonly number[], isLogarithmic: boolean): (value: number) => string {
  const sizes = values.map(Math.abs).filter((size) => size > 0);
  const [smallest = 1, largest = 1] = [min(sizes), max(sizes)];
  if (largest >= 1e7 || largest < 1e-4 || (isLogarithmic && smallest < 1e-4)) return scientific;
  const steps = pairs(distinct(values), (before, value) => value - before);
  const group = largest >= 1e4 ? "," : "";
  // A digit more than the steps need at least, for values that are not round.
  const own = format(`${group}.${precisionFixed(min(steps) ?? largest) + 1}~f`);
  return isLogarithmic ? own : format(`${group}.${max(values, (value) => decimalsOf(own(value))) ?? 0}f`);
}

export function decimalsOf(number: string): number {
  return /\.(\d+)/.exec(number)?.[1]?.length ?? 0;
}

/** "5·10⁻⁵"; a power of ten alone as itself. */
function scientific(value: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = ""] = format(".2~e")(value).split("e");
  const power = `10${[...exponent].map((sign) => SUPERSCRIPT[sign] ?? "").join("")}`;
  return mantissa === "1" ? power : `${mantissa}·${power}`;
}

const SUPERSCRIPT: { readonly [sign: string]: string } = {
  "-": "⁻",
  ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((raised, digit) => [String(digit), raised])),
};
