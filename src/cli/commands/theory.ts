import { derive } from "../../experiment/derive.ts";
import { FORMATS } from "../../report/formats.ts";
import { shiftInWords } from "../../report/shift-words.ts";
import { stepRow, stepsTable } from "../../report/steps.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift theory`: the closed form of a scenario, step by step. */
export async function theoryCommand(flags: Flags, streams: Streams): Promise<number> {
  const { scenario, arrays } = await scenarioFrom(flags);
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const derived = derive(scenario, arrays);
    return {
      exitCode: EXIT.fine,
      document: {
        conclusion: shiftInWords(derived.theory.shift),
        blocks: [stepsTable(derived.steps)],
        data: { kind: "values", json: derived, rows: () => derived.steps.map(stepRow) },
      },
    };
  });
}
