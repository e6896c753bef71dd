import { FORMATS } from "../../report/formats.ts";
import { solutionDocument, solutionRecord } from "../../report/solution.ts";
import { solveShift } from "../../theory/solve/solve.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { refuseFiles } from "../refuse-files.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import { questionOf, solvedScenario, unknownOf, wantedShift } from "../solve-question.ts";
import type { Streams } from "../streams.ts";

/** `vshift solve`: the value that reaches a target Δ, step by step, and back to Δ. */
export async function solveCommand(flags: Flags, streams: Streams): Promise<number> {
  const unknown = unknownOf(flags);
  const shift = wantedShift(flags);
  const { scenario: asked } = await scenarioFrom(flags);
  refuseFiles(asked, "vshift solve inverts a closed form");
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const solution = solveShift(unknown, questionOf(asked, shift));
    const record = solutionRecord({ shift, scenario: solvedScenario(asked, unknown, solution.value), solution });
    return { exitCode: EXIT.fine, document: solutionDocument(record) };
  });
}
