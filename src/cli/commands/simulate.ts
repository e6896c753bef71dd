import { VshiftError } from "../../errors.ts";
import { createExecutor } from "../../executor/executor.ts";
import { type BatchPart, partOf } from "../../experiment/plan.ts";
import { measure } from "../../experiment/simulate.ts";
import { RECORDS_FORMATS } from "../../report/formats.ts";
import { counted, grouped } from "../../report/numbers.ts";
import { simulationDocument } from "../../report/simulation.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { type Shard, shardOf } from "../../sweep/shard.ts";
import { boundMemory } from "../bound-memory.ts";
import { deliver } from "../deliver.ts";
import { EXIT_OF_VERDICT } from "../exit-codes.ts";
import { interruptionOf } from "../interruption.ts";
import { startProgress } from "../progress.ts";
import { sayObstacle, sayOn, sayWorkerLost } from "../say.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";

/** `vshift simulate`: one scenario, measured against the closed form. Returns the exit code. */
export async function simulateCommand(flags: Flags, streams: Streams): Promise<number> {
  const { scenario, arrays } = await scenarioFrom(flags);
  const part = flags.shard === undefined ? undefined : checkedPart(scenario, shardOf(flags.shard as string));
  const { interrupt, stderr } = streams;
  const say = sayOn(streams, flags);
  sayObstacle(say);
  const executor = createExecutor({
    threads: threadsFrom(flags),
    onWorkerLost: (lost) => sayWorkerLost(say, lost),
  });
  boundMemory();
  return deliver({ flags, streams, formats: RECORDS_FORMATS }, async () => {
    const progress = startProgress(scenario, { stderr, isQuiet: flags.quiet === true });
    const options = { executor, arrays, part, signal: interrupt, onProgress: progress.report };
    const record = await measure(scenario, options).finally(() => {
      progress.end();
      executor.close();
    });
    const interruption = interruptionOf(interrupt);
    if (interruption !== undefined) {
      say(`${interruption.message} after ${grouped(record.measured.samples)} samples; the result covers these`);
    }
    return {
      document: simulationDocument(record),
      exitCode: interruption?.exitCode ?? EXIT_OF_VERDICT[record.agreement.verdict],
    };
  });
}

/** The mini-batches of a shard; without a number of samples there is no telling where they end. */
function checkedPart(scenario: Scenario, shard: Shard): BatchPart {
  const { samples, batchSize } = scenario;
  const part = samples === null ? undefined : partOf(scenario, shard);
  if (part !== undefined && part.to - part.from >= 2) return part;
  throw new VshiftError({
    code: samples === null ? "conflicting-fields" : "invalid-value",
    field: "--shard",
    problem:
      samples === null
        ? "needs a fixed number of samples"
        : `${shard.index}/${shard.count} of ${samples} samples is ${batchesOf(part)} of ${batchSize}; at least 2 are needed`,
    hint: samples === null ? "add `samples`" : "use fewer shards or more `samples`",
  });
}

function batchesOf(part: BatchPart | undefined): string {
  return counted(part === undefined ? 0 : part.to - part.from, "mini-batch", "mini-batches");
}
