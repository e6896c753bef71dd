import { printable } from "../printable.ts";
import { counted } from "./numbers.ts";
import type { Annotated, VerdictReport } from "./verdict-report.ts";

/**
 * Verdicts as workflow commands of GitHub Actions, a line each, which a job shows with its result: an error for each that
 * disagrees, a warning for each that is inconclusive, and a notice for each note on the whole. Those that agree have none.
 *
 * GitHub shows ten of a kind for a step and silently drops the others, so the tenth counts the rest.
 */
export function githubAnnotations({ name, annotated, notes, more }: VerdictReport): string {
  const of = (verdict: Annotated["verdict"]) => annotated.filter((each) => each.verdict === verdict);
  const notices = notes.map((note) => ({ title: name, lines: [note] }));
  return [
    ...commands("error", of("disagrees"), { name, more: more.disagrees }),
    ...commands("warning", of("inconclusive"), { name, more: more.inconclusive }),
    ...commands("notice", notices, { name, more: (count) => counted(count, "more note") }),
  ].join("");
}

/** GitHub's limit of annotations of one kind in one step. */
const MOST = 10;

type Annotation = Omit<Annotated, "verdict">;

function commands(
  kind: "error" | "warning" | "notice",
  annotations: readonly Annotation[],
  { name, more }: { readonly name: string; readonly more: (count: number) => string },
): readonly string[] {
  if (annotations.length <= MOST) return annotations.map((each) => command(kind, each));
  const kept = annotations.slice(0, MOST - 1);
  const rest = { title: name, lines: [`and ${more(annotations.length - kept.length)}`] };
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
