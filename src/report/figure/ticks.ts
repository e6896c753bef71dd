import type { Axis } from "./figure.ts";
import { distinct, type Range, roundNumbers } from "./scale.ts";

/** At most about so many round numbers of an axis; powers of ten where it is logarithmic, and 2 and 5 times them where they fit. */
export function ticksOf({ low, high }: Range, { count, isLogarithmic }: TickSetting): readonly number[] {
  if (!isLogarithmic) return roundNumbers({ low, high }, count);
  const [first, last] = [Math.floor(Math.log10(low) + EDGE), Math.ceil(Math.log10(high) - EDGE)];
  const powers = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  const within = (ticks: readonly number[]) => {
    // Powers of ten are not always exact.
    const exact = ticks.map((tick) => Number(tick.toPrecision(12)));
    return exact.filter((tick) => tick >= low * (1 - EDGE) && tick <= high * (1 + EDGE));
  };
  const fine = within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
  if (fine.length <= count) return fine.length >= 2 ? fine : roundNumbers({ low, high }, count);
  const decades = within(powers);
  const step = Math.ceil(decades.length / count);
  return decades.filter((_, index) => index % step === 0);
}

interface TickSetting {
  readonly count: number;
  readonly isLogarithmic: boolean;
}

const EDGE = 1e-9;

/** A range from one round number to another. */
export function roundRange({ low, high }: Range, count: number): Range {
  const [first = low, second = first] = roundNumbers({ low, high }, count);
  const step = second - first;
  if (!(step > 0)) return { low, high };
  const round = (value: number) => Number((value * step).toPrecision(12));
  return { low: round(Math.floor(low / step + EDGE)), high: round(Math.ceil(high / step - EDGE)) };
}

/** The names of the ticks of an axis; those of equal steps have as many decimals each. */
export function tickNames(
  ticks: readonly number[],
  { isLogarithmic, isPercentage }: Pick<Axis, "isLogarithmic" | "isPercentage">,
): readonly string[] {
  const values = ticks.map((tick) => (isPercentage ? tick * 100 : tick));
  const unit = isPercentage ? " %" : "";
  const largest = Math.max(...values.map(Math.abs));
  const smallest = Math.min(...values.map(Math.abs).filter((value) => value > 0));
  if (largest >= 1e7 || largest < 1e-4 || (isLogarithmic && smallest < 1e-4)) {
    return values.map((value) => scientific(value) + unit);
  }
  const sorted = distinct(values);
  const steps = sorted.slice(1).map((value, index) => value - (sorted[index] ?? 0));
  const finest = Math.min(...steps, largest || 1);
  // Two digits more than the steps need at least, for values that are not round.
  const most = Math.max(0, Math.floor(2 - Math.log10(finest)));
  const needed = Math.max(...values.map(decimalsOf));
  return values.map((value) => {
    const decimals = Math.min(isLogarithmic ? decimalsOf(value) : needed, most);
    return signed(grouped(value.toFixed(decimals))) + unit;
  });
}

function decimalsOf(value: number): number {
  const [, decimals = ""] = Number(value.toPrecision(10)).toFixed(10).split(".");
  return decimals.replace(/0+$/, "").length;
}

/** "5·10⁻⁵"; a power of ten alone as itself. */
function scientific(value: number): string {
  if (value === 0) return "0";
  const [mantissa = "", exponent = ""] = Number(value.toPrecision(3)).toExponential().split("e");
  const power = `10${[...exponent].map((sign) => SUPERSCRIPT[sign] ?? "").join("")}`;
  return mantissa === "1" ? power : signed(`${mantissa}·${power}`);
}

const SUPERSCRIPT: { readonly [sign: string]: string } = {
  "-": "⁻",
  ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((raised, digit) => [String(digit), raised])),
};

/** Thin spaces between thousands, from five digits on. */
function grouped(number: string): string {
  const [whole = "", ...rest] = number.split(".");
  const digits = whole.replace("-", "").length;
  return [digits < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, "\u202f"), ...rest].join(".");
}

/** A true minus sign, and none before a zero. */
function signed(number: string): string {
  return Number(number.replace("\u202f", "")) === 0 ? number.replace("-", "") : number.replace("-", "−");
}
