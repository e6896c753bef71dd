import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import type { Verdict } from "../experiment/verdict.ts";
import { excerpt } from "../tensor/file-error.ts";
import { auditSummary, isTaken, reasonsOf, TONE, WORDS } from "./audit-conclusion.ts";
import { noiseInWords } from "./audit-noise.ts";
import { type AuditRecord, type AuditsRecord, deltaOf } from "./audit-record.ts";
import { cellLines, deviationOf } from "./cell-words.ts";
import { checkLine, isOnlyTheWhole, nounOf, wholeInWords, worstFirst } from "./check-order.ts";
import { type FrameworkWords, frameworkWords } from "./framework-words.ts";
import { counted, readable } from "./numbers.ts";
import { plain } from "./phrase.ts";

/** Verdicts, for programs that show the results of tests. */
export interface VerdictReport {
  /** The command: "vshift check". */
  readonly name: string;
  readonly properties: Readonly<Record<string, string | number>>;
  readonly cases: readonly VerdictCase[];
  /** Those that are not what they should be, the worst first. */
  readonly annotated: readonly Annotated[];
  /** On the whole. */
  readonly notes: readonly string[];
  /** What is said of so many that are not shown. */
  readonly more: { readonly [Kind in "disagrees" | "inconclusive"]: (count: number) => string };
}

export interface VerdictCase {
  readonly name: string;
  /** Readers tell tests apart by it and the name. */
  readonly classname: string;
  readonly verdict: Verdict;
  /** What a list of failed tests shows. */
  readonly message: string;
  readonly lines: readonly string[];
}

export interface Annotated {
  readonly verdict: Verdict;
  readonly title: string;
  readonly lines: readonly string[];
}

/** A check: a case for each cell, and one for the whole where no cell has its verdict. */
export function verdictsOfCheck(report: CheckReport): VerdictReport {
  const { cells, whole: verdict, notes, alpha } = report;
  const isAlone = isOnlyTheWhole(report);
  const noun = nounOf(report);
  const whole: VerdictCase = {
    ...{ name: "the whole check", classname: "vshift.check", verdict, message: verdict },
    lines: [wholeInWords(report), ...notes],
  };
  return {
    name: "vshift check",
    properties: { alpha },
    cases: isAlone ? [...cells.map(caseOfCell), whole] : cells.map(caseOfCell),
    annotated: [
      ...(isAlone ? [{ verdict, title: "vshift check", lines: [checkLine(report)] }] : []),
      ...worstFirst(cells).map(annotatedCell),
    ],
    notes,
    more: {
      disagrees: (count) => counted(count, `more ${noun} that disagrees`, `more ${noun}s that disagree`),
      inconclusive: (count) => counted(count, `more inconclusive ${noun}`),
    },
  };
}

function caseOfCell(cell: CheckedCell): VerdictCase {
  const { name, verdict, deviation } = cell;
  const message = deviation === null ? verdict : `${verdict}, deviation ${deviationOf(cell)}`;
  return { name, classname: "vshift", verdict, message, lines: cellLines(cell) };
}

function annotatedCell(cell: CheckedCell): Annotated {
  const { name, verdict, deviation } = cell;
  const by = deviation === null ? "" : ` (${deviationOf(cell)})`;
  return {
    verdict,
    title: `${name} ${verdict === "disagrees" ? "disagrees" : "is inconclusive"}${by}`,
    lines: cellLines(cell),
  };
}

/** An audit: a case for each batch norm, or for the repair as a whole where one was asked for. */
export function verdictsOfAudit(record: AuditsRecord): VerdictReport {
  const { model, norms, tolerance, repair } = record;
  const words = frameworkWords(record);
  const conclusion = plain(auditSummary(record).conclusion ?? "");
  const classname = excerpt(model);
  const isWrong = repair !== null && !isTaken(repair);
  const whole: VerdictCase = {
    ...{ name: "repair", classname, verdict: isWrong ? "disagrees" : "agrees", message: conclusion },
    lines: [conclusion],
  };
  const cases =
    repair === null
      ? norms.map((norm): VerdictCase => {
          const lines = linesOf(norm, words);
          const [message = ""] = lines;
          return { name: excerpt(norm.norm), classname, verdict: TONE[norm.verdict], message, lines };
        })
      : [whole];
  return {
    name: "vshift audit",
    properties: { tolerance },
    cases,
    annotated: cases.map(({ name, verdict, lines }) => ({ verdict, title: `${classname}: ${name}`, lines })),
    notes: repair === null && record.verdict !== "clean" ? [conclusion] : [],
    more: {
      disagrees: (count) => counted(count, "more shifted batch norm"),
      inconclusive: (count) => counted(count, "more batch norm that needs data", "more batch norms that need data"),
    },
  };
}

/** "shifted: Δ = 0.5, behind nn.Dropout(0.5) at drop", and why it is not known. */
function linesOf(record: AuditRecord, words: FrameworkWords): readonly string[] {
  const { verdict, noise, control } = record;
  const delta = deltaOf(record);
  const shown = delta === null ? "" : `: Δ = ${readable(delta, 3)}`;
  const behind = control ? ", no noise before it" : `, behind ${noiseInWords(noise, words)}`;
  const sources = [...new Set(noise.flatMap(({ source }) => source ?? []))].map(excerpt);
  return [
    `${WORDS[verdict]}${shown}${behind}`,
    ...(sources.length === 0 ? [] : [`in ${sources.join(", ")}`]),
    ...reasonsOf(record).map(excerpt),
  ];
}
