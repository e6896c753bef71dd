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

/** Reads "2/3". */
export function shardOf(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count && count <= MOST_SHARDS) return { index, count };
  throw new VshiftError({
    code: "invalid-value",
    field: "--shard",
    problem: `${quoted(text)} is not a part i/n, with 1 ≤ i ≤ n ≤ ${MOST_SHARDS}`,
    hint: "write for example 1/3, 2/3 and 3/3 on three machines",
  });
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
