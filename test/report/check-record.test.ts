import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { CheckReport } from "../../src/experiment/check.ts";
import { type CheckRecord, checkLines, checkRecord, checkRow } from "../../src/report/check-record.ts";
import { checkSchema } from "../../src/report/check-schema.ts";
import { cells, LAYERS, ONE_OF_EACH, reportOf, SWAPPED } from "./check-reports.ts";

const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(checkSchema());

/** As a program reads it. */
function read<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

describe("a check as JSON", () => {
  const reports: readonly CheckReport[] = [
    reportOf([]),
    ONE_OF_EACH,
    LAYERS,
    { ...reportOf(cells(2, "agrees")), whole: "inconclusive" },
  ];

  it.each(reports)("is of its schema, as a whole and line by line (%#)", (report) => {
    for (const value of [checkRecord(report), ...checkLines(report)]) {
      isValid(read(value));
      expect(isValid.errors).toBeNull();
    }
  });

  it("has the verdict on the whole, and counts those on the cells", () => {
    const { cells: found, ...summary } = checkRecord(ONE_OF_EACH);
    expect(summary).toEqual({
      schema: "vshift.check/1",
      verdict: "disagrees",
      alpha: 1e-6,
      counts: { agrees: 1, disagrees: 1, inconclusive: 1 },
      notes: ["2 cells of the baseline are missing"],
    });
    expect(found.map(({ name }) => name)).toEqual(["keep 0.5", "keep 0.7", "keep 0.9"]);
  });

  it("in lines is its cells in their order, and last the same without cells", () => {
    const { cells: found, ...summary } = checkRecord(LAYERS);
    expect(checkLines(LAYERS)).toEqual([...found, summary]);
  });
});

describe("the schema refuses", () => {
  type Json = Record<string, unknown>;

  it.each<[string, (whole: CheckRecord & Json) => unknown]>([
    ["another version", (whole) => ({ ...whole, schema: "vshift.check/2" })],
    ["a verdict that there is not", (whole) => ({ ...whole, verdict: "maybe" })],
    ["a whole that has no counts", ({ counts, ...whole }) => whole],
    ["an unknown key", (whole) => ({ ...whole, extra: 1 })],
    ["an alpha of 0", (whole) => ({ ...whole, alpha: 0 })],
    ["a cell without a name", (whole) => changed(whole, { name: "" })],
    ["a cell of another schema", (whole) => changed(whole, { schema: "vshift.check/1" })],
    ["an id that is no digest", (whole) => changed(whole, { id: "keep 0.5" })],
    ["a deviation that is text", (whole) => changed(whole, { deviation: "30 %" })],
    ["a diagnosis that is a sentence alone", (whole) => changed(whole, { diagnosis: ["keep and drop were swapped"] })],
    ["an interval of one end", (whole) => changed(whole, { measured: { ...SWAPPED.measured, interval: [1] } })],
    ["a variance below 0", (whole) => changed(whole, { measured: { ...SWAPPED.measured, trainVariance: -1 } })],
    ["an input without a value", (whole) => changed(whole, { diagnosis: withInputs([{ field: "keep" }]) })],
    ["a list of cells", ({ cells }) => cells],
  ])("%s", (_, broken) => {
    const whole = read(checkRecord(LAYERS)) as CheckRecord & Json;
    expect(isValid(whole)).toBe(true);
    expect(isValid(broken(whole))).toBe(false);
  });

  function changed(whole: CheckRecord, fields: Json): Json {
    return { ...whole, cells: whole.cells.map((cell) => ({ ...cell, ...fields })) };
  }

  function withInputs(inputs: unknown) {
    return SWAPPED.diagnosis.map((each) => ({ ...each, inputs }));
  }
});

it("a row of CSV is flat, begins with the verdict and ends with the text", () => {
  const row = checkRow(SWAPPED);
  expect(Object.keys(row).slice(0, 3)).toEqual(["name", "verdict", "deviation"]);
  expect(Object.keys(row).at(-1)).toBe("detail");
  for (const value of Object.values(row)) expect(typeof value === "object" && value !== null).toBe(false);
  expect(row).toMatchObject({
    "theory.shift": 0.3,
    "measured.shift": 0.7,
    "measured.interval.0": 0.695,
    "measured.interval.1": 0.705,
    diagnosis: "looks as if keep and drop were swapped; fits if keep ≈ 0.7",
  });
});
