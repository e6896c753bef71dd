import type { MeanShiftSums } from "./mean-shift.ts";
import type { OutputSums, RecordSums, RecordView } from "./record.ts";
import type { Sums } from "./sums.ts";

/** What was seen of a network so far: all that estimates, verdicts and records follow from. */
export interface Reading {
  /** Mini-batches that were seen in both phases. */
  readonly batches: number;
  /** Of each position. */
  readonly sums: readonly RecordSums[];
  /** What the Batch Normalization that receives a position has seen. */
  view(position: number): RecordView;
  /** How far the outputs are off; null where they are not compared. */
  readonly outputs: OutputSums | null;
}

/** Reads on until so many mini-batches were seen; undefined where it was aborted before anything was. */
export type ReadTo = (target: number) => Promise<Reading | undefined>;

/** How far the reading of a network has come. */
export type ReadingProgress = BatchesRead | PassesDone;

/** Both phases are read side by side, so that there is a reading at any time. */
export interface BatchesRead {
  readonly kind: "batches";
  readonly sums: Sums;
  /** Mini-batches after which the result is looked at next. */
  readonly target: number;
  /** What was read so far; it holds until the next block. */
  reading(): Reading;
}

export interface PassesDone {
  readonly kind: "passes";
  /** Forward passes of mini-batches that are done, and of all until the result is looked at next. */
  readonly done: number;
  readonly total: number;
}

/** The sums of a position, with those of its means where they are compared. */
export function recordSums(sums: Sums, means: MeanShiftSums | null): RecordSums {
  return { ...sums, meanShift: means?.meanShift ?? null, meanShiftSquared: means?.meanShiftSquared ?? null };
}

/** Where no Batch Normalization receives a position. */
export const NO_VIEW: RecordView = {
  runningMean: null,
  runningVariance: null,
  runningShift: null,
  outputMean: null,
  outputVariance: null,
};
