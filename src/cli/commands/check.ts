import { ALPHA, checkScenario, USUAL_ALPHA } from "../../check/check.ts";
import { checkedCell, reportOfLayers } from "../../check/describe.ts";
import { nameOf } from "../../check/measured-series.ts";
import { readMeasured } from "../../check/read-measured.ts";
import { VshiftError } from "../../errors.ts";
import type { CheckReport } from "../../experiment/check.ts";
import { judgedAgain } from "../../experiment/family.ts";
import type { Records } from "../../experiment/measure.ts";
import type { ShiftRecord } from "../../experiment/record.ts";
import type { Server } from "../../queue/server.ts";
import { reportAgainstBaseline, reportOfFamily, reportOfGrid } from "../../report/checked.ts";
import { describeScenario } from "../../report/describe.ts";
import { FORMATS } from "../../report/formats.ts";
import { counted } from "../../report/numbers.ts";
import type { Arrays } from "../../scenario/arrays.ts";
import type { Grid } from "../../scenario/grid.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { typed } from "../../scenario/typed.ts";
import { checkedInput } from "../../scenario/validate.ts";
import { createAccount } from "../../sweep/account.ts";
import { checkedGrid } from "../../sweep/checked-grid.ts";
import type { PlannedCell } from "../../sweep/plan.ts";
import { unite } from "../../sweep/unite.ts";
import { boundMemory } from "../bound-memory.ts";
import { type CheckOutcome, deliverCheck } from "../check-delivery.ts";
import { deliver } from "../deliver.ts";
import { engineFrom } from "../engine.ts";
import { errorLine } from "../error-line.ts";
import { EXIT, EXIT_OF_VERDICT } from "../exit-codes.ts";
import { afterCells, interruptionOf } from "../interruption.ts";
import { columnNames, measuredSources } from "../measured-sources.ts";
import { readRecords } from "../read-records.ts";
import { runCells } from "../run-cells.ts";
import { sayOn } from "../say.ts";
import { type Flags, gridFrom, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";
import type { Spellings } from "../typed-flags.ts";
import { checkPlan, unsettled } from "./check-plan.ts";

/** `vshift check`: a grid, or records, compared with theory or a baseline, for a pipeline. Returns the exit code. */
export async function checkCommand(flags: Flags, streams: Streams, paths: readonly string[]): Promise<number> {
  const alpha = alphaFrom(flags);
  if (flags.measured !== undefined) {
    const { scenario, arrays } = await scenarioFrom(flags);
    return deliverCheck({ flags, streams }, () => checkForeign(flags, { scenario, arrays, alpha }));
  }
  if (paths.length > 0) return deliverCheck({ flags, streams }, () => checkRecords(flags, alpha, paths));
  const { grid: given, arrays } = await gridFrom(flags);
  const { grid, cells, errorRate } = checkedGrid(given, { alpha, hasBaseline: flags.baseline !== undefined });
  if (flags.plan === true) {
    return deliver({ flags, streams, formats: FORMATS }, async () =>
      checkPlan({ grid, cells, threads: threadsFrom(flags), errorRate }),
    );
  }
  const server = await engineFrom(flags);
  if (server !== undefined) {
    const { withoutMeasuring } = await import("./queue.ts");
    const share = flags.baseline === undefined ? { errorRate } : {};
    const asked = withoutMeasuring({ flags, streams, server, queued: { grid, plan: cells, arrays, ...share } });
    if (asked !== undefined) return asked;
  }
  return deliverCheck({ flags, streams }, () =>
    checkGrid({ flags, streams, alpha, errorRate, grid, arrays, cells, server }),
  );
}

/** Judges variances that another program measured, layer by layer, and diagnoses a mismatch. */
async function checkForeign(
  { measured, columns }: Flags,
  { scenario, arrays, alpha }: { readonly scenario: Scenario; readonly arrays: Arrays; readonly alpha: number },
): Promise<CheckOutcome> {
  const names = columnNames(columns as string | undefined);
  const { layers, unmatched } = await readMeasured(measuredSources(measured as string), names);
  const whole = describeScenario(scenario);
  // Bonferroni's: that any is said to disagree though all agree has the odds alpha.
  const each = { alpha: alpha / layers.length, arrays };
  const cells = layers.map(({ name, measured }) =>
    checkedCell(checkScenario(scenario, measured, each), layers.length === 1 ? whole : nameOf(name)),
  );
  const report = reportOfLayers(cells, { alpha, unmatched });
  return { report, exitCode: EXIT_OF_VERDICT[report.whole] };
}

/** Judges records that were made before, all of them at one error rate. */
async function checkRecords(flags: Flags, alpha: number, paths: readonly string[]): Promise<CheckOutcome> {
  const records = await unite(readRecords(paths));
  if (records.length === 0) throw noRecords(paths);
  const tolerance = toleranceFrom(flags);
  const again = (record: ShiftRecord) =>
    judgedAgain(record, { tolerance: tolerance ?? record.scenario.tolerance, errorRate: alpha });
  const report =
    flags.baseline === undefined
      ? reportOfFamily(records.map(again), { alpha })
      : reportAgainstBaseline(records, await baselineOf(flags), { alpha, tolerance });
  return { report, exitCode: EXIT_OF_VERDICT[report.whole] };
}

async function baselineOf({ baseline }: Flags): Promise<readonly ShiftRecord[]> {
  const records = await unite(readRecords([baseline as string]));
  if (records.length === 0) throw noRecords([baseline as string]);
  return records;
}

interface GridCheck {
  readonly flags: Flags;
  readonly streams: Streams;
  readonly alpha: number;
  readonly errorRate: number;
  readonly grid: Grid;
  readonly arrays: Arrays;
  readonly cells: readonly PlannedCell[];
  readonly server: Server | undefined;
}

/** Measures each cell until its verdict is conclusive at its share of the error rate, or its budget is spent. */
async function checkGrid({
  flags,
  streams,
  alpha,
  errorRate,
  grid,
  arrays,
  cells,
  server,
}: GridCheck): Promise<CheckOutcome> {
  const baseline = flags.baseline === undefined ? undefined : await baselineOf(flags);
  const { stderr, interrupt } = streams;
  const say = sayOn(streams, flags);
  const hopeless = baseline === undefined ? unsettled({ grid, cells, errorRate }) : undefined;
  if (hopeless !== undefined) say(hopeless);
  boundMemory();
  const byCell: Records[] = [];
  const failures: string[] = [];
  const spellings = flags.spellings as Spellings;
  const account = createAccount({ cells, errorRate: alpha, most: 0 });
  const share = baseline === undefined ? { errorRate } : {};
  const quiet = { isQuiet: flags.quiet === true, say };
  const queue = server && { server, plan: cells };
  const run = { grid, arrays, cells, queue, ...share, threads: threadsFrom(flags), streams, account, ...quiet };
  for await (const outcome of runCells(run)) {
    if ("records" in outcome) byCell[outcome.index] = outcome.records;
    else failures.push(errorLine(outcome.error, { place: `scenario ${outcome.index + 1}`, spellings }));
  }
  const seen = byCell.filter((records) => records !== undefined);
  const measured = seen.flat();
  for (const line of failures) stderr.write(line);
  const done = seen.length + failures.length;
  const interruption = done < cells.length ? interruptionOf(interrupt) : undefined;
  if (interruption !== undefined) {
    const note = `${interruption.message} ${afterCells(done, cells.length)}`;
    return {
      report: ofPart(reportOfGrid(measured, { baseline: ofCells(baseline, measured), alpha, errorRate }), note),
      exitCode: interruption.exitCode,
    };
  }
  const report = reportOfGrid(measured, { baseline, alpha, errorRate });
  if (failures.length === 0) return { report, exitCode: EXIT_OF_VERDICT[report.whole] };
  const note = `${failures.length} of ${counted(cells.length, "scenario")} could not be measured`;
  return { report: ofPart(report, note), exitCode: EXIT.usage };
}

/** The records of a baseline whose scenarios were measured: an interrupted check says nothing about the others. */
function ofCells(
  baseline: readonly ShiftRecord[] | undefined,
  measured: readonly ShiftRecord[],
): readonly ShiftRecord[] | undefined {
  const ids = new Set(measured.map(({ id }) => id));
  return baseline?.filter(({ id }) => ids.has(id));
}

/** The report of a check that lacks some of its cells: what was not measured cannot agree. */
function ofPart(report: CheckReport, note: string): CheckReport {
  const whole = report.whole === "agrees" ? "inconclusive" : report.whole;
  return { ...report, whole, notes: [...report.notes, note] };
}

function alphaFrom({ alpha }: Flags): number {
  const value = alpha === undefined ? USUAL_ALPHA : typed("number", alpha as string);
  ALPHA(value, "--alpha");
  return Number(value);
}

/** A tolerance for all records; without it each is judged by its own. */
function toleranceFrom({ tolerance }: Flags): number | undefined {
  if (tolerance === undefined) return undefined;
  return checkedInput({ tolerance: typed("number", tolerance as string) }).tolerance ?? undefined;
}

function noRecords(paths: readonly string[]): VshiftError {
  return new VshiftError({
    code: "invalid-file",
    field: paths.join(", "),
    problem: "does not contain any records",
    hint: "give a file that vshift sweep or vshift simulate wrote",
  });
}
