import type { CheckReport } from "../experiment/check.ts";
import type { Verdict } from "../experiment/verdict.ts";
import { cellLines, deviationOf } from "./cell-words.ts";
import { isOnlyTheWhole, wholeInWords } from "./check-order.ts";

/**
 * A check as JUnit XML, which Jenkins, GitLab and most others show as the results of tests: a testcase for each cell.
 *
 *   disagrees      a <failure>, with the diagnosis in its body
 *   inconclusive   an <error>: the test could not decide. The exit code, 3, fails a pipeline, so it must not look passed, and
 *                  <skipped> is green wherever it is shown
 *   agrees         passed; the measurement is its <system-out>
 *
 * A last testcase stands for the whole check where no cell has its verdict. Notes on the whole are the suite's <system-out>.
 *
 * There is no clock in a result, so all times are 0 rather than left out: readers that multiply them would show NaN.
 *
 * The format has no standard. These documents are within the grammar that Jenkins' xunit plugin publishes (junit-10.xsd), and a
 * reader that knows no more than failures and errors reads them as meant.
 */
export function junit(report: CheckReport): string {
  const cases = casesOf(report);
  const count = (verdict: Verdict) => cases.filter((each) => each.verdict === verdict).length;
  const counts = {
    tests: cases.length,
    failures: count("disagrees"),
    errors: count("inconclusive"),
    time: 0,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: "vshift check", ...counts })}>`,
    `  <testsuite${attributes({ name: "vshift check", ...counts })}>`,
    `    <properties><property${attributes({ name: "alpha", value: report.alpha })}/></properties>`,
    ...cases.map(testcase),
    ...(report.notes.length === 0 ? [] : [`    <system-out>${text(report.notes.join("\n"))}</system-out>`]),
    "  </testsuite>",
    "</testsuites>\n",
  ].join("\n");
}

interface Case {
  readonly name: string;
  readonly verdict: Verdict;
  /** What a list of failed tests shows. */
  readonly message: string;
  readonly detail: string;
  /** Cells have one of their own: readers tell tests apart by it and the name, and the whole may be called as a cell is. */
  readonly classname: string;
}

function casesOf(report: CheckReport): readonly Case[] {
  const cells = report.cells.map((cell): Case => {
    const { name, verdict, deviation } = cell;
    const message = deviation === null ? verdict : `${verdict}, deviation ${deviationOf(cell)}`;
    return { name, verdict, message, detail: cellLines(cell).join("\n"), classname: "vshift" };
  });
  if (!isOnlyTheWhole(report)) return cells;
  const { whole: verdict, notes } = report;
  const detail = [wholeInWords(report), ...notes].join("\n");
  return [...cells, { name: "the whole check", verdict, message: verdict, detail, classname: "vshift.check" }];
}

function testcase({ classname, name, verdict, message, detail }: Case): string {
  const start = `    <testcase${attributes({ classname, name, time: 0 })}>`;
  if (verdict === "agrees") return `${start}<system-out>${text(detail)}</system-out></testcase>`;
  const element = verdict === "disagrees" ? "failure" : "error";
  const body = `<${element}${attributes({ type: verdict, message })}>${text(detail)}</${element}>`;
  return `${start}${body}</testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
    .join("");
}

function text(value: string): string {
  // A reader makes a line end of a bare carriage return (XML 1.0, §2.11).
  return escaped(value).replaceAll("\r", "&#13;");
}

function attribute(value: string): string {
  // A reader makes a space of each of these (XML 1.0, §3.3.3).
  return escaped(value).replace(/["\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function escaped(value: string): string {
  return value
    .replace(NO_CHARACTER, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** What an XML document cannot hold even when it is escaped: control characters, lone surrogates (XML 1.0, §2.2). */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
