import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../src/errors.ts";
import { printable } from "../src/printable.ts";

/** What a terminal or a log may obey, or show where it does not stand. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("printable", () => {
  it.each([
    ["a\nb\r\tc", "a\\u000ab\\u000d\\u0009c"],
    ["\u001b[2J\u009b2J\u0000", "\\u001b[2J\\u009b2J\\u0000"],
    ["left\u202eright\u2028", "left\\u202eright\\u2028"],
    ["\u{e0041}\ud800", "\\u{e0041}\\ud800"],
    ["keep 0.5, σ² = 1 🎲 中文", "keep 0.5, σ² = 1 🎲 中文"],
  ])("%j", (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test.prop([fc.string({ unit: "binary" })])("leaves nothing that steers, and is the same when done twice", (text) => {
    const once = printable(text);
    expect(OBEYED.test(once)).toBe(false);
    expect(printable(once)).toBe(once);
  });
});

it("the message of an error is printable, and its parts are as they were given", () => {
  const parts = { code: "invalid-value", field: "a\nb", problem: "is \u001b[31m", hint: "try\n1" } as const;
  const error = new VshiftError(parts);
  expect(error.message).toBe("a\\u000ab: is \\u001b[31m; try\\u000a1");
  expect({ field: error.field, problem: error.problem, hint: error.hint }).toEqual({
    field: parts.field,
    problem: parts.problem,
    hint: parts.hint,
  });
});
