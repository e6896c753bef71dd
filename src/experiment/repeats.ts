import { meanOf } from "../numeric/mean.ts";
import type { ShiftRecord } from "./record.ts";

/** Mean of some numbers, and their standard deviation. */
export interface Spread {
  readonly mean: number;
  /** 0 of one number. */
  readonly deviation: number;
}

/** Records that differ in their seed alone: networks of one kind. */
export interface Repeats {
  /** Of the fields that tell kinds apart, in their order. */
  readonly values: readonly unknown[];
  /** The numbers that the records were added with. */
  readonly numbers: readonly number[];
  readonly alignment: Spread | null;
  /** Null without a closed form. */
  readonly theory: Spread | null;
  readonly measured: Spread;
}

/** Collects records that are the same except for their seed; a few numbers of each. */
export function createRepeats(fields: readonly string[]) {
  const kinds = new Map<string, Kind>();
  return {
    /** `number` of the record, among all; `place` in the order in which kinds are listed */
    add({ scenario, position, theory, measured }: ShiftRecord, { number, place }: Placed): void {
      const values = fields.map((field) =>
        field === POSITION ? (position?.name ?? null) : scenario[field as keyof typeof scenario],
      );
      const key = JSON.stringify(values);
      const seen = { number, alignment: scenario.alignment, theory: theory?.shift ?? null, measured: measured.shift };
      const kind = kinds.get(key);
      if (kind === undefined) {
        kinds.set(key, { values, place, records: [seen] });
        return;
      }
      kind.place = Math.min(kind.place, place);
      kind.records.push(seen);
    },
    list: (): readonly Repeats[] =>
      [...kinds.values()]
        .sort((one, other) => one.place - other.place)
        .map(({ values, records }) => {
          return {
            values,
            numbers: records.map(({ number }) => number),
            alignment: spreadOrNull(records.map(({ alignment }) => alignment)),
            theory: spreadOrNull(records.map(({ theory }) => theory)),
            measured: spreadOf(records.map(({ measured }) => measured)),
          };
        }),
  };
}

interface Placed {
  readonly number: number;
  readonly place: number;
}

interface Kind {
  readonly values: readonly unknown[];
  place: number;
  readonly records: Seen[];
}

interface Seen {
  readonly number: number;
  readonly alignment: number | null;
  readonly theory: number | null;
  readonly measured: number;
}

/** What tells the records of one network apart, where it has several positions; by its name. */
export const POSITION = "position";

/** The spread of the numbers that are not null; null where all are. */
function spreadOrNull(numbers: readonly (number | null)[]): Spread | null {
  const known = numbers.filter((value) => value !== null);
  return known.length === 0 ? null : spreadOf(known);
}

/** With n − 1 in the variance. */
export function spreadOf(numbers: readonly number[]): Spread {
  const mean = meanOf(numbers);
  const squares = numbers.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : 0 };
}
