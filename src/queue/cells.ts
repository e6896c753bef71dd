import { VshiftError } from "../errors.ts";
import { LARGE } from "../executor/cells.ts";
import { nextTurn } from "../executor/next-turn.ts";
import { type Cell, type CellOutcome, type CellRunner, measureCell } from "../experiment/cells.ts";
import type { Records } from "../experiment/measure.ts";
import { createRecordReader } from "../experiment/read-record.ts";
import { readCellsAnswer, requireRecords, Unfit } from "./answers.ts";
import { arraysQueue, removeArrays, sendArrays } from "./arrays.ts";
import { createQueueExecutor } from "./blocks.ts";
import { type Bundle, bundlesOf, digestsOf, nameOfBundle, type QueuedPlan, requestOf, travelling } from "./bundles.ts";
import { atMost, createClient, GOODBYE_MS, type QueueClient, type Request } from "./client.ts";
import { obstacle, type Server } from "./server.ts";

/** Jobs that may be under way or wait, in addition to some for each thread: what the server holds does not grow with the plan. */
const LEAST_UNDER_WAY = 24;
const UNDER_WAY_A_THREAD = 3;
/** Large cells that are measured side by side: the next begins while the last blocks of one are drawn. */
const MOST_LARGE = 2;

/**
 * Has cells measured by the workers of a queue. Small ones go in bundles, a job each; a large one is cut into blocks, and decided upon
 * here.
 *
 * A worker's answer is checked as a journal's records are. One that does not fit is a `VshiftError`, and nothing of it comes out.
 */
export async function createQueueRunner(
  server: Server,
  queued: QueuedPlan,
  say: (words: string) => void,
): Promise<CellRunner> {
  const { plan, arrays } = queued;
  const files = arrays.size > 0 ? arraysQueue(server) : undefined;
  const restore = files === undefined ? undefined : () => sendArrays(files, arrays);
  const [client, read] = await Promise.all([createClient(server, { say, restore }), createRecordReader()]);
  try {
    await restore?.();
  } catch (error) {
    throw obstacle(server.address, error as Error);
  }
  const bundles = bundlesOf(plan);

  async function ask<Value>(request: Request, read: (answer: string) => Value): Promise<Value> {
    const answer = await client.ask(request);
    try {
      return read(answer);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      const author = await client.author(request.name);
      await client.forget(request.name);
      throw unfit(server, error, author);
    }
  }

  function measureBundle({ bundle, cells }: Portion): Promise<Portioned> {
    return answerTo(requestOf(queued, bundle, cells), bundle, new Set(cells.map(({ index }) => index)));
  }

  /** By itself, so that while it waits nothing holds the scenarios that were asked for. */
  async function answerTo(request: Request, bundle: Bundle, wanted: ReadonlySet<number>): Promise<Portioned> {
    const outcomes = await ask(request, (answer) => readCellsAnswer(answer, bundle.cells, read));
    return { outcomes: outcomes.filter(({ index }) => wanted.has(index)), name: request.name };
  }

  /** In blocks, unless somebody handed it over whole. */
  async function measureLarge(portion: Portion, cell: Cell, signal: AbortSignal | undefined): Promise<Portioned> {
    if (await client.isKnown(nameOfBundle(queued, portion.bundle, portion.cells))) return measureBundle(portion);
    const { forget, threads } = client;
    const { scenario } = cell;
    let fault: { readonly error: unknown } | undefined;
    const executor = createQueueExecutor({
      ...{ scenario: travelling(scenario), arrays: digestsOf(scenario), forget, threads },
      ask: (request, read) =>
        ask(request, read).catch((error) => {
          fault ??= { error };
          throw new Error("the queue failed", { cause: error });
        }),
    });
    try {
      const outcome = await measureCell(cell, { executor, arrays, signal });
      if ("records" in outcome && signal?.aborted !== true) requireOwn(outcome.records);
      return { outcomes: signal?.aborted ? [] : [outcome], name: undefined };
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return { outcomes: [], name: undefined };
      // A fault of the queue is not one of the scenario.
      throw fault?.error ?? error;
    }
  }

  function requireOwn(records: Records): void {
    try {
      requireRecords(records, read);
    } catch (error) {
      throw error instanceof Unfit ? unfit(server, error, "") : error;
    }
  }

  return {
    run: (cells, signal) =>
      outcomesOf({ portions: portionsOf(cells, bundles), client, measureBundle, measureLarge, signal, end }),
    close: () => void end(),
  };

  async function end(): Promise<void> {
    const { isLeft } = await client.close();
    if (files === undefined) return;
    // Others may need them as well, and a server that is away does not delay the end.
    const tidied = async () => {
      if (!isLeft) await removeArrays(files, arrays);
      await files.close();
    };
    await atMost(GOODBYE_MS, tidied());
  }
}

