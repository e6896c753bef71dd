import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import { printable } from "../printable.ts";
import { cellLines, deviationOf } from "./cell-words.ts";
import { checkLine, isOnlyTheWhole, nounOf, worstFirst } from "./check-order.ts";
import { counted } from "./numbers.ts";

/**
 * A check as workflow commands of GitHub Actions, a line each, which a job shows with its result: an error for each cell that
 * disagrees, a warning for each that is inconclusive, each with its diagnosis, and a notice for each note on the whole. Cells that
 * agree have none.
 *
 * GitHub shows ten of a kind for a step and silently drops the others, so the tenth counts the rest.
 */
export function githubAnnotations(report: CheckReport): string {
  const cells = worstFirst(report.cells);
  const whole = isOnlyTheWhole(report) ? [{ title: "vshift check", lines: [checkLine(report)] }] : [];
  const errors = cells.filter(({ verdict }) => verdict === "disagrees").map(annotation);
  const warnings = cells.filter(({ verdict }) => verdict === "inconclusive").map(annotation);
  const notices = report.notes.map((note) => ({ title: "vshift check", lines: [note] }));
  const noun = nounOf(report);
  const moreErrors = (count: number) => counted(count, `more ${noun} that disagrees`, `more ${noun}s that disagree`);
  const moreWarnings = (count: number) => counted(count, `more inconclusive ${noun}`);
  return [
    ...commands("error", report.whole === "disagrees" ? [...whole, ...errors] : errors, moreErrors),
    ...commands("warning", report.whole === "inconclusive" ? [...whole, ...warnings] : warnings, moreWarnings),
    ...commands("notice", notices, (count) => counted(count, "more note")),
  ].join("");
}

/** GitHub's limit of annotations of one kind in one step. */
const MOST = 10;

interface Annotation {
  readonly title: string;
  readonly lines: readonly string[];
}

function annotation(cell: CheckedCell): Annotation {
  const { name, verdict, deviation } = cell;
  const by = deviation === null ? "" : ` (${deviationOf(cell)})`;
  return { title: `${name} ${verdict === "disagrees" ? "disagrees" : "is inconclusive"}${by}`, lines: cellLines(cell) };
}

function commands(
  kind: "error" | "warning" | "notice",
  annotations: readonly Annotation[],
  more: (count: number) => string,
): readonly string[] {
  if (annotations.length <= MOST) return annotations.map((each) => command(kind, each));
  const kept = annotations.slice(0, MOST - 1);
  const rest = { title: "vshift check", lines: [`and ${more(annotations.length - kept.length)}`] };
  return [...kept, rest].map((each) => command(kind, each));
}

/** A line break in a message is written as %0A. */
function command(kind: string, { title, lines }: Annotation): string {
  return `::${kind} title=${property(title)}::${lines.map(data).join("%0A")}\n`;
}

/** What the runner undoes in a message (actions/runner, ActionCommand.cs). Line breaks within it are printable by now. */
function data(value: string): string {
  return printable(value).replaceAll("%", "%25");
}

function property(value: string): string {
  return data(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
