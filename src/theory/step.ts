import type { Line } from "../numeric/line.ts";

/** One line of a derivation, as plain data for a printer. */
export type Step = GivenStep | DerivedStep;

/** A quantity that the derivation starts from. */
export interface GivenStep {
  readonly kind: "given";
  readonly symbol: string;
  /** What it is, in words. */
  readonly name: string;
  readonly value: number;
}

/** A quantity that follows: symbol = formula = substituted = value. */
export interface DerivedStep {
  readonly kind: "derived";
  readonly symbol: string;
  readonly name: string;
  readonly formula: string;
  /** The formula with numbers instead of symbols, at six digits. */
  readonly substituted: string;
  readonly value: number;
  readonly source: string;
}

export function given(symbol: string, name: string, value: number): GivenStep {
  return { kind: "given", symbol, name, value };
}

/** A derived step; `from` are the steps whose symbols the formula may mention. */
export function derived(step: Omit<DerivedStep, "kind" | "substituted">, from: readonly Step[]): DerivedStep {
  return { kind: "derived", ...step, substituted: substitute(step.formula, from) };
}

/** The steps of lines; a formula may mention the symbols of the lines before it, and of `before`. */
export function stepsOf(lines: readonly Line[], before: readonly Step[] = []): readonly Step[] {
  const steps: Step[] = [];
  for (const { symbol, name, value, derived: from } of lines) {
    const step =
      from === undefined
        ? given(symbol, name, value)
        : derived({ symbol, name, formula: from.formula, value, source: from.source }, [...before, ...steps]);
    steps.push(step);
  }
  return steps;
}

/**
 * The formula with each symbol replaced by its value at six significant digits, negative ones in parentheses. A symbol
 * counts only where no letter touches it: the a of "Var_train" stays.
 */
function substitute(formula: string, steps: readonly Step[]): string {
  const values = new Map(steps.map(({ symbol, value }) => [symbol, value]));
  const longestFirst = [...values.keys()].sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return formula;
  const symbols = longestFirst.map((symbol) => symbol.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  return formula.replace(new RegExp(`(?<![\\p{L}_])(?:${symbols})(?![\\p{L}_\\d′])`, "gu"), (symbol) =>
    shown(values.get(symbol) ?? Number.NaN),
  );
}

/** 0.398942, (−2), (3.1·10^−7). */
function shown(value: number): string {
  const digits = String(Number(value.toPrecision(6))).replaceAll("-", "−");
  const scientific = digits.replace(/e\+?(.*)$/, "·10^$1");
  return value < 0 || scientific !== digits ? `(${scientific})` : digits;
}
