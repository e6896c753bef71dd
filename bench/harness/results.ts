import { readFile, writeFile } from "node:fs/promises";
import type { Machine } from "./machine.ts";
import { WORKLOADS } from "./workloads.ts";

/** One run of a contestant: a whole process. */
export interface Run {
  readonly round: number;
  readonly seconds: number;
  /** Seconds without the start of the process, as the contestant says; null where it does not. */
  readonly computing: number | null;
  readonly shift: number;
  readonly samples: number;
}

export interface Entry {
  readonly contestant: string;
  readonly title: string;
  readonly runs: readonly Run[];
}

export interface Race {
  readonly workload: string;
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Seconds of the shortest run beside those of a bare start, round by round. */
export interface Start {
  readonly node: readonly number[];
  readonly vshift: readonly number[];
}

/** Nanoseconds an element, of the kernel's loops and of whole blocks, on one thread. */
export interface InProcess {
  readonly loops: readonly { readonly name: string; readonly nanoseconds: number }[];
  readonly blocks: readonly { readonly name: string; readonly nanoseconds: number }[];
}

/** Milliseconds until a worker thread answers, the least of many starts: of CPU in all threads, and of the clock. */
export interface WorkerStart {
  readonly kinds: readonly { readonly name: string; readonly cpu: number; readonly wall: number }[];
}

/** How vshift's time or memory grows. */
export interface Scaling {
  readonly name: string;
  readonly variable: string;
  readonly unit: "s" | "MB";
  readonly points: readonly { readonly x: number; readonly value: number }[];
  /** Fitted exponent of the growth; null where none is. */
  readonly exponent: number | null;
}

export interface Growth {
  readonly series: readonly Scaling[];
}

/** Seconds of whole processes that measure so many cells, round by round; the peer's are empty where it is not installed. */
export interface SweepRace {
  readonly cells: number;
  readonly vshift: readonly number[];
  readonly numpy: readonly number[];
}

/** Seconds of whole processes that take mini-batches through a stack; the peer's are empty where it is not installed. */
export interface StackRace {
  readonly depth: number;
  readonly width: number;
  readonly batches: number;
  readonly "batch-size": number;
  readonly keep: number;
  /** Mini-batches through the stack, one way or another. */
  readonly passes: number;
  /** Of the matrix product with what it packs, on one thread. */
  readonly nanosecondsAMultiplyAdd: number;
  readonly vshift: readonly number[];
  readonly torch: readonly number[];
}

/** A part of the results with when and on what it was measured. */
export type Measured<T> = T & { readonly date: string; readonly machine: Machine };

export interface Results {
  readonly races: readonly Measured<Race>[];
  readonly absent: readonly string[];
  readonly start?: Measured<Start>;
  readonly inProcess?: Measured<InProcess>;
  readonly workerStart?: Measured<WorkerStart>;
  readonly scaling?: Measured<Growth>;
  readonly sweep?: Measured<SweepRace>;
  readonly stack?: Measured<StackRace>;
}

const FILE = "bench/results.json";

export async function readResults(): Promise<Results> {
  try {
    return JSON.parse(await readFile(FILE, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { races: [], absent: [] };
    throw error;
  }
}

export async function writeResults(results: Results): Promise<void> {
  await writeFile(FILE, `${JSON.stringify(results, null, 1)}\n`);
}

/** The results with a race in place of an earlier one of the same workload, in the order of the workloads. */
export function withRace(results: Results, race: Measured<Race>): Results {
  const races = [...results.races.filter(({ workload }) => workload !== race.workload), race];
  const place = new Map(WORKLOADS.map(({ id }, index) => [id, index]));
  return { ...results, races: races.sort((a, b) => (place.get(a.workload) ?? 0) - (place.get(b.workload) ?? 0)) };
}
