import { createInlineExecutor } from "../../executor/inline.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import { measure } from "../../experiment/simulate.ts";
import { createKernel } from "../../kernel/fastest.ts";
import { json, ndjson } from "../../report/json.ts";
import { recordsMarkdown } from "../../report/markdown.ts";
import { summary } from "../../report/summary.ts";
import { deliver, type Rendering } from "../deliver.ts";
import { EXIT, EXIT_OF_VERDICT } from "../exit-codes.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift simulate`: one scenario, measured against the closed form. Returns the exit code. */
export function simulateCommand(flags: Flags, streams: Streams): Promise<number> {
  const scenario = scenarioFrom(flags);
  const { interrupt, stderr } = streams;
  return deliver({ flags, streams }, async () => {
    const record = await measure(scenario, createInlineExecutor(createKernel), interrupt);
    if (interrupt.aborted && flags.quiet !== true) {
      stderr.write(`vshift: interrupted; this is what ${record.measured.samples} samples tell\n`);
    }
    const exitCode = interrupt.aborted ? EXIT.interrupted : EXIT_OF_VERDICT[record.agreement.verdict];
    return { render: rendering(record), exitCode };
  });
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
