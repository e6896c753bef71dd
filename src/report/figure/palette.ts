import type { Hues, Look } from "./figure.ts";
import { mixed } from "./mixed.ts";

/** How a series looks: colour, symbol and dashes. */
export interface Style {
  readonly color: string;
  readonly symbol: SymbolName;
  /** Lengths of dashes and gaps, in pixels; "" is a solid line. */
  readonly dashes: string;
}

export type SymbolName = (typeof SYMBOLS)[number];

/**
 * Colours that people with any kind of colour blindness can tell apart: Okabe & Ito 2008, "Color universal design", without
 * their yellow, which is too pale on white.
 */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9"] as const;

/**
 * The dark part of matplotlib's plasma (van der Walt & Smith 2015), at steps of 1/8: perceptually uniform, its lightness rises all
 * along, and each colour has a contrast of 3 or more to white (WCAG 2.2, 1.4.11).
 */
const RAMP = ["#0d0887", "#4c02a1", "#7e03a8", "#aa2395", "#cc4778", "#e66c5c"] as const;

const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross"] as const;

const DASHES = ["", "7 4", "2 3", "9 3 2 3", "12 5"] as const;

export function styleOf({ hue, symbol, dashes }: Look, { count, isOrdered }: Hues): Style {
  return {
    color: isOrdered ? mixed(RAMP, count < 2 ? 0 : hue / (count - 1)) : (COLORS[hue % COLORS.length] ?? COLORS[0]),
    symbol: SYMBOLS[symbol % SYMBOLS.length] ?? SYMBOLS[0],
    dashes: DASHES[dashes % DASHES.length] ?? DASHES[0],
  };
}

export const INK = "#1a1a1a";
export const FAINT = "#5c5c5c";
