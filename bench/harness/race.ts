import { BEFORE, type Case, type Contestant } from "./case.ts";
import { type Command, type Finished, finish } from "./child-process.ts";
import type { Entry, Race, Run } from "./results.ts";
import { spreadOf } from "./statistics.ts";

/** A contestant whose runs are longer than this takes part in the first rounds only. */
export const LONG_RUN_SECONDS = 1.5;
export const ROUNDS_OF_LONG_RUNS = 2;

export interface RaceOptions {
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** Told of each run. */
  readonly log: (line: string) => void;
}

/** All contestants one after another, round after round, so that whatever else the machine does hits them alike. */
export async function race(of: Case, { contestants, rounds, log }: RaceOptions): Promise<Race> {
  const starters: { readonly contestant: Contestant; readonly runs: Run[] }[] = [];
  for (const contestant of contestants) {
    const trial = contestant.trial && (await run(contestant, contestant.trial));
    if (trial === null) log(`${of.id} ${contestant.id} does not know these flags and is left out`);
    else starters.push({ contestant, runs: [] });
  }
  for (let round = 1; round <= rounds * (of.timesRounds ?? 1); round++) {
    for (const { contestant, runs } of starters) {
      if (round > ROUNDS_OF_LONG_RUNS && spreadOf(runs.map(({ seconds }) => seconds)).median > LONG_RUN_SECONDS)
        continue;
      const finished = await run(contestant, contestant.command);
      if (finished === null) continue;
      const answer = await contestant.answer(finished);
      const { seconds, cpu } = finished;
      runs.push({ round, seconds, cpu, ...answer });
      log(`${of.id} round ${round} ${contestant.id} ${seconds.toFixed(3)} s, CPU ${cpu.toFixed(3)} s`);
    }
  }
  const entries = starters.flatMap(({ contestant: { id, title }, runs }): Entry[] =>
    runs.length === 0 ? [] : [{ contestant: id, title, runs }],
  );
  const { id, title, multiplyAdds } = of;
  return { id, title, ...(multiplyAdds !== undefined && { multiplyAdds }), entries };
}

const USAGE_ERROR = 2;

/** null where an earlier vshift does not know the flags. */
async function run({ id, exitCodes = [0] }: Contestant, command: Command): Promise<Finished | null> {
  const finished = await finish(command);
  const { exitCode, stdout, stderr } = finished;
  if (id === BEFORE && exitCode === USAGE_ERROR) return null;
  if (exitCode === null || !exitCodes.includes(exitCode))
    throw new Error(`${command.args.join(" ")} ended with ${exitCode}: ${stderr || stdout}`);
  return finished;
}
