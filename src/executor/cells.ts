import { type Cell, type CellOutcome, type CellRunner, measureCell } from "../experiment/cells.ts";
import { simdModule } from "../kernel/simd.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Crew } from "./crew.ts";
import { createExecutor, type ExecutorOptions } from "./executor.ts";
import { newsOrAbort } from "./news.ts";

export interface CellRunnerOptions extends ExecutorOptions {
  /** Forecast of the work of all cells together. */
  readonly work: number;
  /** Those that the cells' scenarios name. */
  readonly arrays?: Arrays | undefined;
}

/** Work of a cell, in drawn activations, that is cut into blocks for all threads: seconds of one thread. */
export const LARGE = 2e9;

/** Work of all cells that pays for the start of threads. */
const WORTH_THREADS = 4e7;

/**
 * Measures cells side by side, a thread each; a large cell has its blocks spread over all threads. Cells that together are
 * not worth a thread's start are measured on this one.
 */
export function createCellRunner({ work, ...options }: CellRunnerOptions): CellRunner {
  const executor = createExecutor(options);
  let crew: CellCrew | undefined;

  /** The crew, unless the cell is better measured from here. */
  async function crewFor(cell: Cell): Promise<CellCrew | undefined> {
    if (options.threads === 1 || work < WORTH_THREADS || cell.work > LARGE) return undefined;
    crew ??= await startCrew(options);
    return crew.isGone() ? undefined : crew;
  }

  async function measuredHere(cell: Cell, signal: AbortSignal | undefined): Promise<CellOutcome | undefined> {
    try {
      const outcome = await measureCell(cell, { executor, arrays: options.arrays, signal });
      // A part of a cell is not an outcome.
      return signal?.aborted ? undefined : outcome;
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return undefined;
      throw error;
    }
  }

  return {
    async *run(cells, signal) {
      const all = cells[Symbol.iterator]();
      const again: Cell[] = [];
      let underWay = 0;
      for (;;) {
        const { results, lost } = crew?.collect() ?? NOTHING;
        again.push(...lost);
        underWay -= results.length + lost.length;
        yield* results;
        if (signal?.aborted) return;
        const cell = again.pop() ?? nextOf(all);
        const workers = cell === undefined ? undefined : await crewFor(cell);
        if (cell === undefined) {
          if (crew === undefined || underWay === 0) return;
          await newsOrAbort(crew.news(), signal);
        } else if (workers === undefined && crew !== undefined && underWay > 0) {
          // What others have in hand goes first, and a large cell then has all threads.
          again.push(cell);
          await newsOrAbort(crew.news(), signal);
        } else if (workers === undefined) {
          const outcome = await measuredHere(cell, signal);
          if (outcome !== undefined) yield outcome;
        } else if (workers.hasRoom()) {
          workers.give(cell);
          underWay++;
        } else {
          again.push(cell);
          await newsOrAbort(workers.news(), signal);
        }
      }
    },
    close() {
      executor.close();
      crew?.dismiss();
    },
  };
}

type CellCrew = Crew<Cell, CellOutcome>;

const NOTHING = { results: [], lost: [] } as const;

async function startCrew({
  threads,
  arrays,
  onWorkerLost = () => {},
}: Omit<CellRunnerOptions, "work">): Promise<CellCrew> {
  const [{ createCrew }, { WORKER_SOURCE }] = await Promise.all([
    import("./crew.ts"),
    import("./cell-worker-source.ts"),
  ]);
  const options = { workerSource: WORKER_SOURCE, onWorkerLost };
  const crew: CellCrew = createCrew({ arrays, module: simdModule() }, options);
  crew.enlarge(threads);
  return crew;
}

function nextOf(cells: Iterator<Cell>): Cell | undefined {
  const { done, value } = cells.next();
  return done === true ? undefined : value;
}
