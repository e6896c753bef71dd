import { VshiftError } from "../errors.ts";
import { follows, joined } from "../experiment/join.ts";
import type { ShiftRecord } from "../experiment/record.ts";
import { differenceOf } from "./difference.ts";

/** A record and where it was read. */
export interface PlacedRecord {
  readonly record: ShiftRecord;
  /** "sweep.ndjson:12". */
  readonly place: string;
}

/**
 * Unites the records of several runs, each scenario once: parts of one run are joined, in the order of their mini-batches. A record
 * that is there twice counts once.
 *
 * Two different records of the same mini-batches, parts that leave a gap, and records of different kernels, whose numbers have nothing
 * to do with each other, are a `VshiftError`.
 */
export async function unite(records: AsyncIterable<PlacedRecord>): Promise<readonly ShiftRecord[]> {
  const byId = new Map<string, PlacedRecord[]>();
  let first: PlacedRecord | undefined;
  for await (const placed of records) {
    first ??= placed;
    if (placed.record.kernel !== first.record.kernel) {
      throw invalid(
        placed.place,
        `was measured by another engine version than ${first.place}`,
        "keep them in separate files",
      );
    }
    const same = byId.get(placed.record.id);
    if (same === undefined) byId.set(placed.record.id, [placed]);
    else if (same.every(({ record }) => differenceOf(record, placed.record) !== undefined)) same.push(placed);
  }
  return [...byId.values()].map(inOne);
}

function inOne(parts: readonly PlacedRecord[]): ShiftRecord {
  const [first, ...others] = [...parts].sort((a, b) => a.record.measured.firstBatch - b.record.measured.firstBatch);
  if (first === undefined) throw new RangeError("there is no record to unite");
  return others.reduce((before, part): PlacedRecord => {
    if (follows(part.record, before.record)) return { record: joined(before.record, part.record), place: part.place };
    const end = before.record.measured.firstBatch + before.record.measured.batches;
    const start = part.record.measured.firstBatch;
    if (start < end) {
      const difference = differenceOf(before.record, part.record);
      const problem = `has the same mini-batches as ${before.place}, but a different ${difference}`;
      throw invalid(part.place, problem, "leave one of them out");
    }
    throw invalid(
      part.place,
      `starts at mini-batch ${start}, but ${before.place} ends at ${end}`,
      "add the missing part",
    );
  }, first).record;
}

function invalid(place: string, problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-file", field: place, problem, hint });
}
