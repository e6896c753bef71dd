import type { Verdict } from "../experiment/verdict.ts";
import { withoutMarkup } from "./markup.ts";
import type { VerdictCase, VerdictReport } from "./verdict-report.ts";

/**
 * Verdicts as JUnit XML, which Jenkins, GitLab and most others show as the results of tests.
 *
 *   disagrees      a <failure>, with all that is said of it in its body
 *   inconclusive   an <error>: the test could not decide. The exit code, 3, fails a pipeline, so it must not look passed, and
 *                  <skipped> is green wherever it is shown
 *   agrees         passed; what is said of it is its <system-out>
 *
 * Notes on the whole are the suite's <system-out>.
 *
 * There is no clock in a result, so all times are 0 rather than left out: readers that multiply them would show NaN.
 *
 * The format has no standard. These documents are within the grammar that Jenkins' xunit plugin publishes (junit-10.xsd), and a
 * reader that knows no more than failures and errors reads them as meant.
 */
export function junit({ name, properties, cases, notes }: VerdictReport): string {
  const count = (verdict: Verdict) => cases.filter((each) => each.verdict === verdict).length;
  const counts = {
    tests: cases.length,
    failures: count("disagrees"),
    errors: count("inconclusive"),
    time: 0,
  };
  const given = Object.entries(properties).map(
    ([property, value]) => `<property${attributes({ name: property, value })}/>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...counts })}>`,
    `  <testsuite${attributes({ name, ...counts })}>`,
    `    <properties>${given.join("")}</properties>`,
    ...cases.map(testcase),
    ...(notes.length === 0 ? [] : [`    <system-out>${text(notes.join("\n"))}</system-out>`]),
    "  </testsuite>",
    "</testsuites>\n",
  ].join("\n");
}

function testcase({ classname, name, verdict, message, lines }: VerdictCase): string {
  const detail = lines.join("\n");
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
  return withoutMarkup(value.replace(NO_CHARACTER, "\u{FFFD}"));
}

/** What an XML document cannot hold even when it is escaped: control characters, lone surrogates (XML 1.0, §2.2). */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
