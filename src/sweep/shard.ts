import { VshiftError } from "../errors.ts";
import { quoted } from "../scenario/typed.ts";
import type { PlannedCell } from "./plan.ts";

/** Part `index` of `count`; index from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** More shards than anybody has machines. */
const MOST_SHARDS = 100_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads "2/3", or "auto": the part that a scheduler gave the task of an array; "auto/3" where it does not say of how many. */
export function shardOf(text: string, env: Environment = {}): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count && count <= MOST_SHARDS) return { index, count };
  const [isAuto, given] = /^auto(?:\/(\d+))?$/.exec(text) ?? [];
  if (isAuto !== undefined) return scheduledShard(given === undefined ? undefined : Number(given), env);
  throw invalid(
    `${quoted(text)} is not a part i/n, with 1 ≤ i ≤ n ≤ ${MOST_SHARDS}`,
    "write for example 1/3, 2/3 and 3/3 on three machines, or auto in an array job",
  );
}

/** How a scheduler numbers the tasks of an array, by the variables that it sets. */
interface Scheduler {
  readonly index: string;
  /** The first number, where no variable says it. */
  readonly from: number;
  readonly first?: string;
  readonly step?: string;
  readonly count?: string;
}

const SCHEDULERS: readonly Scheduler[] = [
  // Slurm: sbatch --array=1-8.
  {
    index: "SLURM_ARRAY_TASK_ID",
    from: 1,
    first: "SLURM_ARRAY_TASK_MIN",
    step: "SLURM_ARRAY_TASK_STEP",
    count: "SLURM_ARRAY_TASK_COUNT",
  },
  // Kubernetes: a Job with completionMode: Indexed, whose pods are not told how many they are.
  { index: "JOB_COMPLETION_INDEX", from: 0 },
  { index: "AWS_BATCH_JOB_ARRAY_INDEX", from: 0, count: "AWS_BATCH_JOB_ARRAY_SIZE" },
];

function scheduledShard(given: number | undefined, env: Environment): Shard {
  const scheduler = SCHEDULERS.find(({ index }) => env[index]);
  if (scheduler === undefined) {
    throw invalid(
      `auto is for array jobs, and none of ${SCHEDULERS.map(({ index }) => index).join(", ")} is set`,
      "start it as an array job, or write for example 1/3",
    );
  }
  const numberOf = (name: string | undefined, usual: number) => {
    const text = name === undefined ? undefined : env[name];
    return text ? Number(text) : usual;
  };
  const number = numberOf(scheduler.index, Number.NaN);
  const count = given ?? numberOf(scheduler.count, Number.NaN);
  if (Number.isNaN(count)) {
    throw invalid(
      `auto knows by ${scheduler.index} which task this is, and not of how many`,
      "write auto/8 for an array of 8",
    );
  }
  // Where the count was given, some of the tasks may have been started again, and their least number is not the first.
  const first = given === undefined ? numberOf(scheduler.first, scheduler.from) : scheduler.from;
  const index = (number - first) / (given === undefined ? numberOf(scheduler.step, 1) : 1) + 1;
  if (Number.isInteger(index) && index >= 1 && index <= count && count <= MOST_SHARDS) return { index, count };
  throw invalid(
    `auto cannot be task ${env[scheduler.index]} (${scheduler.index}) of ${count}, numbered from ${first}`,
    "number the tasks one after another, and write auto/8 to start some of 8 again",
  );
}

function invalid(problem: string, hint: string): VshiftError {
  return new VshiftError({ code: "invalid-value", field: "--shard", problem, hint });
}

/**
 * The cells of a shard. All shards together have every cell once, and about the same work each: the largest cell that is
 * left goes to the shard with the least. In the order of the grid.
 */
export function cellsOfShard(cells: readonly PlannedCell[], { index, count }: Shard): readonly PlannedCell[] {
  const loads = new Array<number>(count).fill(0);
  const largestFirst = [...cells].sort((a, b) => b.work - a.work || a.index - b.index);
  const chosen = largestFirst.filter(({ work }) => {
    const least = loads.indexOf(Math.min(...loads));
    loads[least] = (loads[least] ?? 0) + work;
    return least === index - 1;
  });
  return chosen.sort((a, b) => a.index - b.index);
}
