import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { firstState } from "../../src/explorer/first-state.ts";
import { hashOf, layerOf, networkOf, pointOf, stackOf, stateOf, withField } from "../../src/explorer/state.ts";
import { defineScenario } from "../../src/scenario/define.ts";

const FIRST = firstState(defineScenario());

describe("the first state", () => {
  it("is the command that everybody types first", () => {
    expect(FIRST).toEqual({
      ...{ noise: "bernoulli", keep: "0.5", activation: "normal", mean: "0", rho: "0", layer: "none", width: "512" },
      ...{ alignment: "1", depth: "8", network: "input(128) repeat(3, linear(128) bn relu dropout(0.5)) linear(10)" },
    });
  });

  it("has what a scenario has that others have not, and its strength as a keep probability", () => {
    const scenario = defineScenario({ noise: "uout", beta: 0.1, momentum: 0.2, layer: "linear", weightMean: 0.5 });
    const { beta, ...state } = firstState(scenario);
    expect(beta).toBeUndefined();
    expect(state).toMatchObject({ noise: "uout", momentum: "0.2", layer: "linear", weightMean: "0.5" });
    expect(Number(state.keep)).toBeCloseTo(1 / (1 + 0.01 / 3), 12);
  });

  it("has fields that are typed for its other figures", () => {
    expect(firstState(defineScenario(), { depth: "3" }).depth).toBe("3");
    const network = "input(8) repeat(2, linear(8) bn)";
    expect(firstState(defineScenario({ network })).network).toBe(network);
  });
});

describe("an address", () => {
  it("says what is not as at first, and nothing else", () => {
    expect(hashOf(FIRST, FIRST)).toBe("");
    expect(hashOf({ ...FIRST, keep: "0.7", rho: "0.2" }, FIRST)).toBe("keep=0.7&rho=0.2");
    expect(stateOf("#keep=0.7", FIRST)).toEqual({ ...FIRST, keep: "0.7" });
    const { depth: _, ...others } = FIRST;
    expect(hashOf(others, FIRST)).toBe("depth=");
    expect(stateOf("#depth=", FIRST)).toEqual(others);
  });

  test.prop([fc.dictionary(fc.constantFrom(...Object.keys(FIRST), "seed"), fc.string({ minLength: 1 }))])(
    "brings any state back",
    (change) => {
      const state = { ...FIRST, ...change };
      expect(stateOf(`#${hashOf(state, FIRST)}`, FIRST)).toEqual(state);
    },
  );
});

describe("what each figure measures", () => {
  it("leaves out what its network has not", () => {
    const { alignment, depth, network, ...fields } = FIRST;
    expect(layerOf(FIRST)).toEqual({ command: "simulate", fields });
    expect(layerOf(withField(FIRST, "layer", "linear")).fields).toEqual({ ...fields, layer: "linear", alignment });
    expect(stackOf(FIRST)).toEqual({
      command: "stack",
      fields: { noise: "bernoulli", keep: "0.5", width: "128", depth },
    });
    expect(networkOf({ ...FIRST, seed: "a" })).toEqual({ command: "simulate", fields: { seed: "a", network } });
  });

  it("of a point has its samples instead of any other end", () => {
    const { fields } = pointOf({ ...FIRST, precision: "0.1", batches: "9" }, { keep: "0.1" }, 512);
    expect(fields).toMatchObject({ keep: "0.1", samples: "512" });
    expect(fields).not.toHaveProperty("precision");
    expect(fields).not.toHaveProperty("batches");
  });

  it("has no alignment beyond the width, and one spelling of the weights", () => {
    const state = { ...FIRST, layer: "linear", alignment: "64", weightMean: "1" };
    expect(withField(state, "width", "16").alignment).toBe("16");
    expect(withField(state, "alignment", "2")).not.toHaveProperty("weightMean");
  });
});
