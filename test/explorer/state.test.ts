import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { scenarioOf } from "../../src/explorer/engine.ts";
import { firstState } from "../../src/explorer/first-state.ts";
import { PRESETS } from "../../src/explorer/presets.ts";
import {
  hashOf,
  layerOf,
  networkOf,
  pointOf,
  stackOf,
  stateOf,
  stateOfPreset,
  withField,
} from "../../src/explorer/state.ts";
import type { ScenarioInput } from "../../src/index.ts";
import { refusal } from "../refusal.ts";

const FIRST = firstState();

describe("the first state", () => {
  it("is the command that everybody types first", () => {
    expect(FIRST).toEqual({
      ...{ noise: "bernoulli", keep: "0.5", activation: "normal", mean: "0", rho: "0", layer: "none", width: "512" },
      ...{ depth: "8", network: "input(128) repeat(3, linear(128) bn relu dropout(0.5)) linear(10)" },
    });
  });

  it("has fields as they are given, and the strength as a keep probability", () => {
    const { keep, ...state } = firstState({
      noise: "uout",
      beta: 0.1,
      momentum: 0.2,
      layer: "linear",
      weightMean: 0.5,
    });
    const { keep: _, ...first } = FIRST;
    expect(state).toEqual({ ...first, noise: "uout", momentum: "0.2", layer: "linear", weightMean: "0.5" });
    expect(Number(keep)).toBeCloseTo(1 / (1 + 0.01 / 3), 12);
  });

  it("has a mean that the input may have, and no strength where the noise has none", () => {
    expect(firstState({ activation: "lognormal" }).mean).toBe("1");
    expect(firstState({ noise: "none" })).not.toHaveProperty("keep");
  });

  it("has the stack and the network next to the layer", () => {
    const network = "input(8) repeat(2, linear(8) bn)";
    expect(firstState({ depth: 3, network, keep: 0.4 })).toEqual({ ...FIRST, keep: "0.4", depth: "3", network });
    expect(firstState({ network: ["input(8)", "dropout($q)", "bn"], variables: "q=0.2" }).network).toBe(
      "input(8) dropout(0.2) bn",
    );
  });

  it.each<readonly [ScenarioInput, string]>([
    [{ keep: 2 }, "keep"],
    [{ noise: "dropconnect" }, "noise"],
    [{ network: "input(4) x" }, "network"],
    [{ variables: "q=1" }, "variables"],
  ])("refuses %o", async (given, field) => {
    expect(await refusal(() => firstState(given))).toMatchObject({ field });
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
    const { depth, network, ...fields } = FIRST;
    expect(layerOf(FIRST)).toEqual({ command: "simulate", fields });
    const linear = withField(FIRST, "layer", "linear");
    expect(layerOf(linear).fields).toEqual({ ...fields, layer: "linear", alignment: "1" });
    expect(layerOf({ ...linear, layer: "none", nonlinearity: "gelu", noiseInTest: "on" }).fields).toEqual(fields);
    expect(stackOf({ ...FIRST, nonlinearity: "gelu", noiseInTest: "on" })).toEqual({
      command: "stack",
      fields: { noise: "bernoulli", keep: "0.5", width: "128", depth, nonlinearity: "gelu", noiseInTest: "on" },
    });
    const shared = { seed: "a", preset: "keras", batchSize: "64", statistics: "reestimated" };
    expect(networkOf({ ...FIRST, ...shared })).toEqual({ command: "simulate", fields: { ...shared, network } });
    expect(networkOf({ ...FIRST, statistics: "corrected" }).fields).toEqual({ network });
  });

  it("of another noise has what that noise has", () => {
    const state = { ...FIRST, noise: "spatial", channelSize: "4" };
    expect(stackOf(state, { noise: "uout", beta: "0.1" }).fields).toEqual({
      ...{ noise: "uout", beta: "0.1", width: "128", depth: "8" },
    });
  });

  it("of a point has its samples instead of any other end", () => {
    const { fields } = pointOf({ ...FIRST, precision: "0.1", batches: "9" }, { keep: "0.1" }, 512);
    expect(fields).toMatchObject({ keep: "0.1", samples: "512" });
    expect(fields).not.toHaveProperty("precision");
    expect(fields).not.toHaveProperty("batches");
  });
});

describe("a control that moves", () => {
  it("takes along what follows from it", () => {
    const state = { ...FIRST, layer: "linear", alignment: "64", weightMean: "1" };
    expect(withField(state, "width", "16").alignment).toBe("16");
    expect(withField(state, "alignment", "2")).not.toHaveProperty("weightMean");
    expect(withField({ ...FIRST, weights: "he" }, "layer", "linear")).not.toHaveProperty("alignment");
    expect(withField(FIRST, "noise", "uout", { lowestKeep: 0.75 }).keep).toBe("0.75");
    expect(withField(FIRST, "keep", "0.3", { lowestKeep: 0.75 }).keep).toBe("0.75");
    expect(withField(FIRST, "activation", "lognormal", { mean: "1" }).mean).toBe("1");
  });

  it("leaves behind what only the noise before had", () => {
    const spatial = { ...FIRST, noise: "spatial", channelSize: "4", scaling: "classic" };
    expect(withField(spatial, "noise", "gaussian")).toEqual({ ...FIRST, noise: "gaussian" });
    const none = withField(FIRST, "noise", "none", { isStill: true });
    expect(none).not.toHaveProperty("keep");
    expect(withField(none, "noise", "bernoulli")).toEqual(FIRST);
  });
});

describe("a statement", () => {
  const CONFUSED = {
    noise: "spatial",
    channelSize: "4",
    layer: "linear",
    weights: "he",
    network: "input(4) bn",
    depth: "2",
  };

  it.each(PRESETS)("“$name” can be measured, whatever the state and the first one were", ({ change }) => {
    const state = stateOfPreset(CONFUSED, { ...FIRST, ...CONFUSED }, change);
    expect(state).toMatchObject({ ...change, network: "input(4) bn", depth: "2" });
    expect(() => scenarioOf(layerOf(state))).not.toThrow();
    expect(() => scenarioOf(stackOf(state))).not.toThrow();
  });
});
