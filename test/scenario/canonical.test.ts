import { createHash } from "node:crypto";
import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { Scenario, ScenarioInput } from "../../src/scenario/scenario.ts";

const SCENARIO = defineScenario({ noise: "uout", layer: "linear", samples: 1000, seed: "∂ → \"'\\" });
const ENTRIES = Object.entries(SCENARIO);
/** Mini-batches are another spelling of samples, and variables and files are notes on the text of a network. */
const COUNTED = ENTRIES.filter(([name]) => !["batches", "variables", "files"].includes(name));

describe("a scenario's id", () => {
  test.prop([fc.shuffledSubarray(ENTRIES, { minLength: ENTRIES.length })])(
    "does not depend on the fields' order",
    (entries) => {
      const shuffled = Object.fromEntries(entries) as unknown as Scenario;
      expect(scenarioId(shuffled)).toBe(scenarioId(SCENARIO));
    },
  );

  it.each(COUNTED)("depends on %s", (name, value) => {
    const changed = { ...SCENARIO, [name]: typeof value === "number" ? value * 2 + 1 : `${value}x` };
    expect(scenarioId(changed)).not.toBe(scenarioId(SCENARIO));
  });

  it("is SHA-256 of its fields as JSON with sorted keys, those that are null left out", () => {
    const given = COUNTED.filter(([, value]) => value !== null);
    expect(given.length).toBeLessThan(COUNTED.length);
    const sorted = Object.fromEntries(given.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const digest = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
    expect(scenarioId(SCENARIO)).toBe(digest);
  });

  // Taken before there were channels, or a scaling to choose: fields that say nothing new change no identity.
  it.each<[ScenarioInput, string]>([
    [{}, "9925c44cc2ae316a"],
    [{ noise: "uout" }, "e617f935321aa944"],
    [{ keep: 0.9, layer: "linear", seed: "x" }, "38cadb5f3c9b7457"],
    [{ scaling: "inverted" }, "9925c44cc2ae316a"],
  ])("is that which %o has always had", (input, id) => {
    expect(scenarioId(defineScenario(input)).slice(0, 16)).toBe(id);
  });

  it("is the same for samples in whole mini-batches and for mini-batches", () => {
    const ids = [{ samples: 1024 }, { batches: 4 }].map((input) => scenarioId(defineScenario(input)));
    expect(ids[1]).toBe(ids[0]);
  });

  it("is the same for keep 0.7 and drop 0.3, and for defaults that are spelled out", () => {
    expect(scenarioId(defineScenario({ drop: 0.3 }))).toBe(scenarioId(defineScenario({ keep: 0.7 })));
    expect(scenarioId(defineScenario({ width: 512, noise: "bernoulli", preset: "torch", momentum: 0.1 }))).toBe(
      scenarioId(defineScenario()),
    );
  });
});
