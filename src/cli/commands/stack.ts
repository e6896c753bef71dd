import { VshiftError } from "../../errors.ts";
import { createStackExecutor } from "../../executor/stacks.ts";
import { type MeasureStackOptions, measureStack } from "../../experiment/stack/measure.ts";
import { stackPasses, stackPlan } from "../../experiment/stack/plan.ts";
import type { StackRecord } from "../../experiment/stack/record.ts";
import { measuredRemedy, REMEDIES_SCHEMA, type RemediesRecord, remediesOf } from "../../experiment/stack/remedies.ts";
import type { NamedStack, StackWords } from "../../report/figure/stack-figure.ts";
import { json, ndjson } from "../../report/json.ts";
import { adviceOf } from "../../report/stack-advice.ts";
import { remediesMarkdown, remediesTable, stackMarkdown, stackRows, stackTable } from "../../report/stack-table.ts";
import { describeStack, remedyInWords } from "../../report/stack-words.ts";
import type { StackScenario } from "../../scenario/stack/stack.ts";
import { deliver, type Rendering } from "../deliver.ts";
import { columnsOf, drawn } from "../draw.ts";
import { EXIT } from "../exit-codes.ts";
import { interruptionOf } from "../interruption.ts";
import { DRAWN_FORMATS, type DrawnFormat, type PictureFormat } from "../output.ts";
import { startStackProgress } from "../progress.ts";
import { sayObstacle, sayOn, sayWorkerLost } from "../say.ts";
import type { Flags } from "../scenario-input.ts";
import { stacksFrom } from "../stack-input.ts";
import type { OutputStream, Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";

/** `vshift stack`: many blocks deep, the shift at each norm; with --compare, its remedies. Returns the exit code. */
export async function stackCommand(flags: Flags, streams: Streams): Promise<number> {
  const grid = await stacksFrom({ ...flags, ...(flags.residual === true ? { connection: "residual" } : {}) });
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
    if (interruption !== undefined) say(`${interruption.message}; the result is what was measured until then`);
    const exitCode = interruption?.exitCode ?? EXIT.fine;
    if (remedies === undefined) return { render: renderStacks(records, streams), exitCode };
    const measured = records.flatMap((record, index) => {
      const remedy = remedies[index];
      return remedy === undefined ? [] : [measuredRemedy(remedy.kind, record)];
    });
    // A part of the remedies is no ground for advice.
    const advice = measured.length === remedies.length ? adviceOf(measured) : [];
    const record = { schema: REMEDIES_SCHEMA, remedies: measured, advice } as const;
    return { render: renderRemedies(record, streams), exitCode };
  });
}

/** One after the other; when interrupted, those that were measured. */
async function measureAll(
  stacks: readonly StackScenario[],
  { onProgress, signal, ...options }: MeasureStackOptions,
): Promise<readonly StackRecord[]> {
  const records: StackRecord[] = [];
  const work = stacks.map((stack) => {
    const plan = stackPlan(stack);
    return { batch: plan.batchWork, all: plan.batchWork * stackPasses(stack, plan) };
  });
  const total = work.reduce((sum, { all }) => sum + all, 0);
  let before = 0;
  for (const [index, stack] of stacks.entries()) {
    const { batch, all } = work[index] ?? { batch: 0, all: 0 };
    const report = ({ done }: { readonly done: number }) => onProgress?.({ done: before + done * batch, total });
    try {
      records.push(await measureStack(stack, { ...options, signal, onProgress: report }));
    } catch (error) {
      if (records.length === 0 || error !== signal?.reason) throw error;
    }
    if (signal?.aborted) break;
    before += all;
  }
  return records;
}

function renderStacks(records: readonly StackRecord[], { stdout }: Streams): Rendering<DrawnFormat> {
  return async (format, paint) => {
    switch (format) {
      case "table":
        return records.map((record) => stackTable(record, paint)).join("\n");
      case "json":
        return json(records.length === 1 ? records[0] : records);
      case "ndjson":
        return records.map(ndjson).join("");
      case "csv":
        return (await import("../../report/csv.ts")).csv(records.flatMap(stackRows));
      case "markdown":
        return records.map(stackMarkdown).join("\n");
      default: {
        const { namedStacks } = await import("../../report/figure/stack-figure.ts");
        return picture(namedStacks(records), { format, stdout });
      }
    }
  };
}

function renderRemedies(record: RemediesRecord, { stdout }: Streams): Rendering<DrawnFormat> {
  const { remedies } = record;
  return async (format, paint) => {
    switch (format) {
      case "table":
        return remediesTable(record, paint);
      case "json":
        return json(record);
      case "ndjson":
        return ndjson(record);
      case "csv": {
        const rows = remedies.flatMap((remedy) =>
          stackRows(remedy.record).map((row) => ({ remedy: remedy.kind, ...row })),
        );
        return (await import("../../report/csv.ts")).csv(rows);
      }
      case "markdown":
        return remediesMarkdown(record);
      default: {
        const named = remedies.map((remedy) => ({ label: remedyInWords(remedy), record: remedy.record }));
        const [first] = remedies;
        const subtitle = first === undefined ? "" : `Unchanged: ${describeStack(first.record.scenario)}.`;
        return picture(named, { format, stdout, words: { title: "Remedies side by side", subtitle } });
      }
    }
  };
}

interface PictureSetting {
  readonly format: PictureFormat;
  readonly stdout: OutputStream;
  readonly words?: StackWords;
}

async function picture(stacks: readonly NamedStack[], { format, stdout, words }: PictureSetting) {
  const { stackFigure } = await import("../../report/figure/stack-figure.ts");
  return drawn(stackFigure(stacks, words), format, { columns: columnsOf(stdout) });
}

function oneToCompare(count: number): VshiftError {
  return new VshiftError({
    code: "conflicting-fields",
    field: "--compare",
    problem: `sets the remedies of one stack side by side, and there are ${count}`,
    hint: "give each flag one value",
  });
}
