import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { recordCheckSource } from "../../src/experiment/compile-record-check.ts";
import { isRecord } from "../../src/experiment/record-check.ts";
import { recordSchema } from "../../src/experiment/record-schema.ts";
import { RECORDS } from "./records-of-all-kinds.ts";

it("what checks records was compiled from the schema as it is now; npm run build:record-check compiles it anew", () => {
  expect(readFileSync("src/experiment/record-check.ts", "utf8") === recordCheckSource()).toBe(true);
});

it("holds no compiler and no words", () => {
  expect(recordCheckSource()).not.toMatch(/\brequire\(|\bdescription\b|ajv\/dist\/(?!2020\.js)/);
});

describe("says of each damaged value what the published schema says of it first", () => {
  const bySchema = new Ajv2020({ strict: true }).compile(recordSchema());
  const firstOf = (check: ValidateFunction, value: unknown) => {
    const [error] = check(value) ? [] : (check.errors ?? []);
    return error && [error.instancePath, error.message, error.params];
  };

  it.each(Object.keys(RECORDS))("%s", (name) => {
    const record = RECORDS[name];
    let refused = 0;
    for (const path of pathsIn(record)) {
      for (const value of [null, undefined, 0, -1, 0.5, 1e300, "", "file:x", "0".repeat(64), true, [], [1, 2], {}]) {
        const damaged = structuredClone(record);
        const inside = path.slice(0, -1).reduce((part, key) => part[key] as Part, damaged as unknown as Part);
        const key = path.at(-1) ?? "";
        if (value === undefined) delete inside[key];
        else inside[key] = value;
        const said = firstOf(isRecord, damaged);
        expect(said, `${path.join(".")} ${JSON.stringify(value)}`).toEqual(firstOf(bySchema, damaged));
        if (said !== undefined) refused++;
      }
    }
    // Both refuse most of it.
    expect(refused).toBeGreaterThan(500);
  });
});

type Part = Record<string, unknown>;

/** The keys that lead to each value within a value. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => [[key], ...pathsIn(one).map((path) => [key, ...path])]);
}
