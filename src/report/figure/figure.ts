/** A figure as plain data, ready to be drawn in any way. */
export type Figure = LinesFigure | HeatFigure;

interface Headed {
  readonly title: string;
  /** What is held fixed and what the marks mean, a sentence each. */
  readonly caption: readonly string[];
}

export interface LinesFigure extends Headed {
  readonly kind: "lines";
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Half width of a shaded band around 0, where there is a tolerance to show; there the lines are the zero line. */
  readonly band: number | null;
}

export interface Axis {
  readonly title: string;
  readonly isLogarithmic: boolean;
  readonly isPercentage: boolean;
  /** The values at which to put ticks; where there are none, round numbers serve. */
  readonly ticks: readonly number[];
}

export interface Series {
  /** Empty where there is only one. */
  readonly label: string;
  readonly points: readonly Point[];
  readonly line: readonly Place[];
  /** A straight line by least squares; empty where there is none. */
  readonly fit: readonly Place[];
  /** What networks of one kind spread over, along x; left out where there is one of each. */
  readonly spread?: readonly Span[];
}

/** A part of the y axis at a place of the x axis. */
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
  readonly color: { readonly isDeviation: boolean };
  readonly cells: readonly Cell[];
}

/** The values of an axis, in ascending order. */
export interface HeatAxis {
  readonly title: string;
  readonly values: readonly number[];
}

export interface Cell extends Place {
  readonly value: number;
}
