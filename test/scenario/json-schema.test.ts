import { readFileSync } from "node:fs";
import { test } from "@fast-check/vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { DEFAULTS, type Field, SCENARIO_TABLE } from "../../src/scenario/fields.ts";
import { gridOf } from "../../src/scenario/grid.ts";
import { scenarioSchema, sweepSchema } from "../../src/scenario/json-schema.ts";
import { checkedInput } from "../../src/scenario/validate.ts";

const judge = new Ajv2020({ strict: true }).compile(scenarioSchema());

function isAccepted(input: unknown): boolean {
  try {
    checkedInput(input, SCENARIO_TABLE);
    return true;
  } catch (error) {
    if (error instanceof VshiftError) return false;
    throw error;
  }
}

/** Values in and about a field's domain: its bounds, their neighbours, choices, lengths, and other types. */
function valueNear(field: Field): fc.Arbitrary<unknown> {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, "", "0.5"),
  );
  switch (field.type) {
    case "number": {
      const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = field;
      const bounds = [minimum, exclusiveMinimum, maximum, exclusiveMaximum].filter((bound) => bound !== undefined);
      const about = bounds.flatMap((bound) => [bound, bound * (1 + 2e-16), bound * (1 - 2e-16), bound + 1, bound - 1]);
      return fc.oneof(odd, fc.constantFrom(...about), fc.integer(), fc.double({ min: -2, max: 2 }));
    }
    case "choice":
      return fc.oneof(odd, fc.constantFrom(...field.choices), fc.constantFrom("Bernoulli", "toString", "none "));
    case "text": {
      // One character of two UTF-16 words: a schema counts characters.
      const around = fc.integer({ min: field.maximumLength - 2, max: field.maximumLength + 2 });
      const long = fc.tuple(fc.constantFrom("x", "é", "𝜎"), around).map(([unit, length]) => unit.repeat(length));
      return fc.oneof(
        odd,
        long,
        fc.string({ unit: "binary" }),
        fc.array(fc.oneof(long, fc.string(), odd), { maxLength: 3 }),
      );
    }
  }
}

const NAMED = fc
  .constantFrom(...Object.entries(SCENARIO_TABLE.fields))
  .chain(([name, field]: [string, Field]) => valueNear(field).map((value) => [name, value] as const));

describe("the JSON Schema, read by ajv, and validation accept the same", () => {
  test.prop([NAMED], { numRuns: 2000 })("field by field", ([name, value]) => {
    expect(isAccepted({ [name]: value }), `${name}: ${JSON.stringify(value)}`).toBe(judge({ [name]: value }));
  });

  test.prop([fc.array(NAMED, { maxLength: 4 })])("several fields together", (entries) => {
    const input = Object.fromEntries(entries);
    expect(isAccepted(input)).toBe(judge(input));
  });

  test.prop([fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()))])("anything else", (input) => {
    fc.pre(!(typeof input === "object" && input !== null && "$schema" in input));
    expect(isAccepted(input)).toBe(judge(input));
  });

  it.each(["__proto__", "constructor", "toString", "Keep", "keep "])("the unknown field %j", (name) => {
    const input = JSON.parse(`{ ${JSON.stringify(name)}: 0.5 }`);
    expect(judge(input)).toBe(false);
    expect(isAccepted(input)).toBe(false);
  });
});

it("each default is in its field's domain, and in the schema", () => {
  const defaults = Object.fromEntries(Object.entries(DEFAULTS).filter(([name]) => name in SCENARIO_TABLE.fields));
  expect(judge(defaults)).toBe(true);
  expect(isAccepted(defaults)).toBe(true);
  const properties = scenarioSchema().properties as Readonly<Record<string, { readonly default?: unknown }>>;
  for (const [name, value] of Object.entries(defaults)) expect(properties[name]?.default ?? null, name).toBe(value);
});

it("half of a surrogate pair, which JSON Schema cannot forbid, is no text", () => {
  expect(judge({ seed: "\ud800" })).toBe(true);
  expect(isAccepted({ seed: "\ud800" })).toBe(false);
});

it("a schema that forgot a bound would be found out", () => {
  const { properties, ...rest } = scenarioSchema();
  const lax = new Ajv2020().compile({ ...rest, properties: { ...(properties as object), keep: { type: "number" } } });
  expect(lax({ keep: 0 })).not.toBe(isAccepted({ keep: 0 }));
});

it("the published type of each field has its description", () => {
  const properties = scenarioSchema().properties as Readonly<Record<string, { readonly description?: string }>>;
  for (const [name, { about }] of Object.entries(SCENARIO_TABLE.fields))
    expect(properties[name]?.description).toBe(about);
  expect(readFileSync("package.json", "utf8")).toContain('"./schema/scenario.json"');
});

it("a network is a text or a list of layers", () => {
  for (const network of ["input(8) bn", ["input(8)", "bn"], null]) expect(judge({ network })).toBe(true);
  for (const network of [[], [["input(8)", "bn"]], 3, [3]]) expect(judge({ network })).toBe(false);
});

describe("the schema of a sweep's configuration", () => {
  const isSweep = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(sweepSchema());

  it.each([
    { keep: 0.5 },
    { keep: [0.1, 0.5], width: "16..4096*2", zip: [["keep", "rho"]], rho: [0, 0.2] },
    { keep: "0.1:0.9:0.1,0.95", noise: ["bernoulli", "gaussian"], seed: ["a", "b, c"] },
    { noise: "bernoulli,gaussian", layer: "linear", alignment: ["1", "2:8:2"] },
    { network: "input(8) dropout($p) bn", variables: "p=0.1:0.9:0.1" },
    { network: ["input(8)", "dropout($p)", "bn"], variables: ["p=0.1", "p=0.2"] },
    { network: [["input(8)", "bn"], "input(8) relu bn"] },
  ])("accepts what a grid is made of: %j", ({ zip, ...input }: Record<string, unknown>) => {
    expect(isSweep({ ...input, ...(zip === undefined ? {} : { zip }) })).toBe(true);
    expect(gridOf(input, zip as string[][]).size).toBeGreaterThan(0);
  });

  it.each([
    { kep: 0.5 },
    { keep: 2 },
    { keep: [] },
    { keep: [2] },
    { zip: ["keep"] },
    { keep: "" },
    { network: [3] },
    { network: [[]] },
  ])("refuses %j", (input) => {
    expect(isSweep(input)).toBe(false);
  });
});
