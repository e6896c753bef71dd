import { weightsOf } from "../../experiment/block.ts";
import { expectationOf, stepsOf } from "../../experiment/expectation.ts";
import { realisedScenario } from "../../experiment/record.ts";
import { referenceKernel } from "../../kernel/reference.ts";
import { json, ndjson } from "../../report/json.ts";
import { stepRow, stepsMarkdown, stepsTable } from "../../report/steps.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift theory`: the closed form of a scenario with its steps; only the weights of a linear layer are drawn. */
export function theoryCommand(flags: Flags, streams: Streams): Promise<number> {
  const scenario = scenarioFrom(flags);
  return deliver({ flags, streams }, async () => {
    const expectation = expectationOf(scenario, weightsOf(referenceKernel, scenario));
    const { trainVariance, testVariance, shift } = expectation;
    const steps = stepsOf(expectation);
    const result = {
      schema: "vshift.theory/1",
      scenario: realisedScenario(scenario, expectation),
      theory: { trainVariance, testVariance, shift },
      steps,
    };
    return {
      exitCode: EXIT.fine,
      render: async (format, paint) => {
        switch (format) {
          case "table":
            return stepsTable(steps, paint);
          case "json":
            return json(result);
          case "ndjson":
            return ndjson([result]);
          case "csv":
            return (await import("../../report/csv.ts")).csv(steps.map(stepRow));
          case "markdown":
            return stepsMarkdown(steps);
        }
      },
    };
  });
}
