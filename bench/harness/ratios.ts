import type { Cost } from "./child-process.ts";
import type { Entry, Race } from "./results.ts";
import { type Spread, spreadOf } from "./statistics.ts";

export type Measure = keyof Cost;

/** How many times more a contestant took than vshift in the same round, over the rounds that both ran in. */
export function ratioToVshift(race: Race, contestant: string, measure: Measure): Spread | undefined {
  const ours = entryOf(race, "vshift");
  const ratios = (entryOf(race, contestant)?.runs ?? []).flatMap((theirs) => {
    const run = ours?.runs.find(({ round }) => round === theirs.round);
    return run === undefined ? [] : [theirs[measure] / run[measure]];
  });
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}

export function entryOf(race: Race, contestant: string): Entry | undefined {
  return race.entries.find((entry) => entry.contestant === contestant);
}

/** Wall or CPU seconds of a contestant's whole processes in a race. */
export function costOf(race: Race, contestant: string, measure: Measure): Spread | undefined {
  const runs = entryOf(race, contestant)?.runs ?? [];
  return runs.length === 0 ? undefined : spreadOf(runs.map((run) => run[measure]));
}

/** Contestants of all races, each once, in the order of their first appearance. */
export function contestantsIn(races: readonly Race[]): ReadonlyMap<string, string> {
  return new Map(races.flatMap(({ entries }) => entries.map(({ contestant, title }) => [contestant, title])));
}
