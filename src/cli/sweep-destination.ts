import type { CellOutcome } from "../experiment/cells.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import type { RecordEncoder } from "../report/formats.ts";
import { type Journal, type JournalOptions, openJournal } from "../sweep/journal.ts";
import type { PlannedCell } from "../sweep/plan.ts";
import { inGridOrder } from "../sweep/run.ts";
import { deliveryToPath } from "./output.ts";
import { readRecords } from "./read-records.ts";
import type { OutputStream } from "./streams.ts";

/** Where the records of a sweep go. */
export interface SweepDestination {
  /** The file that keeps them for a later run, if any. */
  readonly journal: string | undefined;
  /** Reads the outcomes to their end. */
  consume(outcomes: AsyncIterable<CellOutcome>): Promise<void>;
  /** All cells are measured. */
  complete(): Promise<void>;
  /** Some are not; what there is is kept. */
  keep(): void;
  /** Something failed; what there is stays unchanged. */
  abandon(): void;
}

/** Nowhere: only the table was asked for. */
export const NOWHERE: SweepDestination = {
  journal: undefined,
  async consume(outcomes) {
    for await (const _ of outcomes);
  },
  async complete() {},
  keep() {},
  abandon() {},
};

/** Standard output, in the order of the grid, as they come. */
export function toStdout(
  encode: RecordEncoder,
  { stdout, cells }: { readonly stdout: OutputStream; readonly cells: readonly PlannedCell[] },
): SweepDestination {
  return {
    ...NOWHERE,
    async consume(outcomes) {
      for await (const piece of encode(recordsOf(inGridOrder(outcomes, cells)))) stdout.write(piece);
    },
  };
}

/** A file of NDJSON, which is its own journal. */
export async function toJournal(options: JournalOptions): Promise<SweepDestination> {
  const journal = await openJournal(options);
  return {
    journal: options.path,
    consume: (outcomes) => append(outcomes, journal),
    async complete() {
      journal.arrange();
      journal.close();
    },
    keep: () => journal.close(),
    abandon: () => journal.abandon(),
  };
}

/** The journal next to a file of another kind. */
export function partialOf(path: string): string {
  return `${path}.partial.ndjson`;
}

/** A file of another kind, made at the end from a journal that is next to it until then. */
export async function viaJournal(
  encode: RecordEncoder,
  { path, ...options }: JournalOptions,
): Promise<SweepDestination> {
  // Tried before a journal is begun next to it.
  deliveryToPath(path);
  const partial = partialOf(path);
  const journal = await openJournal({ ...options, path: partial });
  // The lock of the journal is that of its result, too.
  const delivery = deliveryToPath(path, { writers: "this" });
  return {
    journal: partial,
    consume: (outcomes) => append(outcomes, journal),
    async complete() {
      journal.arrange();
      for await (const piece of encode(recordsIn(partial))) delivery.write(piece);
      // What was read was the journal to the end, or there is no result.
      journal.confirm();
      delivery.finish();
      journal.remove();
    },
    keep: () => journal.close(),
    abandon: () => journal.abandon(),
  };
}

async function append(outcomes: AsyncIterable<CellOutcome>, journal: Journal): Promise<void> {
  for await (const outcome of outcomes) if ("records" in outcome) journal.append(outcome.records, outcome.index);
}

async function* recordsOf(outcomes: AsyncIterable<CellOutcome>): AsyncGenerator<ShiftRecord> {
  for await (const outcome of outcomes) if ("records" in outcome) yield* outcome.records;
}

async function* recordsIn(path: string): AsyncGenerator<ShiftRecord> {
  for await (const { record } of readRecords([path])) yield record;
}
