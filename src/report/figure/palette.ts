import { interpolatePlasma } from "d3-scale-chromatic";
import {
  type SymbolType,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from "d3-shape";
import type { Hues, Look } from "./figure.ts";

/** How a series looks: colour, symbol and dashes. */
export interface Style {
  readonly color: string;
  readonly symbol: SymbolType;
  /** Lengths of dashes and gaps, in pixels; "" is a solid line. */
  readonly dashes: string;
}

/**
 * Colours that people with any kind of colour blindness can tell apart: Okabe & Ito 2008, "Color universal design", without
 * their yellow, which is too pale on white.
 */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9"] as const;

/**
 * The part of matplotlib's plasma (van der Walt & Smith 2015) that is dark enough: perceptually uniform, its lightness rises all
 * along, and up to here each colour has a contrast of 3 or more to white (WCAG 2.2, 1.4.11).
 */
const LIGHTEST = 0.64;

const SYMBOLS = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolStar, symbolCross] as const;

const DASHES = ["", "7 4", "2 3", "9 3 2 3", "12 5"] as const;

export function styleOf({ hue, symbol, dashes }: Look, { count, isOrdered }: Hues): Style {
  return {
    color: isOrdered
      ? interpolatePlasma((LIGHTEST * hue) / Math.max(1, count - 1))
      : (COLORS[hue % COLORS.length] ?? COLORS[0]),
    symbol: SYMBOLS[symbol % SYMBOLS.length] ?? SYMBOLS[0],
    dashes: DASHES[dashes % DASHES.length] ?? DASHES[0],
  };
}

export const INK = "#1a1a1a";
export const FAINT = "#5c5c5c";
