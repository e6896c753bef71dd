import { test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { checkTable } from "../../src/report/check-table.ts";
import { PLAIN } from "../../src/report/painter.ts";
import { ANY_REPORT, cell, cells, ONE_OF_EACH, reportOf } from "./check-reports.ts";

function lines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

describe("the table of a check", () => {
  it("has the worst cell first, then the notes, and the verdict as its last line", () => {
    expect(checkTable(ONE_OF_EACH, PLAIN)).toBe(
      [
        "  deviation  verdict         cell\n",
        "     −1.2 %  ✗ disagrees     keep 0.9  measured 0.4441 ± 0.0009 in keep 0.9\n",
        "     −0.4 %  ? inconclusive  keep 0.7  measured 0.4441 ± 0.0009 in keep 0.7\n",
        "     0.02 %  ✓ agrees        keep 0.5  measured 0.4441 ± 0.0009 in keep 0.5\n",
        "\n",
        "  2 cells of the baseline are missing\n",
        "\n",
        "  ✗ 3 cells: 1 disagree, 1 inconclusive, 1 agree (error rate 10⁻⁶ for all of them)\n",
      ].join(""),
    );
  });

  it.each([
    [reportOf(cells(30, "agrees")), "✓ all 30 cells agree within their tolerance (error rate 10⁻⁶ for all of them)"],
    [reportOf(cells(1, "agrees")), "✓ the cell agrees within its tolerance (error rate 10⁻⁶)"],
    [reportOf(cells(1, "disagrees")), "✗ 1 cell: 1 disagree (error rate 10⁻⁶)"],
    [
      { ...reportOf([]), whole: "inconclusive" as const },
      "? 0 cells; the check as a whole is inconclusive (error rate 10⁻⁶ for all of them)",
    ],
    [
      { ...reportOf(cells(2, "agrees")), whole: "inconclusive" as const },
      "? 2 cells: 2 agree; the check as a whole is inconclusive (error rate 10⁻⁶ for all of them)",
    ],
  ])("ends in the verdict on all (%#)", (report, verdict) => {
    expect(lines(checkTable(report, PLAIN)).at(-1)).toBe(`  ${verdict}`);
  });

  it("shows twenty cells and counts the others", () => {
    const all = lines(checkTable(reportOf([...cells(21, "agrees"), cell("bad", "disagrees", null)]), PLAIN));
    expect(all[1]).toMatch(/^ +– {2}✗ disagrees {2}bad /);
    expect(all[2]).toContain("agrees 21");
    expect(all[21]).toBe("  … and 2 cells that are no worse");
    expect(lines(checkTable(reportOf(cells(21, "agrees")), PLAIN))[21]).toBe("  … and 1 cell that is no worse");
  });

  it("keeps the order of cells that are equally far off", () => {
    const names = ["c", "a", "b"].map((name) => cell(name, "agrees"));
    const rows = lines(checkTable(reportOf(names), PLAIN)).slice(1, 4);
    expect(rows.map((row) => row.split("in ")[1])).toEqual(["c", "a", "b"]);
  });

  it("colours each verdict, and the last line as the whole", () => {
    const tags = {
      ...PLAIN,
      bad: (text: string) => `<bad>${text}</bad>`,
      good: (text: string) => `<good>${text}</good>`,
    };
    const text = checkTable(ONE_OF_EACH, tags);
    expect(text).toContain("<good>✓ agrees</good>");
    expect(lines(text).at(-1)).toMatch(/^ {2}<bad>✗ 3 cells.*<\/bad>$/);
  });

  test.prop([ANY_REPORT])("no text in it steers the terminal or breaks a line", (report) => {
    const { cells, notes } = report;
    const text = checkTable(report, PLAIN);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    // Header and a blank line where there are cells, a blank line after notes, the verdict.
    const rows = cells.length === 0 ? 0 : cells.length + 2;
    expect(lines(text)).toHaveLength(rows + (notes.length === 0 ? 0 : notes.length + 1) + 1);
  });
});
