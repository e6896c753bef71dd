import { extent } from "d3-array";
import { lab, rgb } from "d3-color";
import { scaleSequential } from "d3-scale";
import { interpolatePuOr, interpolateYlGnBu } from "d3-scale-chromatic";
import type { HeatFigure } from "./figure.ts";
import { INK } from "./palette.ts";
import { format } from "./ticks.ts";

/** The colours of a heat map: from `low` to `high`, and the words for a value. */
export interface Shades {
  readonly low: number;
  readonly high: number;
  of(value: number): Shade;
  words(value: number): string;
}

/** The colour of a cell, and that of text that is legible on it. */
interface Shade {
  readonly fill: string;
  readonly text: string;
}

/** On colours of a greater CIE lightness, ink has a larger contrast than white (WCAG 2.2, 1.4.3). */
const LIGHT = 52;

/**
 * Shades over the values of a figure; over as much on both sides of 0 where the sign matters. Both are Brewer's (colorbrewer2.org),
 * safe for the colour-blind: YlGnBu, whose lightness falls all along, and PuOr, white in the middle.
 */
export function shadesOf({ panels, color: { isDeviation } }: HeatFigure): Shades {
  const [least = 0, most = least] = extent(panels.flatMap(({ cells }) => cells.map(({ value }) => value)));
  const largest = Math.max(Math.abs(least), Math.abs(most)) || 1;
  const aside = isDeviation || least < most ? 0 : largest / 2;
  const [low, high] = isDeviation ? [-largest, largest] : [least - aside, most + aside];
  const colors = scaleSequential([low, high], isDeviation ? interpolatePuOr : interpolateYlGnBu);
  const factor = isDeviation ? 100 : 1;
  // Three digits of the largest value, and the others to as many decimals.
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest * factor))));
  const write = format(`.${decimals}f`);
  return {
    low,
    high,
    of: (value) => {
      const fill = rgb(colors(value));
      return { fill: fill.formatHex(), text: lab(fill).l > LIGHT ? INK : "#ffffff" };
    },
    words: (value) => `${write(value * factor)}${isDeviation ? " %" : ""}`,
  };
}
