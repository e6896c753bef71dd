import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { json, jsonArrayOf, ndjson } from "../../src/report/json.ts";

/** As JSON has them: −0 is written "0". */
const VALUE = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

describe("json", () => {
  test.prop([VALUE])("gives the value back, and ends the line", (value) => {
    expect(JSON.parse(json(value))).toEqual(value);
    expect(json(value)).toMatch(/[^\n]\n$/);
  });
});

describe("ndjson", () => {
  test.prop([VALUE])("is one line, whatever the value holds", (value) => {
    const lines = ndjson(value).split("\n");
    expect(lines.pop()).toBe("");
    expect(lines.map((line) => JSON.parse(line))).toEqual([value]);
  });
});

describe("jsonArrayOf", () => {
  test.prop([fc.array(VALUE)])("gives the bytes of the whole array, whatever the values hold", async (values) => {
    let text = "";
    for await (const piece of jsonArrayOf(values)) text += piece;
    expect(text).toBe(json(values));
  });
});
