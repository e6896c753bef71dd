import { test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/experiment/check.ts";
import { printable } from "../../src/printable.ts";
import { githubAnnotations } from "../../src/report/annotations.ts";
import { verdictsOfCheck } from "../../src/report/verdict-report.ts";
import { ANY_REPORT, cell, cells, ONE_OF_EACH, reportOf, SWAPPED } from "./check-reports.ts";

const annotationsOf = (report: CheckReport) => githubAnnotations(verdictsOfCheck(report));

interface Command {
  readonly kind: string;
  readonly title: string;
  readonly message: string;
}

/** What GitHub's runner makes of output: the rules of TryParseV2 in ActionCommand.cs (github.com/actions/runner, MIT). */
function commandsIn(output: string): Command[] {
  const lines = output.split(/\r\n|\n|\r/).slice(0, -1);
  return lines.map((line) => {
    const start = line.trimStart();
    const end = start.indexOf("::", 2);
    const [kind = "", ...rest] = start.slice(2, end).split(" ");
    const properties = rest.join(" ").trim().split(",").filter(Boolean);
    const values = Object.fromEntries(properties.map((pair) => pair.split(/=(.*)/s)));
    const percents = (text: string, marks: string) =>
      [...marks].reduce((undone, mark) => undone.replaceAll(code(mark), mark), text);
    return {
      kind: start.startsWith("::") ? kind : "",
      title: percents(values.title ?? "", ":,%"),
      message: percents(start.slice(end + 2), "\n%"),
    };
  });
}

function code(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** The deviation at the end of a title. */
const DEVIATION = String.raw`(?: \([+−]?(?:[\d.e+−]+|Infinity) %\))?$`;

describe("annotations for GitHub", () => {
  it("are an error for what disagrees, a warning for what is inconclusive, a notice for a note", () => {
    expect(annotationsOf(ONE_OF_EACH)).toBe(
      [
        "::error title=keep 0.9 disagrees (−1.2 %25)::measured 0.4441 ± 0.0009 in keep 0.9\n",
        "::warning title=keep 0.7 is inconclusive (−0.4 %25)::measured 0.4441 ± 0.0009 in keep 0.7\n",
        "::notice title=vshift check::2 cells of the baseline are missing\n",
      ].join(""),
    );
  });

  it("have the diagnosis of their own cell, below its numbers", () => {
    const [found] = commandsIn(annotationsOf(reportOf([cell("bn1", "agrees"), SWAPPED])));
    expect(found).toEqual({
      kind: "error",
      title: "bn2 disagrees (+130 %)",
      message: [
        "Δ = 0.700 ± 0.005 (theory 0.3)",
        "looks as if keep and drop were swapped",
        "or fits if keep ≈ 0.7",
        "rows are few",
      ].join("\n"),
    });
  });

  it("are none where all agree", () => {
    expect(annotationsOf(reportOf(cells(30, "agrees")))).toBe("");
  });

  it("escape the characters that end a property, a command or a line", () => {
    const report = reportOf([{ ...cell("keep 0.5, width: 64 %", "disagrees"), detail: "a::b,\r\n100 %0A" }]);
    expect(annotationsOf(report)).toBe(
      "::error title=keep 0.5%2C width%3A 64 %25 disagrees (+0.1 %25)::a::b,\\u000d\\u000a100 %250A\n",
    );
  });

  test.prop([ANY_REPORT])("are read back by the runner as they were meant", (report) => {
    const found = commandsIn(annotationsOf(report));
    const cellsIn = (kind: string, ending: string) =>
      found
        .filter((command) => command.kind === kind)
        .map(({ title, message }) => ({ name: title.replace(new RegExp(ending + DEVIATION, "su"), ""), message }))
        .filter(({ name }) => name !== "vshift check");
    const cellsOf = (verdict: string) =>
      report.cells
        .filter((each) => each.verdict === verdict)
        .map(({ name, detail }) => ({
          name: printable(name),
          message: printable(detail),
        }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(cellsIn("error", " disagrees").sort(byName)).toEqual(cellsOf("disagrees").sort(byName));
    expect(cellsIn("warning", " is inconclusive").sort(byName)).toEqual(cellsOf("inconclusive").sort(byName));
    expect(found.filter(({ kind }) => kind === "notice").map(({ message }) => message)).toEqual(
      report.notes.map(printable),
    );
  });

  it("are ten of a kind at most, the farthest off first, and the tenth says how many more", () => {
    const report = reportOf([...cells(12, "disagrees"), ...cells(10, "inconclusive")], Array(25).fill("note"));
    const found = commandsIn(annotationsOf(report));
    const messages = (wanted: string) => found.filter(({ kind }) => kind === wanted).map(({ message }) => message);
    expect(messages("error")).toHaveLength(10);
    expect(messages("error")[0]).toContain("disagrees 12");
    expect(messages("error").at(-1)).toBe("and 3 more scenarios that disagree");
    expect(messages("warning")).toHaveLength(10);
    expect(messages("warning").at(-1)).toContain("inconclusive 1");
    expect(messages("notice").at(-1)).toBe("and 16 more notes");
  });

  it("say so where the whole has a verdict that no cell has", () => {
    const report = { ...reportOf(cells(2, "agrees")), whole: "inconclusive" } as const;
    expect(annotationsOf(report)).toBe(
      "::warning title=vshift check::? 2 scenarios: 2 agree; the check as a whole is inconclusive (tolerance 0.5 %25, error rate 10⁻⁶ overall)\n",
    );
  });
});
