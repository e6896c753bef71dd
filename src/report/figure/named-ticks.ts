import type { Axis } from "./figure.ts";
import type { Range } from "./scale.ts";
import { tickNames, ticksOf } from "./ticks.ts";

export interface Tick {
  readonly value: number;
  readonly name: string;
}

/** At most about so many round numbers. */
export function ticksUp(range: Range, axis: Axis, count: number): readonly Tick[] {
  const values = ticksOf(range, { count, isLogarithmic: axis.isLogarithmic });
  return named(values, tickNames(values, axis));
}

/** Ticks across: those of the axis, or the most round numbers whose names do not touch. */
export function ticksAcross(range: Range, axis: Axis, { across, measure, between }: AcrossSetting): readonly Tick[] {
  const fits = (ticks: readonly Tick[]) =>
    ticks.slice(1).every((tick, index) => {
      const before = ticks[index] ?? tick;
      const room = (measure(tick.name) + measure(before.name)) / 2 + between;
      return across(tick.value) - across(before.value) >= room;
    });
  const given = named(axis.ticks, tickNames(axis.ticks, axis));
  const thinned = [1, 2, 3, 4].map((step) => given.filter((_, index) => index % step === 0));
  const counts = Array.from({ length: 9 }, (_, index) => 11 - index);
  const round = counts.map((count) => {
    const values = ticksOf(range, { count, isLogarithmic: axis.isLogarithmic });
    return named(values, tickNames(values, axis));
  });
  const [all = []] = thinned;
  const candidates = all.length === 0 ? round : axis.isLogarithmic ? thinned : [all, ...round];
  return candidates.find((ticks) => ticks.length > 0 && fits(ticks)) ?? candidates.at(-1)?.slice(0, 1) ?? [];
}

interface AcrossSetting {
  readonly across: (value: number) => number;
  /** The width of a name, and what must be left between two. */
  readonly measure: (name: string) => number;
  readonly between: number;
}

function named(values: readonly number[], names: readonly string[]): readonly Tick[] {
  return values.map((value, index) => ({ value, name: names[index] ?? "" }));
}
