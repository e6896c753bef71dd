import { type ErrorParts, VshiftError } from "../errors.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { type MeasureOptions, measure, type Records } from "./measure.ts";

/** One of many scenarios to measure. */
export interface Cell {
  readonly index: number;
  readonly scenario: Scenario;
  /** Forecast of its work. */
  readonly work: number;
  /** See `MeasureOptions`. */
  readonly errorRate?: number | undefined;
}

/** What came of a cell: its records, one a position, or why it has none. Plain data, which threads can hand to each other. */
export type CellOutcome =
  | { readonly index: number; readonly records: Records }
  | { readonly index: number; readonly error: ErrorParts };

/** Where cells are measured. */
export interface CellRunner {
  /**
   * Measures cells, several at a time; outcomes come as they are ready. When the signal is aborted they end early, and the
   * cells that were under way are dropped.
   */
  run(cells: Iterable<Cell>, signal?: AbortSignal): AsyncIterable<CellOutcome>;
  /** Gives back what it holds. */
  close(): void;
}

/** Measures one cell; bad input is its outcome, anything else that goes wrong is thrown. */
export async function measureCell(
  { index, scenario, errorRate }: Pick<Cell, "index" | "scenario" | "errorRate">,
  options: MeasureOptions,
): Promise<CellOutcome> {
  try {
    return { index, records: await measure(scenario, { ...options, errorRate }) };
  } catch (thrown) {
    if (!(thrown instanceof VshiftError)) throw thrown;
    const { code, field, problem, hint } = thrown;
    return {
      index,
      error: { code, problem, ...(field === undefined ? {} : { field }), ...(hint === undefined ? {} : { hint }) },
    };
  }
}
