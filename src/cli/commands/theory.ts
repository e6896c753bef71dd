import { derive } from "../../experiment/derive.ts";
import { json, ndjson } from "../../report/json.ts";
import { stepRow, stepsMarkdown, stepsTable } from "../../report/steps.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { FORMATS } from "../output.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift theory`: the closed form of a scenario, step by step. */
export async function theoryCommand(flags: Flags, streams: Streams): Promise<number> {
  const { scenario, arrays } = await scenarioFrom(flags);
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const derived = derive(scenario, arrays);
    return {
      exitCode: EXIT.fine,
      render: async (format, paint) => {
        switch (format) {
          case "table":
            return stepsTable(derived.steps, paint);
          case "json":
            return json(derived);
          case "ndjson":
            return ndjson(derived);
          case "csv":
            return (await import("../../report/csv.ts")).csv(derived.steps.map(stepRow));
          case "markdown":
            return stepsMarkdown(derived.steps);
        }
      },
    };
  });
}
