import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { gridOf } from "../../src/scenario/grid.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { requireVariables, textsOfVariables, variableIn, variablesOf } from "../../src/scenario/variables.ts";

const WHOLE = "input(64) bn dropout($p) linear($k) $f bn";
const VARIABLES = "k=8, f=relu, p=0.30";

describe("a scenario with variables", () => {
  it("has their values in its network, and a note of them in the order of their first use", () => {
    expect(defineScenario({ network: WHOLE, variables: VARIABLES })).toMatchObject({
      network: "input(64) bn dropout(0.3) linear(8) relu bn",
      variables: "p=0.3, k=8, f=relu",
    });
  });

  it("has the identity of the same text without variables", () => {
    const written = defineScenario({ network: "input(64) bn dropout(0.3) linear(8) relu bn" });
    expect(scenarioId(defineScenario({ network: WHOLE, variables: VARIABLES }))).toBe(scenarioId(written));
    expect(defineScenario({ network: WHOLE, variables: "p=0.4, k=8, f=relu" })).not.toEqual(written);
  });

  it("keeps the note where other fields can say its network", () => {
    expect(defineScenario({ network: "input(64) dropout($p) bn", variables: "p=0.3" })).toMatchObject({
      network: null,
      variables: "p=0.3",
      drop: 0.3,
      width: 64,
    });
  });

  it.each<ScenarioInput>([
    { network: WHOLE, variables: VARIABLES },
    { network: WHOLE, variables: VARIABLES, samples: 2048, statistics: "reestimated" },
    { network: "input(64) dropout($p) bn", variables: "p=0.3" },
    { network: "input(64) dropout($p) linear($k, alignment=4) relu bn", variables: "p=0.3, k=3" },
  ])("is defined again from itself: %o", (input) => {
    const scenario = defineScenario(input);
    expect(defineScenario(inputOf(scenario))).toEqual(scenario);
  });

  it("has the network of its layers, where these are a list", () => {
    const network = ["input(64)", "bn dropout($p)", "linear($k)", "$f", "bn"];
    const listed = defineScenario({ network, variables: VARIABLES });
    expect(listed).toEqual(defineScenario({ network: WHOLE, variables: VARIABLES }));
  });

  it("says what each variable stood for", () => {
    const scenario = defineScenario({ network: WHOLE, variables: VARIABLES });
    expect(variablesOf(scenario)).toEqual(["$p", "$k", "$f"]);
    expect(variablesOf(scenario).map((name) => variableIn(scenario, name))).toEqual([0.3, 8, "relu"]);
    expect(variableIn(scenario, "$q")).toBeNull();
    expect(variablesOf(defineScenario())).toEqual([]);
  });
});

describe("in a grid", () => {
  const cells = (input: Parameters<typeof gridOf>[0]) => {
    const grid = gridOf(input);
    return Array.from({ length: grid.size }, (_, index) => grid.cell(index));
  };

  it("lists and ranges of variables make a product, the first slowest", () => {
    expect(textsOfVariables("p=0.1:0.3:0.1, k=16..32*2")).toEqual(
      [0.1, 0.2, 0.3].flatMap((p) => [16, 32].map((k) => `p=${p}, k=${k}`)),
    );
    expect(textsOfVariables("f=relu, tanh, p=.5")).toEqual(["f=relu, p=0.5", "f=tanh, p=0.5"]);
  });

  it("the axis is `variables`, and cells have the note in the order of the text", () => {
    const grid = gridOf({ network: WHOLE, variables: "k=8,16, p=0.1, f=relu" });
    expect(grid.axes.map(({ field, values }) => [field, values.length])).toEqual([["variables", 2]]);
    expect(grid.cell(1).variables).toBe("p=0.1, k=16, f=relu");
  });

  it("texts in a list go value by value", () => {
    const notes = cells({ network: WHOLE, variables: ["p=0.1, k=8, f=relu", "p=0.2, k=16, f=tanh"] }).map(
      ({ variables }) => variables,
    );
    expect(notes).toEqual(["p=0.1, k=8, f=relu", "p=0.2, k=16, f=tanh"]);
  });

  it("a list of layers is one network, and a list of networks is an axis", () => {
    const texts = (network: unknown) => cells({ network } as Parameters<typeof gridOf>[0]).map((cell) => cell.network);
    const [one, other] = ["input(8) bn linear(4) bn", "input(8) bn relu linear(4) bn"];
    expect(texts(["input(8)", "bn", "linear(4)", "bn"])).toEqual([one]);
    expect(texts([one, other])).toEqual([one, other]);
    expect(texts([one, ["input(8)", "bn relu", "linear(4) bn"]])).toEqual([one, other]);
    expect(texts([["input(8)", "bn", "linear(4)", "bn"]])).toEqual([one]);
    expect(() => texts(["bn", ["input(8)", "bn"]])).toThrow("lists layers next to networks");
  });

  it("an error says which values it is of", () => {
    const grid = gridOf({ network: "input(8) dropout($p) bn", variables: "p=0.5,1.5" });
    expect(() => grid.cell(1)).toThrow(
      "dropout($p) with $p = 1.5: a drop rate must be in [0, 1) (at `variables` p=1.5)",
    );
  });
});

test.each([
  ["p=0.1,,0.2", "p=0.1,,0.2 has an empty value between commas"],
  ["p=0.1:0.9", "the range 0.1:0.9 is incomplete"],
  ["p=0.1:0.9:-0.1", "has a step that leads away"],
  ["p=0:1:0.0001, q=0:1:0.0001", "have 10001 × 10001 = 100020001 values, more than 1000000"],
  ["p=a(b), q=1", "p=a(b) is not one number, shape or word"],
])("%s stands for nothing", (text, says) => {
  let error: unknown;
  try {
    textsOfVariables(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(VshiftError);
  expect(error).toMatchObject({ field: "variables" });
  expect((error as Error).message).toContain(says);
});

test("variables need a network that has them", () => {
  expect(() => requireVariables("p=0.3", [])).toThrow("p=0.3 is only for a network as text; add `network`");
  expect(() => requireVariables("p=0.3", ["input(8) bn"])).toThrow("the network has no variable $p");
  expect(() => requireVariables("p=0.3", ["input(8) dropout($p) bn"])).not.toThrow();
});
