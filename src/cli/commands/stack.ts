import { VshiftError } from "../../errors.ts";
import { STACK_FORMATS } from "../../report/formats.ts";
import { stacksDocument } from "../../report/stack-document.ts";
import { NO_ARRAYS } from "../../scenario/arrays.ts";
import { USUAL_DEPTH } from "../../scenario/define-stack.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { printNetworkOf } from "../print-network.ts";
import { runOne } from "../run-one.ts";
import { sayOn } from "../say.ts";
import { type Flags, stacksFrom } from "../scenario-input.ts";
import { compareRemedies, measuredSideBySide } from "../side-by-side.ts";
import type { Streams } from "../streams.ts";

/** `vshift stack`: many blocks deep, the shift at each norm; with --compare, its remedies. Returns the exit code. */
export async function stackCommand(flags: Flags, streams: Streams): Promise<number> {
  const say = sayOn(streams, flags);
  const grid = await stacksFrom(flags, { depth: USUAL_DEPTH }, () =>
    say("--activation of vshift stack is now --nonlinearity; elsewhere it is the distribution of the input"),
  );
  const stacks = Array.from({ length: grid.size }, (_, index) => grid.cell(index));
  const [only] = stacks;
  if (flags.compare === true) {
    if (only === undefined || stacks.length > 1) throw oneStack("--compare", "compares the remedies of", stacks.length);
    return compareRemedies(only, { arrays: NO_ARRAYS, flags, streams, say });
  }
  if (only !== undefined && stacks.length === 1) {
    if (flags.printNetwork === true) return printNetworkOf(only, flags, streams);
    const run = { scenario: only, arrays: NO_ARRAYS, flags, streams, formats: STACK_FORMATS };
    return runOne({ ...run, outcomeOf: (records) => ({ document: stacksDocument(records), exitCode: EXIT.fine }) });
  }
  if (flags.printNetwork === true) throw oneStack("--print-network", "prints", stacks.length);
  if (flags.shard !== undefined) throw oneStack("--shard", "measures a part of", stacks.length);
  return deliver({ flags, streams, formats: STACK_FORMATS }, async () => {
    const { records, exitCode } = await measuredSideBySide(stacks, { arrays: NO_ARRAYS, flags, streams, say });
    return { document: stacksDocument(records.flatMap((one) => one ?? [])), exitCode };
  });
}

function oneStack(flag: string, what: string, count: number): VshiftError {
  return new VshiftError({
    code: "conflicting-fields",
    field: flag,
    problem: `${what} one stack, and the flags give ${count}`,
    hint: flag === "--shard" ? "give each flag one value, or use vshift sweep --shard" : "give each flag one value",
  });
}
