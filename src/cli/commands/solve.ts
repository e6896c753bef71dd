import { json, ndjson } from "../../report/json.ts";
import { solutionInWords, solutionRecord } from "../../report/solution.ts";
import { stepRow, stepsMarkdown, stepsTable } from "../../report/steps.ts";
import { solveShift } from "../../theory/solve/solve.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { FORMATS } from "../output.ts";
import { refuseFiles } from "../refuse-files.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import { questionOf, solvedScenario, unknownOf, wantedShift } from "../solve-question.ts";
import type { Streams } from "../streams.ts";

/** `vshift solve`: the value that leads to a wanted Δ, step by step, and back to Δ. */
export async function solveCommand(flags: Flags, streams: Streams): Promise<number> {
  const unknown = unknownOf(flags);
  const shift = wantedShift(flags);
  const { scenario: asked } = await scenarioFrom(flags);
  refuseFiles(asked, "vshift solve inverts a closed form");
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const solution = solveShift(unknown, questionOf(asked, shift));
    const record = solutionRecord({ shift, scenario: solvedScenario(asked, unknown, solution.value), solution });
    return {
      exitCode: EXIT.fine,
      render: async (format, paint) => {
        switch (format) {
          case "table":
            return `${stepsTable(record.steps, paint)}\n  ${paint.strong(solutionInWords(record))}\n`;
          case "json":
            return json(record);
          case "ndjson":
            return ndjson(record);
          case "csv":
            return (await import("../../report/csv.ts")).csv(record.steps.map(stepRow));
          case "markdown":
            return `${stepsMarkdown(record.steps)}\n${solutionInWords(record)}.\n`;
        }
      },
    };
  });
}