/** Cells to measure, all of one bundle. */
interface Portion {
  readonly bundle: Bundle;
  readonly cells: readonly Cell[];
}

interface Portioned {
  readonly outcomes: readonly CellOutcome[];
  /** Of the job that they came of. */
  readonly name: string | undefined;
}

interface Outcomes {
  readonly portions: Iterator<Portion, undefined>;
  readonly client: QueueClient;
  readonly measureBundle: (portion: Portion) => Promise<Portioned>;
  readonly measureLarge: (portion: Portion, cell: Cell, signal: AbortSignal | undefined) => Promise<Portioned>;
  readonly signal: AbortSignal | undefined;
  readonly end: () => Promise<void>;
}

/** The outcomes as they come, so many portions under way. */
async function* outcomesOf(setting: Outcomes): AsyncGenerator<CellOutcome> {
  const { portions, client, measureBundle, measureLarge, signal, end } = setting;
  const ready: Portioned[] = [];
  let failure: { readonly error: unknown } | undefined;
  let underWay = 0;
  let large = 0;
  let wake = () => {};
  let next = portions.next();

  function begin(portion: Portion): void {
    const [cell] = portion.cells;
    const isLarge = cell !== undefined && isCut(portion);
    underWay++;
    if (isLarge) large++;
    const measured = isLarge ? measureLarge(portion, cell, signal) : measureBundle(portion);
    measured
      .then(
        (portioned) => ready.push(portioned),
        (error) => {
          failure ??= { error };
        },
      )
      .finally(() => {
        underWay--;
        if (isLarge) large--;
        wake();
      });
  }

  /** Whether the next portion may begin. */
  function hasRoom(): boolean {
    if (next.done === true) return false;
    if (isCut(next.value)) return large < MOST_LARGE;
    return underWay < LEAST_UNDER_WAY + UNDER_WAY_A_THREAD * client.threads();
  }

  const stop = () => wake();
  signal?.addEventListener("abort", stop);
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      for (let done = ready.shift(); done !== undefined; done = ready.shift()) {
        yield* done.outcomes;
        // Whoever takes outcomes has saved them by now.
        if (done.name !== undefined) void client.forget(done.name);
      }
      if (failure !== undefined) throw failure.error;
      if (signal?.aborted) return;
      if (next.done !== true && hasRoom()) {
        begin(next.value);
        next = portions.next();
        await nextTurn();
      } else if (next.done === true && underWay === 0) return;
      else if (ready.length === 0) await woken;
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    await end();
  }
}

/** Whether a portion is a cell that is cut into blocks. */
function isCut({ bundle: { cells } }: Portion): boolean {
  const [cell] = cells;
  return cells.length === 1 && cell !== undefined && cell.work > LARGE;
}

/** The cells, those of one bundle together; both in the order of the plan. */
function* portionsOf(cells: Iterable<Cell>, bundles: readonly Bundle[]): Generator<Portion, undefined> {
  let at = 0;
  let portion: Cell[] = [];
  for (const cell of cells) {
    const before = at;
    while (isBehind(bundles[at], cell)) at++;
    const bundle = bundles[before];
    if (at > before && bundle !== undefined && portion.length > 0) {
      yield { bundle, cells: portion };
      portion = [];
    }
    portion.push(cell);
  }
  const bundle = bundles[at];
  if (bundle !== undefined && portion.length > 0) yield { bundle, cells: portion };
  return undefined;
}

function isBehind(bundle: Bundle | undefined, { index }: Cell): boolean {
  return (bundle?.cells.at(-1)?.index ?? Number.POSITIVE_INFINITY) < index;
}

function unfit({ address }: Server, { message }: Unfit, author: string): VshiftError {
  const who = author === "" ? "a worker" : `the worker on ${author}`;
  return new VshiftError({
    code: "invalid-value",
    field: address.field,
    problem: `the answer of ${who} at ${address.shown} ${message}`,
    hint: "stop that worker, and run the same command again; what was saved is correct",
  });
}
