import type { ShiftRecord } from "./record.ts";
import type { Verdict } from "./verdict.ts";

/** Keeps the worst of many records: those that disagree first, then the inconclusive ones, then by deviation. */
export interface Worst<Entry> {
  /** `place` is where it stands among all, when they do not come in that order. */
  add(entry: Entry, place?: number): void;
  /** Worst first. */
  list(): readonly Entry[];
}

const RANK: { readonly [Kind in Verdict]: number } = { disagrees: 2, inconclusive: 1, agrees: 0 };

/** `most` are kept of all that are added; in doubt the earlier one. */
export function keepWorst<Entry extends { readonly record: ShiftRecord }>(most: number): Worst<Entry> {
  const worst: { readonly entry: Entry; readonly place: number }[] = [];
  let added = 0;
  return {
    add(entry, place = added) {
      added++;
      const goesBefore = (other: { readonly entry: Entry; readonly place: number }) => {
        const order = compare(other.entry.record, entry.record);
        return order < 0 || (order === 0 && place < other.place);
      };
      const at = worst.findIndex(goesBefore);
      worst.splice(at === -1 ? worst.length : at, 0, { entry, place });
      if (worst.length > most) worst.pop();
    },
    list: () => worst.map(({ entry }) => entry),
  };
}

/** Above 0 when the first one is worse. */
function compare({ agreement: a }: ShiftRecord, { agreement: b }: ShiftRecord): number {
  if (RANK[a.verdict] !== RANK[b.verdict]) return RANK[a.verdict] - RANK[b.verdict];
  return relative(a) - relative(b);
}

/** Without a closed form nothing deviates. */
function relative({ deviation, tolerance }: ShiftRecord["agreement"]): number {
  return Math.abs(deviation ?? 0) / tolerance;
}
