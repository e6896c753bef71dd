import { reason, VshiftError } from "../errors.ts";
import { createInlineExecutor } from "../executor/inline.ts";
import { derive } from "../experiment/derive.ts";
import { type Histogram, histogramOf, type PhaseHistogram } from "../experiment/histogram.ts";
import type { Records } from "../experiment/measure.ts";
import { type SoFar, watch } from "../experiment/watch.ts";
import { createKernel, kernelsInTurn } from "../kernel/fastest.ts";
import { shellWord } from "../printable.ts";
import { ndjson } from "../report/json.ts";
import { shiftInWords } from "../report/shift-words.ts";
import { defineScenario } from "../scenario/define.ts";
import { USUAL_DEPTH } from "../scenario/define-stack.ts";
import { FIELD_NAMES, FIELDS, longFlagOf } from "../scenario/fields.ts";
import type { Scenario, ScenarioInput } from "../scenario/scenario.ts";
import { typed } from "../scenario/typed.ts";
import type { Answers, Description, Fields, Measurement, Question, Run, TheoryAt, TheoryOfRun } from "./questions.ts";

/** Hears an answer; of a measurement more than once, the last one last. */
export type Tell = (answer: Answers[Question["kind"]], isLast: boolean) => void;

/** Answers a question by the library itself. Throws a `VshiftError` for a run that is none. */
export async function answer(question: Question, tell: Tell, signal: AbortSignal): Promise<void> {
  switch (question.kind) {
    case "describe":
      return tell(description(question.run), true);
    case "theory":
      return tell(question.runs.map(theoryOfRun), true);
    case "histogram": {
      const scenario = scenarioOf(question.run);
      const range = rangeOf(histogramOf(createKernel, scenario, { batches: GLANCE, bins: 1 }));
      const { batches } = question;
      const shown = { batches, bins: BINS, ...(range === undefined ? {} : { range }) };
      const { scenario: _, ...counted } = histogramOf(createKernel, scenario, shown);
      return tell(counted, true);
    }
    case "measure": {
      const executor = createInlineExecutor(kernelsInTurn());
      for await (const soFar of watch(scenarioOf(question.run), { executor, signal })) {
        tell(measurementOf(soFar), soFar.isFinal);
      }
    }
  }
}

const BINS = 80;
/** Mini-batches that say where most values lie, in standard deviations from the mean. */
const GLANCE = 4;
const MOST_DEVIATIONS = 4;

/** What a picture of a histogram shows: most values of both phases, and nothing where there are none; undefined where all are one. */
function rangeOf({ range: [from, to], train, test }: Histogram): readonly [number, number] | undefined {
  const reach = ({ variance }: PhaseHistogram) => MOST_DEVIATIONS * Math.sqrt(variance);
  const lowest = Math.max(from, Math.min(train.mean - reach(train), test.mean - reach(test)));
  const highest = Math.min(to, Math.max(train.mean + reach(train), test.mean + reach(test)));
  return lowest < highest ? [lowest, highest] : undefined;
}

/** The scenario of a run; checked as the command line's is. */
export function scenarioOf({ command, fields }: Run): Scenario {
  const usual = command === "stack" ? { depth: USUAL_DEPTH } : {};
  return defineScenario({ ...usual, ...inputOfTexts(fields) });
}

function inputOfTexts(fields: Fields): ScenarioInput {
  // What is not a field stays text, for validation to name it.
  const typedOnes = Object.entries(fields).map(([name, text]) => {
    const field = FIELD_NAMES.find((known) => known === name);
    return [name, field === undefined ? text : typed(FIELDS[field].type, text)];
  });
  return Object.fromEntries(typedOnes);
}

/** What a command line says even where it is the default. */
const ALWAYS_SAID: readonly string[] = ["keep", "width", "depth"];

/** The command line of a run, without what holds anyway. */
function commandOf({ command, fields }: Run): string {
  const scenario = JSON.stringify(scenarioOf({ command, fields }));
  let said = fields;
  for (const name of Object.keys(fields)) {
    if (ALWAYS_SAID.includes(name)) continue;
    const { [name]: _, ...fewer } = said;
    if (isScenario({ command, fields: fewer }, scenario)) said = fewer;
  }
  const flags = FIELD_NAMES.flatMap((name) => {
    const value = said[name];
    const flag = longFlagOf(name);
    return value === undefined || flag === undefined ? [] : [flag, shellWord(value)];
  });
  return ["vshift", command, ...flags].join(" ");
}

function isScenario(run: Run, scenario: string): boolean {
  try {
    return JSON.stringify(scenarioOf(run)) === scenario;
  } catch (error) {
    if (error instanceof VshiftError) return false;
    throw error;
  }
}

function description(run: Run): Description {
  const theory = derive(scenarioOf(run));
  const shift = theory.theory?.shift ?? null;
  return {
    command: commandOf(run),
    sentence: shift === null ? `No closed form: ${theory.theoryReason}.` : shiftInWords(shift),
    theory: { name: "BN", shift, reason: theory.theoryReason },
  };
}

function theoryOfRun(run: Run): TheoryOfRun {
  try {
    const scenario = scenarioOf(run);
    const { theory, theoryReason, positions } = derive(scenario);
    if (positions.length === 0) {
      return { positions: [{ name: "BN", shift: theory?.shift ?? null, reason: theoryReason }] };
    }
    return {
      positions: positions.map(
        ({ position, theory, theoryReason }): TheoryAt => ({
          name: position.name,
          shift: theory?.shift ?? null,
          reason: theoryReason,
        }),
      ),
    };
  } catch (error) {
    if (error instanceof VshiftError) return { error: refusalOf(error) };
    throw error;
  }
}

function measurementOf({ records, done, total, isFinal }: SoFar): Measurement {
  return {
    positions: records?.map(measuredAt) ?? [],
    samples: records?.[0].measured.samples ?? 0,
    share: isFinal ? 1 : done / total,
    records: isFinal && records !== undefined ? records.map(ndjson).join("") : null,
  };
}

function measuredAt({ position, theory, theoryReason, measured, agreement }: Records[number]) {
  return {
    name: position?.name ?? "BN",
    shift: theory?.shift ?? null,
    reason: theoryReason,
    measured: measured.shift,
    interval: measured.interval,
    verdict: agreement.verdict,
  };
}

/** What a refusal says in one line; other fields by their plain names, as the page has them. */
export function refusalOf(error: unknown): string {
  return error instanceof VshiftError
    ? error.message.replace(/`(\w+)`/g, "$1")
    : `something went wrong: ${reason(error)}`;
}
