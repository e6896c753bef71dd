import { test } from "@fast-check/vitest";
import stringWidth from "fast-string-width";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/experiment/check.ts";
import { checkDocument } from "../../src/report/check-document.ts";
import { PLAIN } from "../../src/report/phrase.ts";
import { terminalText } from "../../src/report/terminal.ts";
import { ANY_REPORT, cell, cells, ONE_OF_EACH, reportOf } from "./check-reports.ts";

/** A check as a terminal shows it. */
function checkTable(report: CheckReport, paint = PLAIN): Promise<string> {
  return terminalText(checkDocument(report), { width: 100, paint });
}

function lines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

describe("a check in a terminal", () => {
  it("has the verdict first, then the notes, and the cells with the worst first and their details below", async () => {
    expect(await checkTable(ONE_OF_EACH)).toBe(
      [
        "  ✗ 3 cells: 1 disagrees, 1 inconclusive, 1 agrees (error rate 10⁻⁶ for all of them)\n",
        "\n",
        "  - 2 cells of the baseline are missing\n",
        "\n",
        "  deviation  verdict         cell\n",
        "     −1.2 %  ✗ disagrees     keep 0.9\n",
        "      measured 0.4441 ± 0.0009 in keep 0.9\n",
        "     −0.4 %  ? inconclusive  keep 0.7\n",
        "      measured 0.4441 ± 0.0009 in keep 0.7\n",
        "     0.02 %  ✓ agrees        keep 0.5\n",
        "      measured 0.4441 ± 0.0009 in keep 0.5\n",
      ].join(""),
    );
  });

  it.each([
    [reportOf(cells(30, "agrees")), "✓ all 30 cells agree within their tolerance (error rate 10⁻⁶ for all of them)"],
    [reportOf(cells(1, "agrees")), "✓ the cell agrees within its tolerance (error rate 10⁻⁶)"],
    [reportOf(cells(1, "disagrees")), "✗ the cell disagrees (error rate 10⁻⁶)"],
    [reportOf(cells(1, "inconclusive")), "? the cell is inconclusive (error rate 10⁻⁶)"],
    [
      { ...reportOf([]), whole: "inconclusive" as const },
      "? 0 cells; the check as a whole is inconclusive (error rate 10⁻⁶ for all of them)",
    ],
    [
      { ...reportOf(cells(2, "agrees")), whole: "inconclusive" as const },
      "? 2 cells: 2 agree; the check as a whole is inconclusive (error rate 10⁻⁶ for all of them)",
    ],
  ])("begins with the verdict on all (%#)", async (report, verdict) => {
    expect(lines(await checkTable(report))[0]).toBe(`  ${verdict}`);
  });

  it("shows twenty cells and counts the others", async () => {
    const all = lines(await checkTable(reportOf([...cells(21, "agrees"), cell("bad", "disagrees", null)])));
    expect(all[3]).toMatch(/^ +– {2}✗ disagrees {2}bad$/);
    expect(all[5]).toContain("agrees 21");
    expect(all.slice(3 + 2 * 20)).toEqual(["  … and 2 more cells"]);
    expect(lines(await checkTable(reportOf(cells(21, "agrees")))).at(-1)).toBe("  … and 1 more cell");
  });

  it("keeps the order of cells that are equally far off", async () => {
    const names = ["c", "a", "b"].map((name) => cell(name, "agrees"));
    const details = lines(await checkTable(reportOf(names))).filter((line) => line.includes("measured"));
    expect(details.map((row) => row.split("in ")[1])).toEqual(["c", "a", "b"]);
  });

  it("colours each verdict, and the first line as the whole", async () => {
    const tags = {
      ...PLAIN,
      bad: (text: string) => `<bad>${text}</bad>`,
      good: (text: string) => `<good>${text}</good>`,
    };
    const text = await checkTable(ONE_OF_EACH, tags);
    expect(text).toContain("<good>✓ agrees</good>");
    expect(lines(text)[0]).toMatch(/^ {2}<bad>✗ 3 cells.*<\/bad>$/);
  });

  test.prop([ANY_REPORT])("no text in it steers the terminal or makes a line too long", async (report) => {
    const text = await checkTable(report);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    for (const line of lines(text)) expect(stringWidth(line)).toBeLessThanOrEqual(100);
  });
});
