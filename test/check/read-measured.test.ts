import { describe, expect, test } from "vitest";
import { readMeasured } from "../../src/check/read-measured.ts";

const MEASURED = { trainVariances: [2.5, 1e-3], testVariances: [1, 0], pairing: "paired" };

test.each([
  ["CSV", "trainVariance,testVariance\n2.5,1\n1e-3,0\n"],
  ["its columns in another order, among others", "batch,testVariance,note,trainVariance\n0,1,x,2.5\n1,0,,0.001"],
  ["semicolons, spaces and CRLF", "trainVariance; testVariance\r\n2.5; 1\r\n0.001; 0\r\n"],
  ["tabs and quotes", '"trainVariance"\t"testVariance"\n"2.5"\t1\n0.001\t0\n'],
  ["a byte order mark and empty lines", "\uFEFFtrainVariance,testVariance\n\n2.5,1\n\n1e-3,0\n\n"],
  ["NDJSON", '{"trainVariance":2.5,"testVariance":1}\n{"testVariance":0,"trainVariance":0.001,"epoch":2}\n'],
  [
    "NDJSON with a mark and empty lines",
    '\uFEFF\n{"trainVariance":2.5,"testVariance":1}\r\n\r\n{"trainVariance":1e-3,"testVariance":0}',
  ],
])("reads %s", async (_, text) => {
  expect(await readMeasured(text, "x")).toEqual(MEASURED);
});

describe("errors name the line", () => {
  test.each([
    ["x:1", "has no columns trainVariance; its first line is train, test", "train,test\n1,2\n3,4\n"],
    ["x:1", "has 2 columns testVariance", "trainVariance,testVariance,testVariance\n1,2,3\n"],
    ["x:3", 'has the testVariance "no", which is no variance', "trainVariance,testVariance\n1,2\n3,no\n"],
    ["x:4", 'has the trainVariance "-1"', "trainVariance,testVariance\n1,2\n\n-1,2\n"],
    ["x:2", 'has the trainVariance "1,5"', "trainVariance;testVariance\n1,5;2\n"],
    ["x:2", "has no testVariance", "trainVariance,testVariance\n1,\n"],
    ["x:3", "is not CSV", "trainVariance,testVariance\n1,2\n1,2,3\n"],
    ["x:3", "is not CSV", 'trainVariance,testVariance\n1,"2\n3,4\n'],
    ["x", "holds 0 mini-batches", ""],
    ["x", "holds 1 mini-batches", "trainVariance,testVariance\n1,2\n"],
    ["x:2", "is not JSON", '{"trainVariance":1,"testVariance":1}\n{"trainVariance":1,\n'],
    ["x:2", "is JSON, but not an object", '{"trainVariance":1,"testVariance":1}\n[1,2]\n'],
    ["x:1", "has no testVariance", '{"trainVariance":1}\n'],
    ["x:1", "has the trainVariance true", '{"trainVariance":true,"testVariance":1}\n'],
    ["x:1", "has no trainVariance", '{"trainVariance":null,"testVariance":1}\n'],
  ])("%s %s", async (field, problem, text) => {
    await expect(readMeasured(text, "x")).rejects.toMatchObject({
      name: "VshiftError",
      code: "invalid-file",
      field,
      problem: expect.stringContaining(problem),
    });
  });
});
