import { expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { measure } from "../../src/experiment/measure.ts";
import { stack } from "../../src/index.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { recordColumns } from "../../src/report/columns.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { SAMPLE_RECORDS } from "./sample-records.ts";

const COLUMNS = recordColumns();

const STACK = { width: 8, depth: 2, batches: 8, batchSize: 16 } as const;
const { scenario: OF_FILES, arrays } = scenarioWithArrays(
  { network: "input(4) linear(2, file:w.npy) dropout(0.5) bn", batches: 8, batchSize: 16 },
  { "file:w.npy": { shape: [2, 4], values: [1, 2, 3, 4, 5, 6, 7, 8] } },
);
const RECORDS = [
  ...(await measure(OF_FILES, { executor: createInlineExecutor(createKernel), arrays })),
  ...SAMPLE_RECORDS,
  ...(await stack({ ...STACK, norm: "group", groups: 2 })),
  ...(await stack({ ...STACK, statistics: "reestimated", activation: "relu" })),
  ...(await stack({
    ...{ network: "input(8) dropout(0.3) linear(8) bn relu linear(8)", variables: "p=0.3", noiseInTest: "on" },
    ...{ batches: 8, batchSize: 16 },
  })),
];
/** One with a value wherever there can be a part. */
const WHOLE = RECORDS.find(({ outputs, theory }) => outputs !== null && theory !== null);

/** Every value of a record, by its names, in the record's own order; of a part that is null, all that could be in it. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (value === null) return namesIn(path).map((name) => [name, null]);
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === "" ? name : `${path}.${name}`));
}

/** The names of the values in a part of a whole record. */
function namesIn(path: string): string[] {
  const part = path.split(".").reduce<unknown>((value, name) => Object(value)[name], WHOLE);
  if (typeof part !== "object" || part === null) return [path];
  return leaves(part, path).map(([name]) => name);
}

it.each(RECORDS)("the columns of record %# are all that it holds, in its order", (record) => {
  const cells = COLUMNS.map(({ name, cellOf }) => [name, cellOf(record)]);
  // −0 is 0 in JSON, and in every format.
  expect(cells).toEqual(leaves(record, "").map(([name, value]) => [name, value === 0 ? 0 : value]));
});

it.each(COLUMNS)("$name holds values of its type, and null only where it says when", ({ type, nullWhen, cellOf }) => {
  const cells = RECORDS.map(cellOf);
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
