import { VshiftError } from "../../errors.ts";
import { createExecutor } from "../../executor/executor.ts";
import { type BatchPart, partOf } from "../../experiment/plan.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { measure } from "../../experiment/simulate.ts";
import { encoderOf } from "../../report/encode.ts";
import { json } from "../../report/json.ts";
import { grouped } from "../../report/numbers.ts";
import { summary } from "../../report/summary.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { type Shard, shardOf } from "../../sweep/shard.ts";
import { boundMemory } from "../bound-memory.ts";
import { deliver, type Rendering } from "../deliver.ts";
import { EXIT_OF_VERDICT } from "../exit-codes.ts";
import { interruptionOf } from "../interruption.ts";
import { RECORDS_FORMATS, type RecordsFormat } from "../output.ts";
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
      render: rendering(record),
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
        : `${shard.index}/${shard.count} of ${samples} samples is ${counted(part)} of ${batchSize}; at least 2 are needed`,
    hint: samples === null ? "add `samples`" : "use fewer shards or more `samples`",
  });
}

function rendering(record: ShiftRecord): Rendering<RecordsFormat> {
  return async (format, paint) => {
    switch (format) {
      case "table":
        return summary(record, paint);
      case "json":
        return json(record);
      default:
        return (await encoderOf(format))([record]);
    }
  };
}

function counted(part: BatchPart | undefined): string {
  const batches = part === undefined ? 0 : part.to - part.from;
  return batches === 1 ? "1 mini-batch" : `${batches} mini-batches`;
}
