import { derive } from "../../experiment/derive.ts";
import { FORMATS } from "../../report/formats.ts";
import { positionRow, positionsTable } from "../../report/positions.ts";
import { shiftInWords } from "../../report/shift-words.ts";
import { stepRow, stepsTable } from "../../report/steps.ts";
import { GRID_TABLE } from "../../scenario/fields.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { type Flags, requireOneValueEach, saidOfVariables, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift theory`: the closed form of a scenario, step by step, or of a network that is written down, position by position. */
export async function theoryCommand(flags: Flags, streams: Streams): Promise<number> {
  if (typeof flags.network === "string") return theoryOfNetwork(flags.network, flags, streams);
  const { scenario, arrays } = await scenarioFrom(flags, GRID_TABLE);
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const derived = derive(scenario, arrays);
    const { theory, positions } = derived;
    return {
      exitCode: EXIT.fine,
      document: {
        ...(theory === null
          ? { conclusion: `No closed form: ${derived.theoryReason}.` }
          : { conclusion: shiftInWords(theory.shift, positions.length === 0 ? undefined : "the network's output") }),
        blocks: positions.length === 0 ? [stepsTable(derived.steps)] : [positionsTable(positions)],
        data: {
          kind: "values",
          json: derived,
          rows: () => (positions.length === 0 ? derived.steps.map(stepRow) : positions.map(positionRow)),
        },
      },
    };
  });
}

async function theoryOfNetwork(text: string, flags: Flags, streams: Streams): Promise<number> {
  const [{ networkTheoryDocument }, { networkTheory }] = await Promise.all([
    import("../../report/network-document.ts"),
    import("../../library/network-theory.ts"),
  ]);
  const said = saidOfVariables(flags);
  if (said !== undefined) requireOneValueEach(said);
  return deliver({ flags, streams, formats: FORMATS }, async () => ({
    exitCode: EXIT.fine,
    document: networkTheoryDocument(networkTheory(text, said === undefined ? {} : { variables: said })),
  }));
}
