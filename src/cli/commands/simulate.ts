import { availableParallelism } from "node:os";
import { createExecutor } from "../../executor/executor.ts";
import { checkedThreads } from "../../executor/thread-count.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { measure } from "../../experiment/simulate.ts";
import { json, ndjson } from "../../report/json.ts";
import { recordsMarkdown } from "../../report/markdown.ts";
import { summary } from "../../report/summary.ts";
import { deliver, type Rendering } from "../deliver.ts";
import { EXIT, EXIT_OF_VERDICT } from "../exit-codes.ts";
import { startProgress } from "../progress.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift simulate`: one scenario, measured against the closed form. Returns the exit code. */
export function simulateCommand(flags: Flags, streams: Streams): Promise<number> {
  const scenario = scenarioFrom(flags);
  const { interrupt, stderr } = streams;
  const say = (words: string) => void (flags.quiet === true || stderr.write(`vshift: ${words}\n`));
  const executor = createExecutor({
    threads: threadsFrom(flags),
    onWorkerLost: ({ message }) => say(`${message}; its blocks are run again`),
  });
  return deliver({ flags, streams }, async () => {
    const progress = startProgress({ scenario, stderr, isQuiet: flags.quiet === true });
    const record = await measure(scenario, { executor, signal: interrupt, onProgress: progress.report }).finally(() => {
      progress.end();
      executor.close();
    });
    if (interrupt.aborted) say(`interrupted; this is what ${record.measured.samples} samples tell`);
    const exitCode = interrupt.aborted ? EXIT.interrupted : EXIT_OF_VERDICT[record.agreement.verdict];
    return { render: rendering(record), exitCode };
  });
}

/** As many threads as the flag says, else as the machine runs at a time. */
function threadsFrom({ threads }: Flags): number {
  return threads === undefined ? availableParallelism() : checkedThreads(threads as string, "--threads");
}

function rendering(record: ShiftRecord): Rendering {
  return async (format, paint) => {
    switch (format) {
      case "table":
        return summary(record, paint);
      case "json":
        return json(record);
      case "ndjson":
        return ndjson([record]);
      case "csv":
        return (await import("../../report/csv.ts")).csv([record]);
      case "markdown":
        return recordsMarkdown([record]);
    }
  };
}
