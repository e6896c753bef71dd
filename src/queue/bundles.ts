import type { Cell } from "../experiment/cells.ts";
import { parseFiles } from "../notation/files.ts";
import { ARRAY_FIELDS, type Arrays } from "../scenario/arrays.ts";
import { scenarioId } from "../scenario/canonical.ts";
import type { Grid } from "../scenario/grid.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { PlannedCell } from "../sweep/plan.ts";
import type { Request } from "./client.ts";
import { type CellsJob, nameOf, packed, type TravellingScenario } from "./jobs.ts";

// A plan as jobs.

/** A plan that workers measure. */
export interface QueuedPlan {
  readonly grid: Grid;
  /** All its cells, those that are done, too: what is a job does not depend on what is left. */
  readonly plan: readonly PlannedCell[];
  /** See `MeasureOptions`. */
  readonly errorRate?: number | undefined;
  /** Those that its scenarios name. */
  readonly arrays: Arrays;
}

/** Cells of a plan that are measured as one job. */
export interface Bundle {
  readonly cells: readonly PlannedCell[];
  readonly work: number;
}

/** Work of a job, in drawn activations: about a second of one thread. */
export const JOB_WORK = 5e8;
/** Of small plans, so that there is something for each of some threads. */
const LEAST_JOB_WORK = 5e7;
const JOBS_OF_A_PLAN = 64;
const MOST_CELLS = 128;

/**
 * The bundles of a plan, in its order. What is bundled together follows from the plan alone, and not from what is left of it, so that a
 * run that goes on after an interruption finds what was measured meanwhile.
 */
export function bundlesOf(plan: readonly PlannedCell[]): readonly Bundle[] {
  const total = plan.reduce((sum, { work }) => sum + work, 0);
  const most = Math.max(LEAST_JOB_WORK, Math.min(JOB_WORK, total / JOBS_OF_A_PLAN));
  const bundles: Bundle[] = [];
  let cells: PlannedCell[] = [];
  let work = 0;
  for (const cell of plan) {
    if (cells.length > 0 && (work + cell.work > most || cells.length === MOST_CELLS)) {
      bundles.push({ cells, work });
      cells = [];
      work = 0;
    }
    cells.push(cell);
    work += cell.work;
  }
  if (cells.length > 0) bundles.push({ cells, work });
  return bundles;
}

type Asked = Omit<QueuedPlan, "arrays">;

/** The job of a bundle; the scenarios of some of its cells are there already. */
export function requestOf(asked: Asked, bundle: Bundle, made: readonly Cell[] = []): Request {
  const text = textOf(asked, bundle, made);
  const [first] = bundle.cells;
  const from = (first?.index ?? 0) + 1;
  const to = (bundle.cells.at(-1)?.index ?? 0) + 1;
  const holds = from === to ? `scenario ${from}` : `scenarios ${from} to ${to}`;
  return {
    name: nameOf("scenarios", text),
    kind: "scenarios",
    holds: `${holds} of ${asked.plan.length}`,
    text: packed(text),
  };
}

/** The name of that job alone. */
export function nameOfBundle(asked: Asked, bundle: Bundle, made: readonly Cell[] = []): string {
  return nameOf("scenarios", textOf(asked, bundle, made));
}

function textOf({ grid, errorRate }: Asked, { cells }: Bundle, made: readonly Cell[]): string {
  const known = new Map(made.map(({ index, scenario }) => [index, scenario]));
  const scenarios = cells.map(({ index }) => known.get(index) ?? grid.cell(index));
  const job: CellsJob = {
    kind: "scenarios",
    errorRate: errorRate ?? null,
    scenarios: scenarios.map(travelling),
    arrays: [...new Set(scenarios.flatMap(digestsOf))],
  };
  return JSON.stringify(job);
}

export function travelling(scenario: Scenario): TravellingScenario {
  return { id: scenarioId(scenario), input: inputOf(scenario) };
}

/** The digests of all arrays that a scenario names, in its fields and in the text of its network. */
export function digestsOf(scenario: Scenario): readonly string[] {
  const ofFields = ARRAY_FIELDS.flatMap((field) => scenario[`${field}Digest`] ?? []);
  const { files } = scenario;
  return [...ofFields, ...(files === null ? [] : [...parseFiles(files).values()].map(({ digest }) => digest))];
}
