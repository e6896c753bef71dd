import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { BatchRange } from "../experiment/plan/plan.ts";
import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import type { CompletedInput } from "../scenario/scenario.ts";

// What a collector and its workers hand over to each other. All of it is text: PostgreSQL sorts the keys of JSON.

/** The queue of an engine version: workers of another one, whose numbers have nothing to do with these, listen elsewhere. */
export const QUEUE = queueOf(KERNEL_FINGERPRINT);
/** Holds the numbers of files, which no worker takes. */
export const ARRAYS_QUEUE = `${QUEUE}-arrays`;
/** Holds the engine version of whoever has worked here, a job each that no worker takes. */
export const VERSIONS_QUEUE = "vshift-versions";

export function queueOf(version: string): string {
  return `vshift-${version.slice(0, 12)}`;
}

/** A scenario, as an input of which the same one is made, and its id, which says whether it was. */
export interface TravellingScenario {
  readonly id: string;
  readonly input: CompletedInput;
}

/** Scenarios, about a second of work. */
export interface CellsJob {
  readonly kind: "scenarios";
  /** See `MeasureOptions`. */
  readonly errorRate: number | null;
  readonly scenarios: readonly TravellingScenario[];
  /** Digests of the arrays that they name. */
  readonly arrays: readonly string[];
}

/** Blocks of one large scenario that follow each other. */
export interface BlocksJob {
  readonly kind: "blocks";
  readonly scenario: TravellingScenario;
  readonly range: BatchRange;
  readonly arrays: readonly string[];
}

export type Work = CellsJob | BlocksJob;

/** A job as it is on the server. */
export interface JobData {
  /** For people who look at the queue: how many scenarios, or which mini-batches. */
  readonly holds: string;
  /** Of the work. */
  readonly text: string;
}

/** The same work has the same name, whoever asks for it and when: it is in the queue once, and done once. */
export function nameOf(kind: Work["kind"], text: string): string {
  return `${kind}-${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
}

/** Text in a tenth of its length, as text. */
export function packed(text: string): string {
  return deflateRawSync(text).toString("base64");
}

/** More than any job or answer of ours has. */
const MOST_BYTES = 2 ** 29;

export function unpacked(text: string): string {
  return inflateRawSync(Buffer.from(text, "base64"), { maxOutputLength: MOST_BYTES }).toString("utf8");
}
