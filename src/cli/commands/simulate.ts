import { VshiftError } from "../../errors.ts";
import type { Records } from "../../experiment/measure.ts";
import { RECORDS_FORMATS, STACK_FORMATS } from "../../report/formats.ts";
import { simulationDocument } from "../../report/simulation.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { isWhole } from "../../scenario/test-time.ts";
import type { Outcome } from "../deliver.ts";
import { EXIT, EXIT_OF_VERDICT } from "../exit-codes.ts";
import { runOne } from "../run-one.ts";
import { sayOn } from "../say.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift simulate`: one scenario, measured against the closed form. Returns the exit code. */
export async function simulateCommand(flags: Flags, streams: Streams): Promise<number> {
  const { scenario, arrays } = await scenarioFrom(flags);
  if (flags.printNetwork === true) {
    const { printNetworkOf } = await import("../print-network.ts");
    return printNetworkOf(scenario, flags, streams);
  }
  if (flags.compare === true) {
    requireWhole(scenario);
    const { compareRemedies } = await import("../side-by-side.ts");
    return compareRemedies(scenario, { arrays, flags, streams, say: sayOn(streams, flags) });
  }
  const run = { scenario, arrays, flags, streams };
  if (!isWhole(scenario)) return runOne({ ...run, formats: RECORDS_FORMATS, outcomeOf: outcomeOfOne });
  const { stacksDocument } = await import("../../report/stack-document.ts");
  const outcomeOf = (records: Records) => ({ document: stacksDocument(records), exitCode: exitCodeOf(records) });
  return runOne({ ...run, formats: STACK_FORMATS, outcomeOf });
}

function requireWhole(scenario: Scenario): void {
  if (isWhole(scenario)) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "--compare",
    problem: "compares the remedies of a deep network, and this is one layer of noise",
    hint: "use vshift stack --compare, or describe the network with `network`",
  });
}

function outcomeOfOne(records: Records): Outcome {
  return { document: simulationDocument(records[0]), exitCode: exitCodeOf(records) };
}

/** That of the worst verdict. Without a closed form there is nothing to disagree with. */
function exitCodeOf(records: Records): number {
  const judged = records.filter(({ theory }) => theory !== null);
  const verdicts = new Set(judged.map(({ agreement }) => agreement.verdict));
  if (verdicts.has("disagrees")) return EXIT_OF_VERDICT.disagrees;
  return verdicts.has("inconclusive") ? EXIT_OF_VERDICT.inconclusive : EXIT.fine;
}
