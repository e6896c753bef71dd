import { VshiftError } from "../../errors.ts";
import { createRecordReader } from "../../experiment/read-record.ts";
import { POSITION } from "../../experiment/repeats.ts";
import type { Server } from "../../queue/server.ts";
import type { Document } from "../../report/document.ts";
import { encoderOf, FORMATS, RECORDS_FORMATS, type RecordEncoder, type RecordsFormat } from "../../report/formats.ts";
import type { Origin } from "../../report/html/page.ts";
import { PLAIN } from "../../report/phrase.ts";
import { MOST_ROWS, sweepDocument, sweepLine } from "../../report/sweep-document.ts";
import { type Screen, terminalText, USUAL_WIDTH } from "../../report/terminal.ts";
import { variablesOfAxis } from "../../report/variables.ts";
import type { Arrays } from "../../scenario/arrays.ts";
import type { Grid } from "../../scenario/grid.ts";
import { type Account, createAccount, type SweepSummary } from "../../sweep/account.ts";
import { type PlannedCell, planSweep } from "../../sweep/plan.ts";
import { cellsOfShard, shardOf } from "../../sweep/shard.ts";
import { deliver } from "../deliver.ts";
import { engineFrom } from "../engine.ts";
import { errorLine } from "../error-line.ts";
import { EXIT, EXIT_OF_VERDICT } from "../exit-codes.ts";
import { afterCells, type Interruption, interruptionOf } from "../interruption.ts";
import { chooseFormat, isStandard } from "../output.ts";
import { runCells } from "../run-cells.ts";
import { sayOn } from "../say.ts";
import { type Flags, gridFrom } from "../scenario-input.ts";
import { screenOf } from "../screen.ts";
import type { Streams } from "../streams.ts";
import { NOWHERE, type SweepDestination, toJournal, toStdout, viaJournal } from "../sweep-destination.ts";
import { threadsFrom } from "../threads.ts";
import type { Spellings } from "../typed-flags.ts";
import { boundHeap, freezeYoungGeneration } from "../young-generation.ts";
import { dryRun } from "./dry-run.ts";

/** Cells whose plan takes more memory than all the rest. */
const LARGE_GRID = 20_000;

/** `vshift sweep`: a grid of scenarios, measured against the closed form. Returns the exit code. */
export async function sweepCommand(flags: Flags, streams: Streams): Promise<number> {
  freezeYoungGeneration();
  const { grid, arrays } = await gridFrom(flags);
  if (grid.size > LARGE_GRID) boundHeap();
  const plan = planSweep(grid);
  const shard = flags.shard as string | undefined;
  const cells = shard === undefined ? plan.cells : cellsOfShard(plan.cells, shardOf(shard, streams.env));
  const say = sayOn(streams, flags);
  if (plan.repeated > 0) say(`${plan.repeated} of ${grid.size} scenarios occur more than once, and are measured once`);
  const threads = threadsFrom(flags);
  if (flags.dryRun === true) {
    if (flags.format === "parquet") throw noParquet("a dry run measures none");
    // The file of the sweep itself is not for its plan.
    const { output: _, ...toStdout } = flags;
    return deliver({ flags: toStdout, streams, formats: FORMATS }, async () => dryRun({ grid, cells, threads }));
  }
  const server = await engineFrom(flags);
  if (server !== undefined) {
    const { withoutMeasuring } = await import("./queue.ts");
    const asked = withoutMeasuring({ flags, streams, server, queued: { grid, plan: cells, arrays } });
    if (asked !== undefined) return asked;
  }
  return measureSweep({ flags, streams, grid, arrays, cells, server, threads, say });
}

export function noParquet(why: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field: "--format",
    problem: `parquet is for records, and ${why}`,
    hint: "use table, json, ndjson, csv, markdown or html",
  });
}

interface Sweep {
  readonly flags: Flags;
  readonly streams: Streams;
  readonly grid: Grid;
  readonly arrays: Arrays;
  readonly cells: readonly PlannedCell[];
  /** Of the queue whose workers measure, if it is not this process. */
  readonly server: Server | undefined;
  readonly threads: number;
  readonly say: (words: string) => void;
}

async function measureSweep(setting: Sweep): Promise<number> {
  const { flags, streams, grid, arrays, cells, server, threads, say } = setting;
  const fields = fieldsOf(setting);
  const kinds = fields.includes("seed") ? fields.filter((field) => field !== "seed") : undefined;
  const account = createAccount({ cells, errorRate: errorRateOf(grid, cells), most: MOST_ROWS, kinds });
  const destination = await destinationOf(setting, account);
  const left = cells.filter(({ index }) => !account.isDone(index));
  if (left.length < cells.length)
    say(
      `${cells.length - left.length} of ${cells.length} scenarios are already in ${destination.journal}, and are skipped`,
    );
  const isQuiet = flags.quiet === true;
  try {
    const queue = server && { server, plan: cells };
    await destination.consume(runCells({ grid, arrays, cells: left, queue, threads, streams, isQuiet, account, say }));
    if (cutShort(setting, account) === undefined) await destination.complete();
    else destination.keep();
  } catch (error) {
    destination.abandon();
    throw error;
  }
  return report(setting, account, destination);
}

