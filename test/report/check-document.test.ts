import { test } from "@fast-check/vitest";
import stringWidth from "fast-string-width";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/experiment/check.ts";
import { checkDocument, checkSummary } from "../../src/report/check-document.ts";
import { PLAIN } from "../../src/report/phrase.ts";
import { terminalText } from "../../src/report/terminal.ts";
import { ANY_REPORT, cell, cells, LAYERS, ONE_OF_EACH, reportOf, SWAPPED } from "./check-reports.ts";

/** A check as a terminal shows it. */
function checkTable(report: CheckReport, paint = PLAIN): Promise<string> {
  return terminalText(checkDocument(report), { width: 100, paint });
}

/** What is written on standard error at the end of a check. */
function summaryText(report: CheckReport): Promise<string> {
  return terminalText(checkSummary(report), { width: 100, paint: PLAIN });
}

function lines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

/** The first paragraph on one line. */
function conclusionOf(text: string): string {
  return (text.split("\n\n")[0] ?? "").trimEnd().replaceAll("\n  ", " ");
}

describe("a check in a terminal", () => {
  it("has the verdict first, then the notes, and the cells with the worst first and their details below", async () => {
    expect(await checkTable(ONE_OF_EACH)).toBe(
      [
        "  ✗ 3 scenarios: 1 disagrees, 1 inconclusive, 1 agrees (tolerance 0.5 %, error rate 10⁻⁶ overall)\n",
        "\n",
        "  - 2 cells of the baseline are missing\n",
        "\n",
        "  deviation  verdict         scenario\n",
        "     −1.2 %  ✗ disagrees     keep 0.9\n",
        "      measured 0.4441 ± 0.0009 in keep 0.9\n",
        "     −0.4 %  ? inconclusive  keep 0.7\n",
        "      measured 0.4441 ± 0.0009 in keep 0.7\n",
        "    +0.02 %  ✓ agrees        keep 0.5\n",
        "      measured 0.4441 ± 0.0009 in keep 0.5\n",
      ].join(""),
    );
  });

  it.each([
    [reportOf(cells(30, "agrees")), "✓ all 30 scenarios agree within 0.5 % (error rate 10⁻⁶ overall)"],
    [reportOf(cells(1, "agrees")), "✓ agrees with theory within 0.5 % (error rate 10⁻⁶)"],
    [
      reportOf(cells(1, "disagrees")),
      "✗ disagrees with theory: Δ is 0.1 % too high (tolerance 0.5 %, error rate 10⁻⁶)",
    ],
    [reportOf(cells(1, "inconclusive")), "? inconclusive: too imprecise for a tolerance of 0.5 % (error rate 10⁻⁶)"],
    [
      { ...reportOf([]), whole: "inconclusive" as const },
      "? 0 scenarios; the check as a whole is inconclusive (error rate 10⁻⁶ overall)",
    ],
    [
      { ...reportOf(cells(2, "agrees")), whole: "inconclusive" as const },
      "? 2 scenarios: 2 agree; the check as a whole is inconclusive (tolerance 0.5 %, error rate 10⁻⁶ overall)",
    ],
  ])("begins with the verdict on all (%#)", async (report, verdict) => {
    expect(conclusionOf(await checkTable(report))).toBe(`  ${verdict}`);
  });

  it("shows twenty cells and counts the others", async () => {
    const all = lines(await checkTable(reportOf([...cells(21, "agrees"), cell("bad", "disagrees", null)])));
    expect(all[3]).toMatch(/^ +– {2}✗ disagrees {2}bad$/);
    expect(all[5]).toContain("agrees 21");
    expect(all.slice(3 + 2 * 20)).toEqual(["  … and 2 more scenarios"]);
    expect(lines(await checkTable(reportOf(cells(21, "agrees")))).at(-1)).toBe("  … and 1 more scenario");
  });

  it("has the diagnosis of a layer below its row, agreeing layers without details, and common notes once", async () => {
    expect(await checkTable(LAYERS)).toBe(
      [
        "  ✗ 2 layers: 1 disagrees, 1 agrees (tolerance 0.5 %, error rate 10⁻⁶ overall)\n",
        "\n",
        "  - each layer: rows are few\n",
        "\n",
        "  deviation  verdict      layer       Δ measured  Δ theory\n",
        "     +130 %  ✗ disagrees  bn2    0.7000 ± 0.0050       0.3\n",
        "      Var_train 1.4286 (theory 3.3333), Var_test 1 (theory 1), from 64 mini-batches\n",
        "      looks as if keep and drop were swapped\n",
        "      or fits if keep ≈ 0.7\n",
        "      log more\n",
        "        0 %  ✓ agrees     bn1    0.7000 ± 0.0050       0.7\n",
      ].join(""),
    );
  });

  it("shows a single cell as facts", async () => {
    expect(await checkTable(reportOf([SWAPPED]))).toBe(
      [
        "  ✗ disagrees with theory: Δ is 130 % too high (tolerance 0.5 %, error rate 10⁻⁶)\n",
        "\n",
        "  scenario     bn2\n",
        "  measured     Δ = 0.7000 ± 0.0050, Var_train 1.4286, Var_test 1, from 64 mini-batches\n",
        "  theory       Δ = 0.3, Var_train 3.3333, Var_test 1\n",
        "  deviation    +130 %, tolerance 0.5 %\n",
        "  diagnosis    looks as if keep and drop were swapped\n",
        "  or           fits if keep ≈ 0.7\n",
        "  note         rows are few\n",
      ].join(""),
    );
  });

  it("names no error rate where no measurement has an error, and no tolerance where there are several", async () => {
    const measured = SWAPPED.measured && { ...SWAPPED.measured, standardError: null, interval: null };
    const without = { ...SWAPPED, measured };
    expect(lines(await checkTable(reportOf([without])))[0]).toMatch(/too high \(tolerance 0\.5 %\)$/);
    const others = reportOf([cell("a", "disagrees"), { ...cell("b", "disagrees"), tolerance: 0.1 }]);
    expect(lines(await checkTable(others))[0]).toMatch(/disagree \(error rate 10⁻⁶ overall\)$/);
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
    expect(conclusionOf(text)).toMatch(/^ {2}<bad>✗ 3 scenarios.*<\/bad>$/);
  });

  test.prop([ANY_REPORT])("no text in it steers the terminal or makes a line too long", async (report) => {
    const text = await checkTable(report);
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    for (const line of lines(text)) expect(stringWidth(line)).toBeLessThanOrEqual(100);
  });
});

