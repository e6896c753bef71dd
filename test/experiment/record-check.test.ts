import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { recordCheckSource } from "../../src/experiment/compile-record-check.ts";

it("what checks records was compiled from the schema as it is now; npm run build:record-check compiles it anew", () => {
  expect(readFileSync("src/experiment/record-check.ts", "utf8") === recordCheckSource()).toBe(true);
});

it("holds no compiler and no words", () => {
  expect(recordCheckSource()).not.toMatch(/\brequire\(|\bdescription\b|ajv\/dist\/(?!2020\.js)/);
});
