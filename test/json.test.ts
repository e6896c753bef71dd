import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../src/errors.ts";
import { parseJson } from "../src/json.ts";

const PLACE = { field: "a.json", hint: "write it again" };
const parsed = (text: string) => parseJson(text, PLACE);

describe("JSON from outside", () => {
  property.prop([fc.json({ maxDepth: 5 }), fc.constantFrom(0, 2)])(
    "is the value that JSON.parse gives",
    (text, space) => {
      const laidOut = JSON.stringify(JSON.parse(text), null, space);
      expect(parsed(laidOut)).toEqual(JSON.parse(text));
    },
  );

  property.prop([fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })])(
    "may have any text as a key, and has none more than once",
    (key, other) => {
      const [one, two] = [JSON.stringify(key), JSON.stringify(other)];
      expect(parsed(`{${one}: {${two}: ${two}}, "": [{${one}: ":"}]}`.replace('"":', '"\\u0000":'))).toBeDefined();
      expect(() => parsed(`{${one}: 1 ,\t${one}\r\n : 2}`)).toThrow("more than once");
    },
  );

  it.each([
    ['{"a":1,"a":1}', "a"],
    ['{"a":1,"\\u0061":2}', "a"],
    ['{"x":{"width":1},"scenario":{"width":1,"b":"width","width":2}}', "scenario.width"],
    ['[{"a":1},{"a":1},[0,{"b":[{"c":1,"d":2,"c":3}]}]]', "[2][1].b[0].c"],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['{"":1,"":2}', '""'],
    ['{"a b":{"\\"":1,"\\"":2}}', '"a b"."\\""'],
    ['{"\\\\":"\\\\","\\\\":"\\\\\\""}', '"\\\\"'],
    ['{"a":"{\\"a\\":1,\\"a\\":2}","b":[],"b":{}}', "b"],
  ])("%s is refused for a key that is there more than once", (text, path) => {
    expect(() => parsed(text)).toThrow(new VshiftError({ ...refusal, problem: `has the key ${path} more than once` }));
  });

  const refusal = { code: "invalid-file", ...PLACE } as const;

  it.each(['{"a":{"b":1},"b":{"a":1}}', '[{"a":1},{"a":1}]', '{"a":"a\\":","b":"\\\\"}', '["a:","a","a"]', '":"'])(
    "%s has no key more than once",
    (text) => {
      expect(parsed(text)).toEqual(JSON.parse(text));
    },
  );

  it("makes __proto__ a key like any other", () => {
    const value = parsed('{"__proto__":{"polluted":true}}') as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect("polluted" in {}).toBe(false);
  });

  it.each([
    ["lists", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("may have 100 %s within each other, and no more", (_, open, close) => {
    const nested = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    expect(() => parsed(nested(100))).not.toThrow();
    for (const depth of [101, 100_000, 1_000_000]) {
      expect(() => parsed(nested(depth))).toThrow("a.json: is nested deeper than 100 levels; write it again");
    }
  });

  it.each(["", "{", "[1,]", "NaN", "{'a':1}", '{"a":1}{"a":1}', "[".repeat(100_000)])("%.20j is refused", (text) => {
    expect(() => parsed(text)).toThrow(/^a\.json: is not JSON \([^\n]+\); write it again$/);
  });
});
