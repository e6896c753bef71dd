import { VshiftError } from "../../errors.ts";
import { createStackExecutor } from "../../executor/stacks.ts";
import { type MeasureStackOptions, measureStack } from "../../experiment/stack/measure.ts";
import { stackPasses, stackPlan } from "../../experiment/stack/plan.ts";
import type { StackRecord } from "../../experiment/stack/record.ts";
import { measuredRemedy, REMEDIES_SCHEMA, remediesOf } from "../../experiment/stack/remedies.ts";
import { DRAWN_FORMATS } from "../../report/formats.ts";
import { adviceLine, adviceOf } from "../../report/stack-advice.ts";
import { remediesDocument, stacksDocument } from "../../report/stack-document.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { interruptionOf } from "../interruption.ts";
import { type StackProgress, startStackProgress } from "../progress.ts";
import { sayObstacle, sayOn, sayWorkerLost } from "../say.ts";
import type { Flags } from "../scenario-input.ts";
import { stacksFrom } from "../stack-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";

/** `vshift stack`: many blocks deep, the shift at each norm; with --compare, its remedies. Returns the exit code. */
export async function stackCommand(flags: Flags, streams: Streams): Promise<number> {
  const grid = await stacksFrom(flags);
  const stacks = Array.from({ length: grid.size }, (_, index) => grid.cell(index));
  const [only] = stacks;
  if (flags.compare === true && (only === undefined || stacks.length > 1)) throw oneToCompare(stacks.length);
  const remedies = flags.compare === true && only !== undefined ? remediesOf(only) : undefined;
  const { interrupt, stderr } = streams;
  const say = sayOn(streams, flags);
  sayObstacle(say);
  const executor = createStackExecutor({
    threads: threadsFrom(flags),
    onWorkerLost: (lost) => sayWorkerLost(say, lost),
  });
  return deliver({ flags, streams, formats: DRAWN_FORMATS }, async () => {
    const wanted = remedies?.map(({ stack }) => stack) ?? stacks;
    const progress = startStackProgress({ stderr, isQuiet: flags.quiet === true });
    const options = { executor, signal: interrupt, onProgress: progress.report };
    const records = await measureAll(wanted, options).finally(() => {
      progress.end();
      executor.close();
    });
    const interruption = interruptionOf(interrupt);
    if (interruption !== undefined) say(`${interruption.message}; the result covers what was measured so far`);
    const exitCode = interruption?.exitCode ?? EXIT.fine;
    if (remedies === undefined) return { document: stacksDocument(records), exitCode };
    const measured = records.flatMap((record, index) => {
      const remedy = remedies[index];
      return remedy === undefined ? [] : [measuredRemedy(remedy.kind, record)];
    });
    // Advice needs all of the remedies.
    const advice = measured.length === remedies.length ? adviceOf(measured).map(adviceLine) : [];
    const record = { schema: REMEDIES_SCHEMA, remedies: measured, advice } as const;
    return { document: remediesDocument(record), exitCode };
  });
}

/** One after the other; when interrupted, those that were measured. */
async function measureAll(
  stacks: readonly StackScenario[],
  {
    onProgress,
    signal,
    ...options
  }: Omit<MeasureStackOptions, "onProgress"> & { readonly onProgress: (progress: StackProgress) => void },
): Promise<readonly StackRecord[]> {
  const records: StackRecord[] = [];
  const work = stacks.map((stack) => {
    const plan = stackPlan(stack);
    return { batch: plan.batchWork, passes: stackPasses(stack, plan) };
  });
  const total = work.reduce((sum, { batch, passes }) => sum + batch * passes, 0);
  let before = 0;
  let passesBefore = 0;
  for (const [index, stack] of stacks.entries()) {
    const { batch, passes } = work[index] ?? { batch: 0, passes: 0 };
    const report = ({ done }: { readonly done: number }) =>
      onProgress({ done: before + done * batch, total, passes: passesBefore + done });
    try {
      records.push(await measureStack(stack, { ...options, signal, onProgress: report }));
    } catch (error) {
      if (records.length === 0 || error !== signal?.reason) throw error;
    }
    if (signal?.aborted) break;
    before += batch * passes;
    passesBefore += passes;
  }
  return records;
}

function oneToCompare(count: number): VshiftError {
  return new VshiftError({
    code: "conflicting-fields",
    field: "--compare",
    problem: `compares the remedies of one stack, and the flags give ${count}`,
    hint: "give each flag one value",
  });
}
