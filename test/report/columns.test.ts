import { expect, it } from "vitest";
import { recordColumns } from "../../src/report/columns.ts";
import { SAMPLE_RECORDS } from "./sample-records.ts";

const COLUMNS = recordColumns();

/** Every value of a record, by its names, in the record's own order; of an interval that is null, both of its ends. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (path === "measured.interval" && value === null) return [0, 1].map((end) => [`${path}.${end}`, null]);
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === "" ? name : `${path}.${name}`));
}

it.each(SAMPLE_RECORDS)("the columns of record %# are all that it holds, in its order", (record) => {
  const cells = COLUMNS.map(({ name, cellOf }) => [name, cellOf(record)]);
  // −0 is 0 in JSON, and in every format.
  expect(cells).toEqual(leaves(record, "").map(([name, value]) => [name, value === 0 ? 0 : value]));
});

it.each(COLUMNS)("$name holds values of its type, and null only where it says when", ({ type, nullWhen, cellOf }) => {
  const cells = SAMPLE_RECORDS.map(cellOf);
  expect(cells.includes(null)).toBe(nullWhen !== undefined);
  const given = cells.filter((cell) => cell !== null);
  expect(given.length).toBeGreaterThan(0);
  for (const cell of given) {
    expect(typeof cell).toBe(type === "text" ? "string" : "number");
    if (type === "integer") expect(Number.isSafeInteger(cell)).toBe(true);
  }
});

it("−0 is 0", () => {
  const mean = COLUMNS.find(({ name }) => name === "scenario.mean");
  const zeros = SAMPLE_RECORDS.filter(({ scenario }) => Object.is(scenario.mean, -0));
  expect(zeros.map((record) => mean?.cellOf(record))).toEqual([0]);
});
