import { type Answer, answerOf, checkAnswer } from "./answer.ts";
import { type Command, finish } from "./child-process.ts";
import type { Contestant } from "./contestants.ts";
import type { Entry, Race, Run } from "./results.ts";
import { spreadOf } from "./statistics.ts";
import type { Workload } from "./workloads.ts";

/** A contestant whose runs are longer than this takes part in the first rounds only. */
export const LONG_RUN_SECONDS = 1.5;
export const ROUNDS_OF_LONG_RUNS = 2;

/** Samples of a trial, which brings what a contestant reads into the file cache. */
const TRIAL_SAMPLES = 2_560;

export interface RaceOptions {
  readonly workload: Workload;
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** Told of each run. */
  readonly log: (line: string) => void;
}

/** All contestants one after another, round after round, so that whatever else the machine does hits them alike. */
export async function race({ workload, contestants, rounds, log }: RaceOptions): Promise<Race> {
  const starters: { readonly contestant: Contestant; readonly runs: Run[] }[] = [];
  for (const contestant of contestants) {
    if (contestant.id in workload.leftOut) continue;
    await run(contestant.command({ workload, amount: { samples: TRIAL_SAMPLES } }));
    starters.push({ contestant, runs: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { contestant, runs } of starters) {
      if (round > ROUNDS_OF_LONG_RUNS && spreadOf(runs.map(({ seconds }) => seconds)).median > LONG_RUN_SECONDS)
        continue;
      const { seconds, answer } = await run(contestant.command({ workload, amount: workload.amount }));
      try {
        checkAnswer(answer, workload);
      } catch (error) {
        throw new Error(`${contestant.id} in ${workload.id} ${(error as Error).message}`, { cause: error });
      }
      const { shift, samples } = answer;
      runs.push({ round, seconds, computing: answer.seconds ?? null, shift, samples });
      log(`${workload.id} round ${round} ${contestant.id} ${seconds.toFixed(3)} s`);
    }
  }
  const entries = starters.map(({ contestant: { id, title }, runs }): Entry => ({ contestant: id, title, runs }));
  return { workload: workload.id, title: workload.title, entries };
}

/** vshift ends with 3 when it cannot pass a verdict on so few samples. That is an answer too. */
const ANSWERED: readonly (number | null)[] = [0, 3];

async function run(command: Command): Promise<{ readonly seconds: number; readonly answer: Answer }> {
  const { seconds, exitCode, stdout, stderr } = await finish(command);
  if (!ANSWERED.includes(exitCode)) {
    throw new Error(`${command.args.join(" ")} ended with ${exitCode}: ${stderr || stdout}`);
  }
  return { seconds, answer: answerOf(stdout) };
}
