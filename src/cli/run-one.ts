import { VshiftError } from "../errors.ts";
import { createExecutor } from "../executor/executor.ts";
import { measure, type Records } from "../experiment/measure.ts";
import { type BatchPart, partOf, planOf } from "../experiment/plan/plan.ts";
import { counted, grouped } from "../report/numbers.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { isWhole } from "../scenario/test-time.ts";
import { shardOf } from "../sweep/shard.ts";
import { boundMemory } from "./bound-memory.ts";
import { deliver, type Outcome } from "./deliver.ts";
import { interruptionOf } from "./interruption.ts";
import { startProgress } from "./progress.ts";
import { sayObstacle, sayOn, sayWorkerLost } from "./say.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";
import { threadsFrom } from "./threads.ts";

interface OneRun<Format> {
  readonly scenario: Scenario;
  readonly arrays: Arrays;
  readonly flags: Flags;
  readonly streams: Streams;
  readonly formats: readonly Format[];
  /** What came of it, where nothing interrupted it. */
  readonly outcomeOf: (records: Records) => Outcome;
}

/**
 * One scenario on all threads, or a part of its mini-batches; when interrupted, what was measured of it. Delivers it, and returns the
 * exit code.
 */
export function runOne<Format extends Parameters<typeof deliver>[0]["formats"][number]>({
  scenario,
  arrays,
  flags,
  streams,
  formats,
  outcomeOf,
}: OneRun<Format>): Promise<number> {
  const plan = planOf(scenario);
  const shard = flags.shard as string | undefined;
  const part =
    shard === undefined ? undefined : checkedPart(scenario, partOf(plan, shardOf(shard, streams.env)), shard);
  const { interrupt, stderr } = streams;
  const say = sayOn(streams, flags);
  sayObstacle(say);
  const executor = createExecutor({
    threads: threadsFrom(flags),
    onWorkerLost: (lost) => sayWorkerLost(say, lost),
  });
  // A network's mini-batches outlast a young generation that small.
  if (!isWhole(scenario)) boundMemory();
  return deliver({ flags, streams, formats }, async () => {
    const progress = startProgress(scenario, plan, { stderr, isQuiet: flags.quiet === true });
    const options = { executor, arrays, part, signal: interrupt, onProgress: progress.report };
    const records = await measure(scenario, options).finally(() => {
      progress.end();
      executor.close();
    });
    const outcome = outcomeOf(records);
    const interruption = interruptionOf(interrupt);
    if (interruption === undefined) return outcome;
    const seen = isWhole(scenario)
      ? "; the result covers what was measured so far"
      : ` after ${grouped(records[0].measured.samples)} samples; the result covers these`;
    say(`${interruption.message}${seen}`);
    return { ...outcome, exitCode: interruption.exitCode };
  });
}

/** The mini-batches of a shard, "1/3"; without a number of samples there is no telling where they end. */
function checkedPart({ samples, batchSize }: Scenario, part: BatchPart, shard: string): BatchPart {
  if (samples !== null && part.to - part.from >= 2) return part;
  throw new VshiftError({
    code: samples === null ? "conflicting-fields" : "invalid-value",
    field: "--shard",
    problem:
      samples === null
        ? "needs a fixed number of samples"
        : `${shard} of ${samples} samples is ${counted(part.to - part.from, "mini-batch", "mini-batches")} of ${batchSize}; at least 2 are needed`,
    hint: samples === null ? "add `samples`" : "use fewer shards or more `samples`",
  });
}
