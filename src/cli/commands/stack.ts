import { VshiftError } from "../../errors.ts";
import type { Records } from "../../experiment/measure.ts";
import { measuredRemedy, REMEDIES_SCHEMA, remediesOf } from "../../experiment/remedies.ts";
import { DRAWN_FORMATS, STACK_FORMATS } from "../../report/formats.ts";
import { adviceLine, adviceOf } from "../../report/stack-advice.ts";
import { remediesDocument, stacksDocument } from "../../report/stack-document.ts";
import { NO_ARRAYS } from "../../scenario/arrays.ts";
import { isStack } from "../../scenario/blocks.ts";
import { USUAL_DEPTH } from "../../scenario/define-stack.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { createAccount } from "../../sweep/account.ts";
import { planCells } from "../../sweep/plan.ts";
import { inGridOrder } from "../../sweep/run.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { afterCells, interruptionOf } from "../interruption.ts";
import { printNetworkOf } from "../print-network.ts";
import { runCells } from "../run-cells.ts";
import { runOne } from "../run-one.ts";
import { sayOn } from "../say.ts";
import { type Flags, stacksFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";
import { noParquet } from "./sweep.ts";

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
    return compare(only, { flags, streams, say });
  }
  if (only !== undefined && stacks.length === 1) {
    if (flags.printNetwork === true) return printNetworkOf(only, flags, streams);
    const run = { scenario: only, arrays: NO_ARRAYS, flags, streams, formats: STACK_FORMATS };
    return runOne({ ...run, outcomeOf: (records) => ({ document: stacksDocument(records), exitCode: EXIT.fine }) });
  }
  if (flags.printNetwork === true) throw oneStack("--print-network", "prints", stacks.length);
  if (flags.shard !== undefined) throw oneStack("--shard", "measures a part of", stacks.length);
  return deliver({ flags, streams, formats: STACK_FORMATS }, async () => {
    const { records, exitCode } = await measured(stacks, { flags, streams, say });
    return { document: stacksDocument(records.flatMap((one) => one ?? [])), exitCode };
  });
}

interface Setting {
  readonly flags: Flags;
  readonly streams: Streams;
  readonly say: (words: string) => void;
}

async function compare(stack: Scenario, setting: Setting): Promise<number> {
  const { flags, streams } = setting;
  const remedies = isStack(stack) ? remediesOf(stack) : [];
  if (flags.format === "parquet") throw noParquet("remedies are more than records");
  return deliver({ flags, streams, formats: DRAWN_FORMATS }, async () => {
    const { records, exitCode } = await measured(
      remedies.map((remedy) => remedy.stack),
      setting,
    );
    const done = remedies.flatMap(({ kind }, index) => {
      const ofRemedy = records[index];
      return ofRemedy === undefined ? [] : [measuredRemedy(kind, ofRemedy)];
    });
    // Advice needs all of the remedies.
    const advice = done.length === remedies.length ? adviceOf(done).map(adviceLine) : [];
    return { document: remediesDocument({ schema: REMEDIES_SCHEMA, remedies: done, advice }), exitCode };
  });
}

/** Several stacks side by side, as a sweep measures them; when interrupted, those that were measured. */
async function measured(stacks: readonly Scenario[], { flags, streams, say }: Setting) {
  const cells = planCells(stacks);
  const account = createAccount({ cells, errorRate: 1, most: 0 });
  const grid = { axes: [], given: [], size: stacks.length, cell: (index: number) => stackAt(stacks, index) };
  const run = { grid, cells, streams, account, say, threads: threadsFrom(flags), isQuiet: flags.quiet === true };
  const records: (Records | undefined)[] = [];
  for await (const outcome of inGridOrder(runCells({ ...run, arrays: new Map() }), cells)) {
    if ("error" in outcome) throw new VshiftError(outcome.error);
    records[outcome.index] = outcome.records;
  }
  const interruption = account.progress().cells < cells.length ? interruptionOf(streams.interrupt) : undefined;
  if (interruption !== undefined) say(`${interruption.message} ${afterCells(account.progress().cells, cells.length)}`);
  return { records, exitCode: interruption?.exitCode ?? EXIT.fine };
}

function stackAt(stacks: readonly Scenario[], index: number): Scenario {
  const stack = stacks[index];
  if (stack === undefined) throw new RangeError(`there is no stack ${index}`);
  return stack;
}

function oneStack(flag: string, what: string, count: number): VshiftError {
  return new VshiftError({
    code: "conflicting-fields",
    field: flag,
    problem: `${what} one stack, and the flags give ${count}`,
    hint: flag === "--shard" ? "give each flag one value, or use vshift sweep --shard" : "give each flag one value",
  });
}