/** The interruption that left cells without a measurement, if one did. */
function cutShort({ streams, cells }: Sweep, account: Account): Interruption | undefined {
  return account.progress().cells < cells.length ? interruptionOf(streams.interrupt) : undefined;
}

/** Says what came of it: the table, or one line; and the cells that could not be measured. */
async function report(setting: Sweep, account: Account, { journal }: SweepDestination): Promise<number> {
  const { flags, streams, cells, say } = setting;
  const { stdout, stderr, env } = streams;
  const done = account.progress().cells;
  const interruption = cutShort(setting, account);
  if (interruption !== undefined) {
    const kept =
      journal === undefined || done === 0
        ? ""
        : `; ${journal} has the records so far, and the same command resumes from there`;
    say(`${interruption.message} ${afterCells(done, cells.length)}${kept}`);
    if (done === 0) return interruption.exitCode;
  }
  const isTerminal = stdout.isTTY === true;
  const isTable = isStandard(flags.output as string | undefined)
    ? formatOf(setting) === "table"
    : isTerminal && flags.quiet !== true;
  const summary = account.summary();
  if (isTable) stdout.write(await tableOf(setting, summary, await screenOf(stdout, env)));
  else if (interruption === undefined) say(sweepLine(summary));
  const failures = account.failures();
  for (const { cell, error } of failures.slice(0, MOST_ROWS)) {
    stderr.write(errorLine(error, { place: `scenario ${cell + 1}`, spellings: flags.spellings as Spellings }));
  }
  if (failures.length > MOST_ROWS) stderr.write(`vshift: ${failures.length - MOST_ROWS} more scenarios failed\n`);
  if (interruption !== undefined) return interruption.exitCode;
  return failures.length > 0 ? EXIT.usage : EXIT_OF_VERDICT[summary.family.whole];
}

async function destinationOf(setting: Sweep, account: Account): Promise<SweepDestination> {
  const { flags, streams, cells } = setting;
  const format = formatOf(setting);
  if (isStandard(flags.output as string | undefined)) {
    if (format === "table") return NOWHERE;
    return toStdout(await encoderFor(format, setting, account), { stdout: streams.stdout, cells });
  }
  const options = {
    path: flags.output as string,
    cells: new Map(cells.flatMap(({ ids, index }) => ids.map((id) => [id, index] as const))),
    read: await createRecordReader(),
    onRecord: account.add,
    resumes: flags.resume !== false,
  };
  if (format === "ndjson") return toJournal(options);
  return viaJournal(await encoderFor(format, setting, account), options);
}

/** What makes a file of the records; those that say what they come to ask the account. */
async function encoderFor(format: RecordsFormat, setting: Sweep, account: Account): Promise<RecordEncoder> {
  switch (format) {
    case "table":
      return async function* () {
        yield tableOf(setting, account.summary(), { width: USUAL_WIDTH, paint: PLAIN });
      };
    case "html": {
      const { pageOfRecords } = await import("../../report/html/records.ts");
      const origin = setting.flags.origin as () => Promise<Origin>;
      return (records) =>
        pageOfRecords(records, {
          ...{ origin, notes: () => missingFrom(setting, account) },
          summary: () => documentOf(setting, account.summary()),
        });
    }
    default:
      return encoderOf(format);
  }
}

/** The scenarios that a page of the others lacks: those that could not be measured, and those after an interruption. */
function missingFrom(setting: Sweep, account: Account): readonly string[] {
  const { cells, flags } = setting;
  const interruption = cutShort(setting, account);
  const failures = account.failures().map(({ cell, error }) => {
    const line = errorLine(error, { place: `scenario ${cell + 1}`, spellings: flags.spellings as Spellings });
    return line.replace(/^vshift: /, "").trimEnd();
  });
  const done = account.progress().cells;
  return [
    ...(interruption === undefined ? [] : [`${interruption.message} ${afterCells(done, cells.length)}`]),
    ...failures,
  ];
}

function tableOf(setting: Sweep, summary: SweepSummary, screen: Screen): Promise<string> {
  return terminalText(documentOf(setting, summary), screen);
}

function documentOf(setting: Sweep, summary: SweepSummary): Document {
  const axis = setting.grid.axes.find(({ field }) => field === "variables");
  const variables = variablesOfAxis(axis?.values ?? []);
  return sweepDocument({ ...summary, fields: fieldsOf(setting), variables });
}

function formatOf({ flags, streams }: Pick<Sweep, "flags" | "streams">): RecordsFormat {
  return chooseFormat({
    format: flags.format as RecordsFormat | undefined,
    formats: RECORDS_FORMATS,
    output: flags.output as string | undefined,
    isTerminal: streams.stdout.isTTY === true,
  });
}

/** What tells the rows of the table apart. */
function fieldsOf({ grid, cells }: Sweep): readonly string[] {
  const hasPositions = cells.some(({ ids }) => ids.length > 1);
  return [...grid.axes.map(({ field }) => field), ...(hasPositions ? [POSITION] : [])];
}

/** One error rate for all cells: that of the interval of the first, as a rule of each. */
function errorRateOf(grid: Grid, [first]: readonly PlannedCell[]): number {
  return first === undefined ? 1 : 1 - grid.cell(first.index).confidence;
}
