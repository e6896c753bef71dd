import type { Entry, Race } from "./results.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** How many times longer a contestant took than vshift in the same round, over the rounds that both ran in. */
export function ratioToVshift(race: Race, contestant: string): Spread | undefined {
  const ours = entryOf(race, "vshift");
  const theirs = entryOf(race, contestant);
  const ratios: number[] = [];
  for (const { round, seconds } of theirs?.runs ?? []) {
    const run = ours?.runs.find((other) => other.round === round);
    if (run !== undefined) ratios.push(seconds / run.seconds);
  }
  return ratios.length === 0 ? undefined : spreadOf(ratios);
}

export function entryOf(race: Race, contestant: string): Entry | undefined {
  return race.entries.find((entry) => entry.contestant === contestant);
}

/** Seconds of a contestant's whole processes in a race. */
export function secondsOf(race: Race, contestant: string): Spread | undefined {
  const entry = entryOf(race, contestant);
  return entry === undefined || entry.runs.length === 0
    ? undefined
    : spreadOf(entry.runs.map(({ seconds }) => seconds));
}

/** Contestants of all races, each once, in the order of their first appearance. */
export function contestantsIn(races: readonly Race[]): ReadonlyMap<string, string> {
  return new Map(races.flatMap(({ entries }) => entries.map(({ contestant, title }) => [contestant, title])));
}
