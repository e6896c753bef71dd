import { test } from "@fast-check/vitest";
import { parseHTML } from "linkedom";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/experiment/check.ts";
import { checkDocument } from "../../src/report/check-document.ts";
import { pageText } from "../../src/report/page.ts";
import { ANY_REPORT, cells, ONE_OF_EACH, reportOf } from "./check-reports.ts";

function checkMarkdown(report: CheckReport): string {
  return pageText(checkDocument(report));
}

/** The page that a renderer of GitHub's Markdown makes of it. */
function rendered(markdown: string) {
  const { document } = parseHTML(`<html><body>${marked.parse(markdown, { async: false, gfm: true })}</body></html>`);
  const texts = (selector: string) =>
    [...document.querySelectorAll(selector)].map((element) => onOneLine(element.textContent ?? ""));
  return { document, texts };
}

function onOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

describe("the Markdown of a check", () => {
  it("has the verdict as its heading, the notes, and the cells with the worst first", () => {
    expect(
      checkMarkdown(ONE_OF_EACH),
    ).toBe(`## ✗ 3 scenarios: 1 disagrees, 1 inconclusive, 1 agrees (tolerance 0.5 %, error rate 10⁻⁶ overall)

- 2 cells of the baseline are missing

| deviation | verdict | scenario | detail |
| --- | --- | --- | --- |
| −1.2 % | ✗ disagrees | keep 0.9 | measured 0.4441 ± 0.0009 in keep 0.9 |
| −0.4 % | ? inconclusive | keep 0.7 | measured 0.4441 ± 0.0009 in keep 0.7 |
| +0.02 % | ✓ agrees | keep 0.5 | measured 0.4441 ± 0.0009 in keep 0.5 |
`);
  });

  it("folds all but twenty cells away", () => {
    const { document, texts } = rendered(checkMarkdown(reportOf(cells(50, "agrees"))));
    expect(texts("summary")).toEqual(["30 more rows"]);
    expect(texts("details td:nth-child(3)")).toHaveLength(30);
    expect(document.querySelectorAll("table")).toHaveLength(2);
  });

  it("stays within the MiB that GitHub takes, and counts the cells that it leaves out", () => {
    const text = checkMarkdown(reportOf(cells(20_000, "agrees")));
    expect(new TextEncoder().encode(text).length).toBeLessThan(2 ** 19);
    expect(text).toMatch(/\n… and 19,000 more scenarios\n$/);
  });

  it("stays within it with long explanations of each layer, too", () => {
    const failing = cells(1000, "disagrees").map((cell) => ({
      ...cell,
      notes: [`${cell.name} explained `.repeat(200)],
    }));
    const text = checkMarkdown(reportOf(failing));
    expect(new TextEncoder().encode(text).length).toBeLessThan(2 ** 20);
    const [, more = ""] = /\n… and (\d+) more scenarios\n$/.exec(text) ?? [];
    const shown = text.split("\n").filter((line) => line.includes("✗ disagrees")).length;
    expect(shown + Number(more)).toBe(1000);
    expect(Number(more)).toBeGreaterThan(500);
  });

  test.prop([ANY_REPORT])("shows any text as it is, on one line", (report) => {
    const { document, texts } = rendered(checkMarkdown(report));
    const details = texts("tbody tr td:nth-child(4)");
    const found = texts("tbody tr td:nth-child(3)").map((name, row) => [name, details[row]]);
    const given = report.cells.map(({ name, detail }) => [onOneLine(name), onOneLine(detail)]);
    expect(found.sort()).toEqual(given.sort());
    expect(texts("h2 + ul > li")).toEqual(report.notes.map(onOneLine));
    expect(document.querySelectorAll("td *, li *")).toHaveLength(0);
  });
});
