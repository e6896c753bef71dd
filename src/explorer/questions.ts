import type { Histogram } from "../experiment/histogram.ts";
import type { Verdict } from "../experiment/verdict.ts";

/** Fields of a scenario as they are typed, by their names. */
export type Fields = Readonly<Record<string, string>>;

/** What a command would measure. */
export interface Run {
  readonly command: "simulate" | "stack";
  readonly fields: Fields;
}

/** What the page asks of the engine. */
export type Question =
  | { readonly kind: "describe"; readonly run: Run }
  | { readonly kind: "theory"; readonly runs: readonly Run[] }
  | { readonly kind: "measure"; readonly run: Run }
  | {
      readonly kind: "histogram";
      readonly run: Run;
      /** Mini-batches. */
      readonly batches: number;
    };

export function describe(run: Run) {
  return { kind: "describe", run } as const satisfies Question;
}

export function theoryOf(...runs: readonly Run[]) {
  return { kind: "theory", runs } as const satisfies Question;
}

export function measure(run: Run) {
  return { kind: "measure", run } as const satisfies Question;
}

/** What a run is, in words. */
export interface Description {
  /** What types it. */
  readonly command: string;
  /** "At test time BN's output has half the variance it had during training." */
  readonly sentence: string;
  readonly theory: TheoryAt;
}

export interface TheoryAt {
  readonly name: string;
  readonly shift: number | null;
  /** Why theory knows no shift. */
  readonly reason: string | null;
}

/** What theory says of each position of a run, or why the run is none. */
export type TheoryOfRun = { readonly positions: readonly TheoryAt[] } | { readonly error: string };

export interface MeasuredAt extends TheoryAt {
  readonly measured: number;
  /** The interval of the scenario's confidence; null where too little was seen. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: Verdict;
}

/** A measurement on its way. */
export interface Measurement {
  /** Empty until there is something to say. */
  readonly positions: readonly MeasuredAt[];
  readonly samples: number;
  /** Of what is done until the next look. */
  readonly share: number;
  /** The records, byte by byte those of `--format ndjson`; null until the end. */
  readonly records: string | null;
}

/** What the engine answers: measurements more than once, each time with what is known so far. */
export interface Answers {
  readonly describe: Description;
  readonly theory: readonly TheoryOfRun[];
  readonly measure: Measurement;
  readonly histogram: Omit<Histogram, "scenario">;
}

/** A message to the engine. */
export type ToEngine =
  | { readonly id: number; readonly question: Question }
  /** Nobody waits for its answer any more. */
  | { readonly id: number; readonly question: null };

/** A message from it. A refusal says one line. */
export type FromEngine = { readonly id: number } & (
  | { readonly answer: Answers[Question["kind"]]; readonly isLast: boolean }
  | { readonly refusal: string }
);
