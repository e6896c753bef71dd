/** How a series looks: colour, symbol and dashes each tell it from its neighbours, so that any one of them is enough. */
export interface Style {
  readonly color: string;
  readonly symbol: Symbol;
  /** Lengths of dashes and gaps, in pixels; "" is a solid line. */
  readonly dashes: string;
}

export type Symbol = (typeof SYMBOLS)[number];

/**
 * Colours that people with any kind of colour blindness can tell apart: Okabe & Ito 2008, "Color universal design", without
 * their yellow, which is too pale on white.
 */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#e69f00", "#56b4e9"] as const;

const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross"] as const;

const DASHES = ["", "7 4", "2 3", "9 3 2 3", "12 5"] as const;

/** Seven colours, six symbols and five patterns have no common divisor: no two of the first 210 series look the same. */
export function styleOf(index: number): Style {
  return {
    color: COLORS[index % COLORS.length] ?? COLORS[0],
    symbol: SYMBOLS[index % SYMBOLS.length] ?? SYMBOLS[0],
    dashes: DASHES[index % DASHES.length] ?? DASHES[0],
  };
}

export const INK = "#1a1a1a";
export const FAINT = "#5c5c5c";
