/** A figure as plain data, ready to be drawn in any way. */
export type Figure = LinesFigure | HeatFigure;

interface Headed {
  readonly title: string;
  /** What is held fixed, in words; empty where nothing is. */
  readonly subtitle: string;
  /** What the marks mean, a sentence each. */
  readonly caption: readonly string[];
}

export interface LinesFigure extends Headed {
  readonly kind: "lines";
  readonly x: Axis;
  readonly y: Axis;
  readonly hues: Hues;
  /** Small multiples on the same axes; one of them, without a label, where nothing is split. */
  readonly panels: readonly Panel[];
  /** Half width of a shaded band around 0, where there is a tolerance to show; there the lines are the zero line. */
  readonly band: number | null;
}

/** What the colours of the series stand for. */
export interface Hues {
  readonly count: number;
  /** Whether they follow a number, and so run along a ramp. */
  readonly isOrdered: boolean;
}

export interface Panel {
  readonly label: string;
  readonly series: readonly Series[];
}

export interface Axis {
  readonly title: string;
  readonly isLogarithmic: boolean;
  readonly isPercentage: boolean;
  /** The values at which to put ticks; where there are none, round numbers serve. */
  readonly ticks: readonly number[];
  /** The names of categories, which lie at 0, 1, 2, …; empty for numbers. */
  readonly names: readonly string[];
}

export interface Series {
  /** Empty where there is only one. */
  readonly label: string;
  readonly look: Look;
  readonly points: readonly Point[];
  readonly line: readonly Place[];
  /** A straight line by least squares; empty where there is none. */
  readonly fit: readonly Place[];
  /** What networks of one kind spread over, along x; left out where there is one of each. */
  readonly spread?: readonly Span[];
}

/** The number of a series' colour, of its symbol and of its dashes; the same series has the same ones in all panels. */
export interface Look {
  readonly hue: number;
  readonly symbol: number;
  readonly dashes: number;
}

/** A part of the y axis at a point of the x axis. */
export interface Span {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Point extends Place {
  readonly interval: readonly [number, number] | null;
}

export interface HeatFigure extends Headed {
  readonly kind: "heat";
  readonly x: HeatAxis;
  readonly y: HeatAxis;
  /** Of a deviation, the sign is what matters; it is shown as a percentage. */
  readonly color: { readonly title: string; readonly isDeviation: boolean };
  readonly panels: readonly HeatPanel[];
}

export interface HeatPanel {
  readonly label: string;
  readonly cells: readonly Cell[];
}

/** The names of the columns from the left, or of the rows from the bottom. */
export interface HeatAxis {
  readonly title: string;
  readonly names: readonly string[];
}

/** `x` and `y` are numbers of a column and of a row. */
export interface Cell extends Place {
  readonly value: number;
}
