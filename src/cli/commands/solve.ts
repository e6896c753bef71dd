import { VshiftError } from "../../errors.ts";
import { requireUnknown, solved } from "../../experiment/solving.ts";
import { FORMATS } from "../../report/formats.ts";
import { solutionDocument, solutionRecord } from "../../report/solution.ts";
import { refuseFiles } from "../../scenario/refuse-files.ts";
import { requireShift, UNKNOWNS, type Unknown } from "../../theory/solve/question.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { numberFrom } from "../number-flag.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift solve`: the value that reaches a target Δ, step by step, and back to Δ. */
export async function solveCommand(flags: Flags, streams: Streams): Promise<number> {
  const unknown = unknownOf(flags);
  const shift = wantedShift(flags);
  const { scenario: asked } = await scenarioFrom(flags);
  refuseFiles(asked, "vshift solve inverts a closed form");
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const record = solutionRecord(solved(asked, { unknown, shift }));
    return { exitCode: EXIT.fine, document: solutionDocument(record) };
  });
}

/** What --solve-for names; a `VshiftError` if that is missing, or a flag gives what is to be found. */
function unknownOf(flags: Flags): Unknown {
  const { solveFor } = flags;
  if (typeof solveFor !== "string") {
    throw new VshiftError({
      code: "invalid-value",
      field: "solveFor",
      problem: "is missing",
      hint: `choose what to solve for, one of ${UNKNOWNS.join(", ")}`,
    });
  }
  requireUnknown(solveFor as Unknown, flags);
  return solveFor as Unknown;
}

/** The Δ that --shift asks for. */
function wantedShift({ shift }: Flags): number {
  if (typeof shift !== "string") {
    throw new VshiftError({
      code: "invalid-value",
      field: "shift",
      problem: "is missing",
      hint: "give the Δ to reach, such as 0.9",
    });
  }
  const value = numberFrom(shift, {
    field: "shift",
    rule: "a number above 0 and up to 1",
    hint: "give one value, such as 0.9",
  });
  requireShift(value);
  return value;
}
