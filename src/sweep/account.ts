import type { ErrorParts } from "../errors.ts";
import type { CellOutcome } from "../experiment/cells.ts";
import { createFamily, type FamilyVerdict } from "../experiment/family.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { createRepeats, type Repeats } from "../experiment/repeats.ts";
import { keepWorst } from "../experiment/worst.ts";
import type { PlannedCell } from "./plan.ts";

/** A record with its number among all that were added. */
export interface NumberedRecord {
  readonly record: ShiftRecord;
  readonly number: number;
}

/** What a sweep came to. */
export interface SweepSummary {
  readonly family: FamilyVerdict;
  /** The worst cells, worst first. */
  readonly worst: readonly NumberedRecord[];
  /** By all that they are, except their seed. */
  readonly repeats: readonly Repeats[];
}

/** Keeps count of a sweep: a few numbers of each cell, and the worst records whole. */
export interface Account {
  /** Takes a record of one of a cell's positions; the cell is done when all of them are there. */
  add(record: ShiftRecord, cell: number): void;
  take(outcome: CellOutcome): void;
  isDone(cell: number): boolean;
  /** Cells and work that are done, of all, and the largest deviation. */
  progress(): {
    readonly cells: number;
    readonly totalCells: number;
    readonly work: number;
    readonly totalWork: number;
    readonly worst: number;
  };
  /** In the order of the grid. */
  failures(): readonly { readonly cell: number; readonly error: ErrorParts }[];
  summary(): SweepSummary;
}

/**
 * errorRate  of all cells together, see `createFamily`
 * most       of the worst records are kept
 * kinds      fields that tell kinds of network apart; without, they are not collected
 */
export function createAccount({ cells, errorRate, most, kinds }: AccountOptions): Account {
  const family = createFamily(errorRate);
  const repeats = kinds === undefined ? undefined : createRepeats(kinds);
  const worst = keepWorst<NumberedRecord>(most);
  // By the numbers of cells: a Map of 100,000 takes ten times the memory.
  const plans: PlannedCell[] = [];
  for (const cell of cells) plans[cell.index] = cell;
  const isDone: boolean[] = [];
  /** Ids of the records of cells that are not done. */
  const begun = new Map<number, Set<string>>();
  const totalWork = cells.reduce((total, { work }) => total + work, 0);
  let done = 0;
  const failures: { readonly cell: number; readonly error: ErrorParts }[] = [];
  let work = 0;
  let largest = 0;
  let added = 0;

  function add(record: ShiftRecord, cell: number): void {
    const number = added++;
    worst.add({ record, number }, cell);
    repeats?.add(record, { number, place: cell });
    family.add(record);
    largest = Math.max(largest, Math.abs(record.agreement.deviation ?? 0));
    const known = (begun.get(cell) ?? new Set()).add(record.id);
    begun.set(cell, known);
    if (known.size < (plans[cell]?.ids.length ?? 1)) return;
    begun.delete(cell);
    count(cell);
  }

  function count(cell: number): void {
    if (isDone[cell] === true) return;
    isDone[cell] = true;
    done++;
    work += plans[cell]?.work ?? 0;
  }

  return {
    add,
    take(outcome) {
      if ("records" in outcome) {
        // Those of a cell that was cut short are there already.
        const known = begun.get(outcome.index);
        for (const record of outcome.records) if (known?.has(record.id) !== true) add(record, outcome.index);
        return;
      }
      failures.push({ cell: outcome.index, error: outcome.error });
      count(outcome.index);
    },
    isDone: (cell) => isDone[cell] === true,
    progress: () => ({ cells: done, totalCells: cells.length, work, totalWork, worst: largest }),
    failures: () => failures.toSorted((a, b) => a.cell - b.cell),
    summary: () => ({ family: family.verdict(), worst: worst.list(), repeats: repeats?.list() ?? [] }),
  };
}

export interface AccountOptions {
  readonly cells: readonly PlannedCell[];
  readonly errorRate: number;
  readonly most: number;
  readonly kinds?: readonly string[] | undefined;
}