describe("the summary of a check", () => {
  it("is the verdict alone where all agree", async () => {
    expect(await summaryText(reportOf(cells(30, "agrees")))).toBe(
      "  ✓ all 30 scenarios agree within 0.5 % (error rate 10⁻⁶ overall)\n",
    );
    expect(lines(await summaryText(reportOf(cells(1, "agrees"))))).toHaveLength(1);
  });

  it("has the cells that do not agree, with their diagnosis, and the notes on the whole", async () => {
    const text = await summaryText(reportOf([...cells(11, "agrees"), SWAPPED], ["2 cells are missing"]));
    expect(lines(text)[0]).toMatch(/✗ 12 scenarios: 1 disagrees, 11 agree/);
    for (const part of ["- 2 cells are missing", "bn2", "keep and drop were swapped", "rows are few"])
      expect(text).toContain(part);
    expect(text).not.toContain("agrees 1");
  });

  it("shows ten cells and counts the others", async () => {
    const text = await summaryText(reportOf(cells(13, "disagrees")));
    expect(text.match(/^ +\+\S+ % {2}✗ disagrees/gm)).toHaveLength(10);
    expect(lines(text).at(-1)).toBe("  … and 3 more scenarios");
  });

  it("has a cell that agrees in its ratio and not in its variances", async () => {
    const [agreeing] = LAYERS.cells;
    const differing = { ...SWAPPED, ...({ verdict: "agrees", deviation: 0 } as const) };
    const text = await summaryText(reportOf([differing]));
    expect(lines(text)[0]).toMatch(/✓ agrees with theory within 0\.5 %, although the variances differ/);
    expect(text).toContain("keep and drop were swapped");
    expect(await summaryText(reportOf(agreeing === undefined ? [] : [agreeing, differing]))).toContain("bn2");
  });
});
