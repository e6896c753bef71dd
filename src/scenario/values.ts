import { VshiftError } from "../errors.ts";
import { type Decimal, decimal, minus, numberOf, plus, times, wholeQuotient } from "./decimal.ts";
import { NUMBER_PATTERN } from "./typed.ts";

/** More values than this are a slip of the keyboard, not a sweep. */
const MOST_VALUES = 1_000_000;

/** The values that a text stands for, counted before they are made. */
export interface Values {
  readonly count: number;
  /** Whether each value is the one before times something: a logarithmic axis suits it. */
  readonly isGeometric: boolean;
  values(): number[];
}

const LINEAR = new RegExp(`^(${NUMBER_PATTERN}):(${NUMBER_PATTERN}):(${NUMBER_PATTERN})$`);
/** Two numbers with what separates the parts of a range: it was meant as one. */
const NEARLY = new RegExp(`^${NUMBER_PATTERN}(:|\\.\\.)`);
const GEOMETRIC = new RegExp(`^(${NUMBER_PATTERN})\\.\\.(${NUMBER_PATTERN})\\*(${NUMBER_PATTERN})$`);

/**
 * Reads a range of numbers, undefined if the text is nothing like one:
 *
 *   first:last:step      0.1:0.9:0.1 is 0.1, 0.2, … 0.9; a negative step goes down
 *   first..last*factor   16..4096*2 is 16, 32, … 4096; a factor below 1 goes down
 *
 * Both ends belong to it, the last one where a step lands on it. The arithmetic is decimal and exact, so 0.1:0.9:0.1 holds
 * the 0.3 that one types, and not 0.30000000000000004.
 */
export function rangeOf(text: string): Values | undefined {
  const linear = LINEAR.exec(text);
  if (linear !== null) return linearRange(text, decimals(text, linear));
  const geometric = GEOMETRIC.exec(text);
  if (geometric !== null) return geometricRange(text, decimals(text, geometric));
  if (NEARLY.test(text))
    throw wrong(
      text,
      "is incomplete",
      "write first:last:step, as in 0.1:0.9:0.1, or first..last*factor, as in 16..4096*2",
    );
  return undefined;
}

const TEXTS = /^(\d{1,9})\.\.(\d{1,9})$/;

/** The texts that a range stands for: "1", "2", … "20" for 1..20; undefined for any other text. */
export function textsOf(text: string): readonly string[] | undefined {
  const [, first, last] = (TEXTS.exec(text) ?? []).map(Number);
  if (first === undefined || last === undefined || last < first) return undefined;
  const count = last - first + 1;
  if (count > MOST_VALUES) throw tooMany(text, "use fewer");
  return Array.from({ length: count }, (_, at) => String(first + at));
}

function decimals(text: string, [, ...parts]: RegExpExecArray): readonly [Decimal, Decimal, Decimal] {
  const [first, last, by] = parts.map((part) => {
    const value = decimal(part);
    if (value !== undefined) return value;
    throw wrong(text, `has the number ${part}, which is too large or too small`, "use a number closer to 1");
  });
  return [first, last, by] as readonly [Decimal, Decimal, Decimal];
}

function linearRange(text: string, [first, last, step]: readonly [Decimal, Decimal, Decimal]): Values {
  if (step.digits === 0n) throw wrong(text, "has a step of 0", "use another step, as in 0.1:0.9:0.1");
  const steps = wholeQuotient(minus(last, first), step);
  if (steps < 0n) throw wrong(text, "has a step that leads away from its last value", "change the sign of the step");
  const count = Number(steps) + 1;
  return counted(text, { count, isGeometric: false, values: () => series(count, first, (value) => plus(value, step)) });
}

function geometricRange(text: string, [first, last, factor]: readonly [Decimal, Decimal, Decimal]): Values {
  const [from, to, by] = [numberOf(first), numberOf(last), numberOf(factor)];
  if (!(from > 0 && to > 0 && by > 0)) {
    throw wrong(text, "must have positive numbers", "write for example 16..4096*2");
  }
  if (by === 1) throw wrong(text, "has a factor of 1", "use another factor, as in 16..4096*2");
  if ((to - from) * (by - 1) < 0) {
    throw wrong(
      text,
      "has a factor that leads away from its last value",
      `use ${numberOf(first)}..${numberOf(last)}*${tidy(1 / by)}`,
    );
  }
  let count = 0;
  const isWithin =
    by > 1 ? (value: number) => value <= to * (1 + 2 ** -50) : (value: number) => value >= to * (1 - 2 ** -50);
  for (let value = from; isWithin(value) && count <= MOST_VALUES; value *= by) count++;
  return counted(text, {
    count,
    isGeometric: true,
    values: () => series(count, first, (value) => times(value, factor)),
  });
}

function series(count: number, first: Decimal, next: (value: Decimal) => Decimal): number[] {
  const values: number[] = [];
  for (let value = first; values.length < count; value = next(value)) values.push(numberOf(value));
  return values;
}

function counted(text: string, values: Values): Values {
  if (values.count <= MOST_VALUES) return values;
  throw tooMany(text, "use a larger step");
}

function tooMany(text: string, hint: string): VshiftError {
  return wrong(text, `has more than ${MOST_VALUES} values`, hint);
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}

function wrong(text: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", problem: `the range ${text} ${problem}`, hint });
}
