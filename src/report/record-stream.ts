import type { ShiftRecord } from "../experiment/record.ts";

/** Records that come one at a time, of any number. */
export type RecordStream = AsyncIterable<ShiftRecord> | Iterable<ShiftRecord>;
