import type { Axis } from "./figure.ts";
import type { Scale } from "./scales.ts";
import { ticksAcross } from "./ticks.ts";

/** The axis below a chart, and the names of its ticks. `scale` goes to columns; the first one is after `side` characters. */
export function axisLines(scale: Scale, axis: Axis, side: number): readonly string[] {
  const ticks = ticksAcross(scale, axis, { measure: (name) => name.length, between: 2 });
  const [, last = 0] = scale.range();
  const line = Array.from({ length: last + 1 }, () => "─");
  let names = "";
  for (const { value, name } of ticks) {
    line[scale(value)] = "┬";
    const left = Math.max(0, side + scale(value) - Math.floor(name.length / 2));
    names = `${names.padEnd(left)}${name}`;
  }
  return [`${" ".repeat(side - 1)}└${line.join("")}`, names];
}
