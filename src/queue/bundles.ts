import type { PlannedCell } from "../sweep/plan.ts";

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
