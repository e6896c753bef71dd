import { readFile, writeFile } from "node:fs/promises";
import type { Answer } from "./case.ts";
import type { Cost } from "./child-process.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { render } from "./render.ts";

/** One run of a contestant: a whole process. */
export interface Run extends Cost, Answer {
  readonly round: number;
}

export interface Entry {
  readonly contestant: string;
  readonly title: string;
  readonly runs: readonly Run[];
}

export interface Race {
  readonly id: string;
  readonly title: string;
  readonly multiplyAdds?: number;
  readonly entries: readonly Entry[];
}

/** Tables of numbers, such as nanoseconds of the kernel's loops. */
export interface Figures {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly tables: readonly {
    readonly columns: readonly [name: string, value: string];
    readonly rows: readonly (readonly [name: string, value: number])[];
  }[];
}

/** How vshift's cost grows. */
export interface Scaling {
  readonly name: string;
  readonly setting: string;
  readonly variable: string;
  readonly unit: "CPU s" | "s" | "MB";
  readonly points: readonly { readonly x: number; readonly value: number }[];
  /** What the cost is expected to do, in a sentence. */
  readonly reading: string;
  /** Fitted exponent of the growth; null where none is. */
  readonly exponent: number | null;
}

/** A part of the results with when and on what it was measured. */
export type Measured<T> = T & { readonly date: string; readonly machine: Machine };

export interface Results {
  /** Each case and each set of figures once. */
  readonly races: readonly Measured<Race>[];
  readonly figures: readonly Measured<Figures>[];
  readonly scaling?: Measured<{ readonly series: readonly Scaling[] }>;
  /** Peers whose packages were missing in the last run. */
  readonly absent: readonly string[];
}

/** What a program of the benchmark measured. */
export interface Part {
  readonly race?: Race;
  readonly figures?: Figures;
  readonly series?: readonly Scaling[];
  readonly absent?: readonly string[];
}

const FILE = "bench/results.json";

export async function readResults(): Promise<Results> {
  try {
    return JSON.parse(await readFile(FILE, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { races: [], figures: [], absent: [] };
    throw error;
  }
}

/** Puts a part into results.json, instead of an earlier one of the same id, and writes RESULTS.md and results.svg. */
export async function publish(part: Part, machine?: Machine): Promise<void> {
  const measured = { date: new Date().toISOString(), machine: machine ?? (await describeMachine()) };
  const results = withPart(await readResults(), part, measured);
  await writeFile(FILE, `${JSON.stringify(results, null, 1)}\n`);
  await render(results);
}

export function withPart(
  results: Results,
  { race, figures, series, absent }: Part,
  measured: { readonly date: string; readonly machine: Machine },
): Results {
  return {
    races: race === undefined ? results.races : replaced(results.races, { ...race, ...measured }),
    figures: figures === undefined ? results.figures : replaced(results.figures, { ...figures, ...measured }),
    ...(results.scaling !== undefined && { scaling: results.scaling }),
    ...(series !== undefined && { scaling: { series, ...measured } }),
    absent: absent ?? results.absent,
  };
}

function replaced<T extends { readonly id: string }>(parts: readonly T[], part: T): readonly T[] {
  const at = parts.findIndex(({ id }) => id === part.id);
  return at < 0 ? [...parts, part] : parts.with(at, part);
}
