import { ERROR_CODES, type ErrorParts, VshiftError } from "../errors.ts";
import { type BlockResult, type BlockTask, channelsOf, type Run, statisticsLengths } from "../experiment/block.ts";
import type { CellOutcome } from "../experiment/cells.ts";
import type { Records } from "../experiment/measure.ts";
import type { RecordReader } from "../experiment/read-record.ts";
import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import type { PlannedCell } from "../sweep/plan.ts";
import { fromExactText } from "./exact.ts";

// What workers answer, and whether it can be that: a worker may be broken, and a journal keeps what it was given.

/** What came of one scenario of a job: its records as a journal has them, or why there are none. */
type TravellingOutcome = { readonly records: readonly string[] } | { readonly error: ErrorParts };

export function cellsAnswer(outcomes: readonly CellOutcome[]): string {
  return JSON.stringify(
    outcomes.map(
      (outcome): TravellingOutcome =>
        "error" in outcome
          ? { error: outcome.error }
          : { records: outcome.records.map((record) => JSON.stringify(record)) },
    ),
  );
}

/** An answer that does not fit the question; its message says how. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}

/** The outcomes of some cells; throws `Unfit` for any answer that is not one to them. */
export function readCellsAnswer(
  answer: string,
  cells: readonly PlannedCell[],
  read: RecordReader,
): readonly CellOutcome[] {
  const outcomes = parsed(() => JSON.parse(answer) as unknown);
  if (!Array.isArray(outcomes) || outcomes.length !== cells.length) {
    throw new Unfit(`is not a list of ${cells.length} outcomes`);
  }
  return cells.map(({ index, ids }, at): CellOutcome => {
    const outcome = outcomes[at] as Partial<Record<"records" | "error", unknown>> | null;
    if (isErrorParts(outcome?.error)) return { index, error: outcome.error };
    const texts = outcome?.records;
    if (!Array.isArray(texts) || texts.length !== ids.length) throw new Unfit("has another number of records");
    const records = texts.map((text, position) => readRecord(String(text), ids[position] ?? "", read));
    return { index, records: records as unknown as Records };
  });
}

/** A record that was made here, from sums that came from workers: a journal must be able to read it again. */
export function requireRecords(records: Records, read: RecordReader): void {
  for (const record of records) parsed(() => read(JSON.stringify(record), "a record"));
}

function readRecord(text: string, id: string, read: RecordReader) {
  const record = parsed(() => read(text, "a record"));
  if (record.kernel !== KERNEL_FINGERPRINT) throw new Unfit("has a record of another engine version");
  if (record.id !== id) throw new Unfit(`has the record of another scenario (id ${record.id.slice(0, 12)}…)`);
  return record;
}

function parsed<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof VshiftError) throw new Unfit(`has ${error.field ?? "a record"} that ${error.problem}`);
    throw new Unfit("is not JSON");
  }
}

function isErrorParts(value: unknown): value is ErrorParts {
  if (typeof value !== "object" || value === null) return false;
  const { code, problem, field, hint } = value as Record<string, unknown>;
  const isText = (each: unknown) => each === undefined || typeof each === "string";
  return ERROR_CODES.some((each) => each === code) && typeof problem === "string" && isText(field) && isText(hint);
}

export function blocksAnswer(results: readonly string[]): string {
  return `[${results.join(",")}]`;
}

/** The results of some blocks; throws `Unfit` for any answer that is not one to them. */
export function readBlocksAnswer(answer: string, tasks: readonly BlockTask[], run: Run): readonly BlockResult[] {
  const results = parsed(() => fromExactText(answer));
  if (!Array.isArray(results) || results.length !== tasks.length) {
    throw new Unfit(`is not a list of ${tasks.length} blocks`);
  }
  for (const [at, task] of tasks.entries()) requireBlock(results[at], task, run);
  return results as readonly BlockResult[];
}

const SUMS = ["n", "train", "test", "trainSquared", "testSquared", "product"] as const;

/** A network's values may be beyond single precision, and its sums not finite; those of one layer never are. */
function requireBlock(value: unknown, task: BlockTask, run: Run): void {
  const { block, batches, pass } = task;
  const { isWhole } = run;
  const result = (value ?? {}) as Partial<Record<keyof BlockResult, unknown>>;
  if (result.block !== block || result.batches !== batches) throw new Unfit(`lacks block ${block}`);
  const sums = (result.sums ?? {}) as Record<string, unknown>;
  const isSum = (each: unknown) => typeof each === "number" && (isWhole || (Number.isFinite(each) && each >= 0));
  if (!SUMS.every((name) => isSum(sums[name]))) throw new Unfit("has sums that no measurement gives");
  if (sums.n !== (isWhole ? 0 : batches)) throw new Unfit("has sums of other mini-batches");
  if (!isWhole || pass.kind === "train") requireRunning(result.batchNorm, batches, run);
  if (isWhole) requireRows(result.rows, task, run);
}

function requireRunning(value: unknown, batches: number, run: Run): void {
  const statistics = (value ?? {}) as Record<string, unknown>;
  const fits = statisticsLengths(run).some(
    ({ means, variances }) =>
      ["runningMean", "testMean"].every((name) => isFloats(statistics[name], means, run)) &&
      ["runningVariance", "testVariance"].every((name) => isFloats(statistics[name], variances, run)),
  );
  if (fits && statistics.batches === batches && typeof statistics.retained === "number") return;
  throw new Unfit("has running statistics that no measurement gives");
}

function requireRows(value: unknown, { batches, comparison }: BlockTask, run: Run): void {
  const rows = (value ?? {}) as Record<string, unknown>;
  const statistics = (rows.statistics ?? {}) as Record<string, unknown>;
  const count = batches * run.network.positions.length;
  const channels = channelsOf(run);
  const { distances, weightSquares } = rows;
  const fits =
    ["variances", "meanShifts"].every((name) => isFloats(rows[name], count, run)) &&
    ["mean", "variance"].every((name) => isFloats(statistics[name], channels, run)) &&
    Array.isArray(distances) &&
    distances.length === (comparison === undefined ? 0 : batches) &&
    distances.every(areDistances) &&
    (weightSquares === undefined || Array.isArray(weightSquares));
  if (!fits) throw new Unfit("has rows of other mini-batches");
}

function areDistances(value: unknown): boolean {
  const { fromTraining, fromNoiseFree } = (value ?? {}) as Record<string, unknown>;
  return [fromTraining, fromNoiseFree].every((each) => {
    const { distance, variance } = (each ?? {}) as Record<string, unknown>;
    return typeof distance === "number" && typeof variance === "number";
  });
}

function isFloats(value: unknown, length: number, { isWhole }: Run): boolean {
  if (!(value instanceof Float64Array) && !(value instanceof Float32Array)) return false;
  return value.length === length && (isWhole || value.every((each) => Number.isFinite(each)));
}
