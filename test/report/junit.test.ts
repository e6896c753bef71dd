import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "@fast-check/vitest";
import { parse } from "test-results-parser";
import { describe, expect, it } from "vitest";
import { validateXML, type XMLValidationResult } from "xmllint-wasm";
import type { CheckReport } from "../../src/experiment/check.ts";
import { junit } from "../../src/report/junit.ts";
import { verdictsOfCheck } from "../../src/report/verdict-report.ts";
import { ANY_REPORT, cell, cells, LAYERS, ONE_OF_EACH, reportOf, storable } from "./check-reports.ts";

const junitOf = (report: CheckReport) => junit(verdictsOfCheck(report));

const SCHEMA = readFileSync(new URL("./data/junit.xsd", import.meta.url), "utf8");

/** What libxml2's validator has to say of documents, checked against the schema. */
async function complaints(...documents: readonly string[]): Promise<readonly string[]> {
  const xml = documents.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  return messages(await validateXML({ xml, schema: [SCHEMA] }));
}

function messages({ errors }: XMLValidationResult): readonly string[] {
  return errors.map(({ message }) => message);
}

/** The document as test-results-parser, which reads JUnit for other programs, understands it. */
function understood(document: string) {
  const folder = mkdtempSync(join(tmpdir(), "vshift-junit-"));
  try {
    const file = join(folder, "report.xml");
    writeFileSync(file, document);
    return parse({ type: "junit", files: [file] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Texts of a document as libxml2 reads them: names, outcomes and notes; and what its validator has to say. */
async function read(document: string) {
  const result = await validateXML({ xml: document, schema: [SCHEMA], normalization: "c14n" });
  const { normalized } = result;
  // Canonical XML has one spelling of everything, attributes in the order of the alphabet among them.
  const cases = /<testcase classname="[^"]*" name="([^"]*)" time="0"><(failure|error|system-out)[^>]*>([^<]*)</g;
  return {
    complaints: messages(result),
    cells: [...normalized.matchAll(cases)].map(([, name = "", element, detail = ""]) => ({
      name: unescaped(name),
      element,
      detail: unescaped(detail),
    })),
    notes: unescaped(normalized.match(/^ {4}<system-out>([^<]*)</m)?.[1] ?? ""),
  };
}

function unescaped(text: string): string {
  const named: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&" };
  return text.replace(/&(?:#x([0-9A-F]+)|(\w+));/g, (_, code, name) =>
    code === undefined ? (named[name] ?? "") : String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

describe("JUnit XML", () => {
  it("has a testcase for each cell, a failure where it disagrees and an error where it is inconclusive", () => {
    expect(junitOf(ONE_OF_EACH)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="vshift check" tests="3" failures="1" errors="1" time="0">
  <testsuite name="vshift check" tests="3" failures="1" errors="1" time="0">
    <properties><property name="alpha" value="0.000001"/></properties>
    <testcase classname="vshift" name="keep 0.5" time="0"><system-out>measured 0.4441 ± 0.0009 in keep 0.5</system-out></testcase>
    <testcase classname="vshift" name="keep 0.7" time="0"><error type="inconclusive" message="inconclusive, deviation −0.4 %">measured 0.4441 ± 0.0009 in keep 0.7</error></testcase>
    <testcase classname="vshift" name="keep 0.9" time="0"><failure type="disagrees" message="disagrees, deviation −1.2 %">measured 0.4441 ± 0.0009 in keep 0.9</failure></testcase>
    <system-out>2 cells of the baseline are missing</system-out>
  </testsuite>
</testsuites>
`);
  });

  it("is valid whatever the verdicts", async () => {
    const reports = [
      ONE_OF_EACH,
      reportOf([]),
      reportOf(cells(1, "agrees")),
      reportOf([...cells(30, "agrees"), cell("nothing to compare", "inconclusive", null)], ["one", "two"]),
      { ...reportOf(cells(3, "agrees"), ["1 cell is missing"]), whole: "inconclusive" } as const,
    ];
    expect(await complaints(...reports.map(junitOf))).toEqual([]);
  });

  it("is refused by the validator where a count is no number, or a name comes twice", async () => {
    const document = junitOf(ONE_OF_EACH);
    expect(await complaints(document.replace('errors="1"', 'errors="one"'))).not.toEqual([]);
    expect(await complaints(document.replace("keep 0.7", "keep 0.5"))).not.toEqual([]);
    expect(await complaints(document.replace("<properties>", "<properties>&"))).not.toEqual([]);
  });

  // A run of the validator takes a tenth of a second.
  test.prop([ANY_REPORT], { numRuns: 10 })("gives back any text that XML can hold", async (report) => {
    const { complaints, cells, notes } = await read(junitOf(report));
    expect(complaints).toEqual([]);
    const element = { agrees: "system-out", disagrees: "failure", inconclusive: "error" };
    expect(cells.slice(0, report.cells.length)).toEqual(
      report.cells.map(({ name, verdict, detail }) => ({
        name: storable(name),
        element: element[verdict],
        detail: storable(detail),
      })),
    );
    expect(notes).toBe(storable(report.notes.join("\n")));
  });

  it("has a testcase for the whole where no cell has its verdict", () => {
    const report = { ...reportOf(cells(2, "agrees"), ["1 cell is missing"]), whole: "inconclusive" } as const;
    const document = junitOf(report);
    expect(document).toContain('tests="3" failures="0" errors="1"');
    expect(document).toContain(
      '<testcase classname="vshift.check" name="the whole check" time="0"><error type="inconclusive" message="inconclusive">the check as a whole is inconclusive\n1 cell is missing</error></testcase>',
    );
  });
});

describe("the diagnosis of a layer", () => {
  it("is in the failure of that layer, and nowhere else", async () => {
    const document = junitOf(LAYERS);
    const { cells, notes } = await read(document);
    expect(cells).toEqual([
      { name: "bn1", element: "system-out", detail: "Δ = 0.700 ± 0.005 (theory 0.3)\nrows are few" },
      {
        name: "bn2",
        element: "failure",
        detail: [
          "Δ = 0.700 ± 0.005 (theory 0.3)",
          "looks as if keep and drop were swapped",
          "or fits if keep ≈ 0.7",
          "rows are few",
          "log more",
        ].join("\n"),
      },
    ]);
    expect(notes).toBe("");
    expect(understood(document).suites[0]?.cases[1]?.stack_trace).toContain("keep and drop were swapped");
  });
});

describe("another program that reads it", () => {
  it("counts the same failures and errors, and has the same messages", () => {
    const result = understood(junitOf(reportOf([...ONE_OF_EACH.cells, ...cells(4, "agrees")])));
    expect(result).toMatchObject({ name: "vshift check", status: "FAIL", total: 7, passed: 5, failed: 1, errors: 1 });
    expect(result.suites[0]?.cases.map(({ name, status, failure }) => ({ name, status, failure }))).toMatchObject([
      { name: "keep 0.5", status: "PASS" },
      { name: "keep 0.7", status: "FAIL", failure: "inconclusive, deviation −0.4 %" },
      { name: "keep 0.9", status: "FAIL", failure: "disagrees, deviation −1.2 %" },
      ...cells(4, "agrees").map(({ name }) => ({ name, status: "PASS" })),
    ]);
    expect(result.suites[0]?.cases[2]?.stack_trace).toBe("measured 0.4441 ± 0.0009 in keep 0.9");
  });

  it("takes a check for passed only when all of it agrees", () => {
    expect(understood(junitOf(reportOf(cells(3, "agrees")))).status).toBe("PASS");
    expect(understood(junitOf(reportOf([...cells(3, "agrees"), cell("x", "inconclusive")]))).status).toBe("FAIL");
    expect(understood(junitOf({ ...reportOf(cells(3, "agrees")), whole: "inconclusive" })).status).toBe("FAIL");
  });

  it("shows a duration of 0, where it has none without a time", () => {
    const document = junitOf(ONE_OF_EACH);
    expect(understood(document).duration).toBe(0);
    expect(understood(document.replaceAll(' time="0"', "")).duration).toBeNaN();
  });
});
