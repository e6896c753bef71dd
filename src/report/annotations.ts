import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import { printable } from "../printable.ts";
import { checkLine, isOnlyTheWhole, worstFirst } from "./check-order.ts";
import { grouped } from "./numbers.ts";

/**
 * A check as workflow commands of GitHub Actions, a line each, which a job shows beside its result: an error for each cell that
 * disagrees, a warning for each that is inconclusive, a notice for each note. No line is written for what agrees.
 *
 * GitHub shows ten of a kind for a step and drops the others without a word, so that the tenth says how many there are more.
 */
export function githubAnnotations(report: CheckReport): string {
  const cells = worstFirst(report.cells);
  const whole = isOnlyTheWhole(report) ? [{ title: "vshift check", message: checkLine(report) }] : [];
  const errors = cells.filter(({ verdict }) => verdict === "disagrees").map(annotation);
  const warnings = cells.filter(({ verdict }) => verdict === "inconclusive").map(annotation);
  const notices = report.notes.map((message) => ({ title: "vshift check", message }));
  return [
    ...commands("error", report.whole === "disagrees" ? [...whole, ...errors] : errors),
    ...commands("warning", report.whole === "inconclusive" ? [...whole, ...warnings] : warnings),
    ...commands("notice", notices),
  ].join("");
}

/** GitHub's limit of annotations of one kind in one step. */
const MOST = 10;

interface Annotation {
  readonly title: string;
  readonly message: string;
}

const MORE = {
  error: ["more cell that disagrees", "more cells that disagree"],
  warning: ["more inconclusive cell", "more inconclusive cells"],
  notice: ["more note", "more notes"],
} as const;

function annotation({ name, verdict, detail }: CheckedCell): Annotation {
  return { title: `${name} ${verdict === "disagrees" ? "disagrees" : "is inconclusive"}`, message: detail };
}

function commands(kind: keyof typeof MORE, annotations: readonly Annotation[]): readonly string[] {
  if (annotations.length <= MOST) return annotations.map((each) => command(kind, each));
  const kept = annotations.slice(0, MOST - 1);
  const more = annotations.length - kept.length;
  const message = `and ${grouped(more)} ${MORE[kind][more === 1 ? 0 : 1]}`;
  return [...kept, { title: "vshift check", message }].map((each) => command(kind, each));
}

function command(kind: string, { title, message }: Annotation): string {
  return `::${kind} title=${property(title)}::${data(message)}\n`;
}

/** What the runner undoes in a message (actions/runner, ActionCommand.cs). Line breaks, its other two, are printable by now. */
function data(value: string): string {
  return printable(value).replaceAll("%", "%25");
}

function property(value: string): string {
  return data(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
