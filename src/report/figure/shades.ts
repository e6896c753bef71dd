import type { HeatFigure } from "./figure.ts";
import { channelsOf, mixed } from "./mixed.ts";
import { INK } from "./palette.ts";
import { rangeOf } from "./scale.ts";

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

// Both are Brewer's (colorbrewer2.org), safe for the colour-blind.
/** YlGnBu: its lightness falls all along, so that it reads in grey too. */
const PALE_TO_DARK = ["#ffffd9", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84"] as const;
/** PuOr: white in the middle, darker the further from it. */
const EITHER_SIDE = ["#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788"] as const;

/** Shades over the values of a figure; over as much on both sides of 0 where the sign matters. */
export function shadesOf({ panels, color: { isDeviation } }: HeatFigure): Shades {
  const values = panels.flatMap(({ cells }) => cells.map(({ value }) => value));
  const range = rangeOf(values);
  const largest = Math.max(Math.abs(range.low), Math.abs(range.high)) || 1;
  const [least, most] = isDeviation ? [-largest, largest] : [range.low, range.high];
  const [low, high] = least < most ? [least, most] : [least - largest / 2, most + largest / 2];
  const stops = isDeviation ? EITHER_SIDE : PALE_TO_DARK;
  const factor = isDeviation ? 100 : 1;
  // Three digits of the largest value, and the others to as many decimals.
  const decimals = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(largest * factor))));
  return {
    low,
    high,
    of: (value) => shade(stops, (value - low) / (high - low)),
    words: (value) => `${fixed(value * factor, decimals)}${isDeviation ? " %" : ""}`,
  };
}

/** A number to so many decimals, with a true minus sign, and none before a zero. */
function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/** The colour at a part, 0 to 1, of the way along a ramp. */
function shade(stops: readonly string[], part: number): Shade {
  const fill = mixed(stops, part);
  const [red = 0, green = 0, blue = 0] = channelsOf(fill);
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue; // ITU-R BT.601
  return { fill, text: luma > 140 ? INK : "#ffffff" };
}
