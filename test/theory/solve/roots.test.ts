import fc from "fast-check";
import { expect, test } from "vitest";
import { activationMoments } from "../../../src/theory/activation.ts";
import type { Layer } from "../../../src/theory/layer-steps.ts";
import { noiseTheory } from "../../../src/theory/noise-theory.ts";
import { neededAlignment } from "../../../src/theory/solve/alignment.ts";
import { roots } from "../../../src/theory/solve/roots.ts";
import { strongestNoise } from "../../../src/theory/solve/strength.ts";
import { type DeclaredSetting, type WrongInputKind, wrongInputs } from "../../../src/theory/wrong-inputs.ts";
import { between } from "../arbitrary.ts";

const LIMITS = { keep: 1e-4, width: 1e6 };

const inputOf = (setting: DeclaredSetting, kind: WrongInputKind) => {
  const found = wrongInputs(setting).find((input) => input.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
};

const settingWith = (mean: number, correlation: number, layer: Layer): DeclaredSetting => ({
  noise: { kind: "bernoulli", keepProbability: 0.5 },
  activation: { kind: "normal", mean, variance: 1, correlation },
  layer,
});

test("the keep of a wanted ratio is that of the closed form", () => {
  const property = fc.property(between(0.02, 0.98), between(-2, 2), (shift, mean) => {
    const setting = settingWith(mean, 0, { kind: "none" });
    const found = roots(inputOf(setting, "wrong-strength"), "shift", shift);
    const { keep } = strongestNoise({ ...setting, shift, layer: { kind: "none" }, limits: LIMITS });
    expect(found).toHaveLength(1);
    // Δ rises at least half as fast as keep does: a rounding of Δ is a few of keep.
    expect(Math.abs(found[0] - keep)).toBeLessThan(1e-13);
  });
  fc.assert(property, { numRuns: 100 });
});

test("the alignment of a wanted ratio is that of the closed form", () => {
  const property = fc.property(between(0.5, 60), between(0.05, 0.9), (alignment, rho) => {
    const layer = { kind: "aligned", alignment: 3, width: 64 } as const;
    const setting = settingWith(0.5, rho, layer);
    const input = activationMoments(setting.activation);
    const { shift } = noiseTheory({ noise: setting.noise, input, layer: { ...layer, alignment } });
    const closed = neededAlignment({ ...setting, shift, layer, limits: LIMITS });
    const [found] = roots(inputOf(setting, "wrong-alignment"), "shift", shift);
    expect(Math.abs(found / closed - 1)).toBeLessThan(1e-10);
  });
  fc.assert(property, { numRuns: 100 });
});

test("the mean and the correlation of a wanted ratio, worked by hand", () => {
  // Δ = 1/(1 + σ²(1 + c²)): with σ² = 1 and Δ = 1/6 that is c² = 4. The sign is the declared one.
  expect(roots(inputOf(settingWith(0.1, 0, { kind: "none" }), "wrong-mean"), "shift", 1 / 6)[0]).toBeCloseTo(2, 12);
  expect(roots(inputOf(settingWith(-0.1, 0, { kind: "none" }), "wrong-mean"), "shift", 1 / 6)[0]).toBeCloseTo(-2, 12);
  // Eq. 12 at c = 0, σ² = 1, a = 8: (1 + 7ρ)/(2 + 7ρ) = 3.8/4.8 is ρ = 0.4.
  const aligned = settingWith(0, 0.1, { kind: "aligned", alignment: 8, width: 64 });
  expect(roots(inputOf(aligned, "wrong-rho"), "shift", 3.8 / 4.8)).toEqual([expect.closeTo(0.4, 12)]);
});

test("what is out of reach, or does not depend on the parameter, has no root", () => {
  const plain = settingWith(0, 0, { kind: "none" });
  expect(roots(inputOf(plain, "wrong-mean"), "shift", 0.6)).toEqual([]);
  expect(roots(inputOf(plain, "wrong-scale"), "shift", 0.5)).toEqual([]);
  expect(roots(inputOf(plain, "wrong-strength"), "shift", 1.2)).toEqual([]);
  expect(roots(inputOf(plain, "wrong-strength"), "shift", 1)).toEqual([1]);
});
