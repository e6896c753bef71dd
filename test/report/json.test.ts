import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { json, ndjson } from "../../src/report/json.ts";

/** As JSON has them: −0 is written "0". */
const VALUE = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

describe("json", () => {
  test.prop([VALUE])("gives the value back, and ends the line", (value) => {
    expect(JSON.parse(json(value))).toEqual(value);
    expect(json(value)).toMatch(/[^\n]\n$/);
  });
});

describe("ndjson", () => {
  test.prop([fc.array(VALUE)])("has one line a value, whatever the value holds", (values) => {
    const lines = ndjson(values).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => JSON.parse(line))).toEqual(values);
  });
});
