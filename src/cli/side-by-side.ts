import { VshiftError } from "../errors.ts";
import type { Records } from "../experiment/measure.ts";
import { measuredRemedy, REMEDIES_SCHEMA, remediesOf } from "../experiment/remedies.ts";
import { DRAWN_FORMATS } from "../report/formats.ts";
import { adviceLine, adviceOf } from "../report/stack-advice.ts";
import { remediesDocument } from "../report/stack-document.ts";
import type { Arrays } from "../scenario/arrays.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { createAccount } from "../sweep/account.ts";
import { planCells } from "../sweep/plan.ts";
import { inGridOrder } from "../sweep/run.ts";
import { noParquet } from "./commands/sweep.ts";
import { deliver } from "./deliver.ts";
import { EXIT } from "./exit-codes.ts";
import { afterCells, interruptionOf } from "./interruption.ts";
import { runCells } from "./run-cells.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";
import { threadsFrom } from "./threads.ts";

export interface SideBySide {
  readonly arrays: Arrays;
  readonly flags: Flags;
  readonly streams: Streams;
  readonly say: (words: string) => void;
}

/** The remedies of a network side by side, and what to change. Returns the exit code. */
export async function compareRemedies(scenario: Scenario, setting: SideBySide): Promise<number> {
  const { flags, streams } = setting;
  const remedies = remediesOf(scenario);
  if (flags.format === "parquet") throw noParquet("remedies are more than records");
  return deliver({ flags, streams, formats: DRAWN_FORMATS }, async () => {
    const { records, exitCode } = await measuredSideBySide(
      remedies.map((remedy) => remedy.scenario),
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

/** Several networks side by side, as a sweep measures them; when interrupted, those that were measured. */
export async function measuredSideBySide(scenarios: readonly Scenario[], { arrays, flags, streams, say }: SideBySide) {
  const cells = planCells(scenarios);
  const account = createAccount({ cells, errorRate: 1, most: 0 });
  const grid = { axes: [], given: [], size: scenarios.length, cell: (index: number) => scenarioAt(scenarios, index) };
  const run = { grid, cells, streams, account, say, threads: threadsFrom(flags), isQuiet: flags.quiet === true };
  const records: (Records | undefined)[] = [];
  for await (const outcome of inGridOrder(runCells({ ...run, arrays }), cells)) {
    if ("error" in outcome) throw new VshiftError(outcome.error);
    records[outcome.index] = outcome.records;
  }
  const interruption = account.progress().cells < cells.length ? interruptionOf(streams.interrupt) : undefined;
  if (interruption !== undefined) say(`${interruption.message} ${afterCells(account.progress().cells, cells.length)}`);
  return { records, exitCode: interruption?.exitCode ?? EXIT.fine };
}

function scenarioAt(scenarios: readonly Scenario[], index: number): Scenario {
  const scenario = scenarios[index];
  if (scenario === undefined) throw new RangeError(`there is no scenario ${index}`);
  return scenario;
}
