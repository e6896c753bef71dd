import { VshiftError } from "../../errors.ts";
import { createExecutor } from "../../executor/executor.ts";
import { measure } from "../../experiment/measure.ts";
import { type BatchPart, partOf, planOf } from "../../experiment/plan/plan.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { RECORDS_FORMATS } from "../../report/formats.ts";
import { counted, grouped } from "../../report/numbers.ts";
import { simulationDocument } from "../../report/simulation.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { shardOf } from "../../sweep/shard.ts";
import { boundMemory } from "../bound-memory.ts";
import { deliver } from "../deliver.ts";
import { EXIT, EXIT_OF_VERDICT } from "../exit-codes.ts";
import { interruptionOf } from "../interruption.ts";
import { startProgress } from "../progress.ts";
import { sayObstacle, sayOn, sayWorkerLost } from "../say.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";

/** `vshift simulate`: one scenario, measured against the closed form. Returns the exit code. */
export async function simulateCommand(flags: Flags, streams: Streams): Promise<number> {
  const { scenario, arrays } = await scenarioFrom(flags);
  const plan = planOf(scenario);
  const part =
    flags.shard === undefined
      ? undefined
      : checkedPart(scenario, partOf(plan, shardOf(flags.shard as string)), flags.shard as string);
  const { interrupt, stderr } = streams;
  const say = sayOn(streams, flags);
  sayObstacle(say);
  const executor = createExecutor({
    threads: threadsFrom(flags),
    onWorkerLost: (lost) => sayWorkerLost(say, lost),
  });
  boundMemory();
  return deliver({ flags, streams, formats: RECORDS_FORMATS }, async () => {
    const progress = startProgress(scenario, plan, { stderr, isQuiet: flags.quiet === true });
    const options = { executor, arrays, part, signal: interrupt, onProgress: progress.report };
    const [record] = await measure(scenario, options).finally(() => {
      progress.end();
      executor.close();
    });
    const interruption = interruptionOf(interrupt);
    if (interruption !== undefined) {
      say(`${interruption.message} after ${grouped(record.measured.samples)} samples; the result covers these`);
    }
    return {
      document: simulationDocument(record),
      exitCode: interruption?.exitCode ?? exitCodeOf(record),
    };
  });
}

/** Without a closed form there is nothing to disagree with. */
function exitCodeOf({ theory, agreement }: ShiftRecord): number {
  return theory === null ? EXIT.fine : EXIT_OF_VERDICT[agreement.verdict];
}

/** The mini-batches of a shard, "1/3"; without a number of samples there is no telling where they end. */
export function checkedPart({ samples, batchSize }: Scenario, part: BatchPart, shard: string): BatchPart {
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
