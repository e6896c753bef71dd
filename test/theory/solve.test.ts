import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { activationMoments } from "../../src/theory/activation.ts";
import { layerTheory } from "../../src/theory/layer-steps.ts";
import { linearShift } from "../../src/theory/linear-shift.ts";
import { relativeVariance } from "../../src/theory/noise.ts";
import { directShift } from "../../src/theory/shift.ts";
import { alignedLayer, expectedAlignment, type PlannedLayer } from "../../src/theory/solve/planned-layer.ts";
import type { Question, Unknown } from "../../src/theory/solve/question.ts";
import { solveShift } from "../../src/theory/solve/solve.ts";
import { activationOf, between } from "./arbitrary.ts";

const HALF = { kind: "bernoulli", keepProbability: 0.5 } as const;
const STANDARD = { kind: "normal", mean: 0, variance: 1, correlation: 0 } as const;
const CORRELATED = { ...STANDARD, correlation: 0.2 };
const LIMITS = { keep: 1e-4, width: 1_048_576 };

function question(parts: Partial<Question>): Question {
  return { shift: 0.9, noise: HALF, activation: STANDARD, layer: { kind: "none" }, limits: LIMITS, ...parts };
}

const answer = (unknown: Unknown, parts: Partial<Question>) => solveShift(unknown, question(parts)).value;

function holds<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [At in keyof Values]: fc.Arbitrary<Values[At]> },
  check: (...values: Values) => void,
): void {
  // A fixed seed: the run is the same everywhere; a failure prints the shrunk counterexample.
  fc.assert(fc.property(...arbitraries, check), { seed: 20260101, numRuns: 300 });
}

/** Solving and theory make some twenty roundings of 1.1e-16 each, and a − 1 loses what ρ then takes back. */
const CLOSE = 1e-12;

describe("by hand", () => {
  // Eq. 8 with c = 0: Δ = p.
  it.each([0.9, 0.7, 0.5, 0.3])("the smallest keep for zero-mean input is Δ itself, %d", (shift) => {
    expect(answer("keep", { shift })).toBeCloseTo(shift, 15);
    expect(answer("drop", { shift })).toBeCloseTo(1 - shift, 15);
  });

  it("c = v = 1, Δ = 1/3 is eq. 8 at p = ½: 1/(2/p − 1)", () => {
    expect(answer("keep", { shift: 1 / 3, activation: { ...STANDARD, mean: 1 } })).toBeCloseTo(0.5, 15);
  });

  it("Uout: 300/301 is β = 0.1, 12/13 is β = ½, and 12/14 is β = ½ at c² = v", () => {
    const noise = { kind: "uout", beta: 1 } as const;
    expect(answer("beta", { shift: 300 / 301, noise })).toBeCloseTo(0.1, 13);
    expect(answer("beta", { shift: 12 / 13, noise })).toBeCloseTo(0.5, 15);
    expect(answer("beta", { shift: 12 / 14, noise, activation: { ...STANDARD, mean: 1 } })).toBeCloseTo(0.5, 14);
  });

  it("keep ½, ρ = 0.2: Δ = 0.9 needs T = 1 + 0.2(a − 1) with T/(T + 1) = 0.9, so T = 9 and a = 41", () => {
    const layer = { kind: "aligned", width: 512, alignment: 1 } as const;
    expect(answer("alignment", { activation: CORRELATED, layer })).toBeCloseTo(41, 12);
  });

  it("μ = 1 has λ = ½: a = 41 takes 1 + 40·2 = 81 units; equal weights take 41", () => {
    // A hair below 0.9, which a Δ of 9/10 meets whatever its last digit.
    const parts = { shift: 0.9 - 1e-12, activation: CORRELATED };
    expect(answer("width", { ...parts, layer: { kind: "random", width: 1, weightMean: 1 } })).toBe(81);
    expect(answer("width", { ...parts, layer: { kind: "equal", width: 1 } })).toBe(41);
    expect(answer("width", { ...parts, shift: 0.9 + 1e-12, layer: { kind: "equal", width: 1 } })).toBe(42);
  });

  it("ρ = −0.1, keep ½: Δ falls with a, and T = 0.4 of Δ = 2/7 is 1 − 0.1(a − 1) at a = 7", () => {
    const layer = { kind: "aligned", width: 8, alignment: 1 } as const;
    const solution = solveShift(
      "alignment",
      question({ shift: 2 / 7, activation: { ...STANDARD, correlation: -0.1 }, layer }),
    );
    expect(solution.value).toBeCloseTo(7, 12);
    expect(solution.extreme).toBe("largest");
  });
});

describe("solving and theory undo each other", () => {
  const LAYER: fc.Arbitrary<PlannedLayer> = fc.oneof(
    fc.constant({ kind: "none" } as const),
    between(0, 64).map((alignment) => ({ kind: "aligned", width: 64, alignment }) as const),
    between(-3, 3).map((weightMean) => ({ kind: "random", width: 64, weightMean }) as const),
  );
  const KINDS = fc.constantFrom("normal" as const, "relu" as const, "lognormal" as const);
  const INPUT = KINDS.chain((kind) => activationOf(kind)).map((input) => ({
    ...input,
    correlation: Math.abs(input.correlation) * 0.9,
  }));

  it.each(["keep", "drop"] as const)("%s", (unknown) => {
    holds([between(0.05, 1), INPUT, LAYER], (shift, activation, layer) => {
      const { value, theory, isLimit } = solveShift(unknown, question({ shift, activation, layer }));
      const keepProbability = unknown === "keep" ? value : 1 - value;
      const setting = { layer: alignedLayer(layer), input: activationMoments(activation) };
      const found = layerTheory({
        ...setting,
        relativeVariance: relativeVariance({ kind: "bernoulli", keepProbability }),
      });
      expect(found.shift).toBe(theory.shift);
      if (isLimit) expect(found.shift).toBeGreaterThan(shift);
      // Where c² ≫ v a small drop decides, and 1 − drop keeps only its first digits: 1.1e-16/drop of them.
      else expect(Math.abs(found.shift / shift - 1)).toBeLessThan(CLOSE + 1e-15 / Math.max(1e-15, 1 - keepProbability));
    });
  });

  it("beta", () => {
    holds([between(0.05, 1), INPUT], (shift, activation) => {
      const { value, isLimit } = solveShift("beta", question({ shift, activation, noise: { kind: "uout", beta: 0 } }));
      const found = directShift(activationMoments(activation), (value * value) / 3);
      if (isLimit) expect([value, found > shift]).toEqual([1, true]);
      else expect(Math.abs(found / shift - 1)).toBeLessThan(CLOSE);
    });
  });

  it("alignment, whatever the noise that asks for one", () => {
    holds([between(0, 1000), between(0.01, 1), between(0.05, 0.95), between(-4, 4)], (a, correlation, keep, mean) => {
      const activation = { ...STANDARD, mean, correlation };
      const noise = { kind: "bernoulli", keepProbability: keep } as const;
      const shift = linearShift({ input: activation, alignment: a }, relativeVariance(noise));
      fc.pre(shift > 0);
      const layer = { kind: "aligned", width: 1000, alignment: 1 } as const;
      const { value, theory } = solveShift("alignment", question({ shift, activation, noise, layer }));
      expect(value).toBeLessThanOrEqual(1000);
      expect(Math.abs(theory.shift / shift - 1)).toBeLessThan(CLOSE);
    });
  });

  it("width: it gives at least the wanted Δ, and one unit fewer gives less", () => {
    holds([between(0.05, 0.99), between(0.1, 1), between(0.1, 3)], (shift, correlation, weightMean) => {
      const activation = { ...STANDARD, correlation };
      const layer = { kind: "random", width: 1, weightMean } as const;
      const { value } = solveShift("width", question({ shift, activation, layer }));
      const lean = (weightMean * weightMean) / (1 + weightMean * weightMean);
      const at = (width: number) =>
        linearShift({ input: activation, alignment: expectedAlignment(width, lean), width }, 1);
      expect(at(value)).toBeGreaterThanOrEqual(shift);
      if (value > 1) expect(at(value - 1)).toBeLessThan(shift);
    });
  });
});

describe("the end of what is possible", () => {
  it("is the answer where even that gives more than was wanted", () => {
    const uout = question({ shift: 0.5, noise: { kind: "uout", beta: 0 } });
    expect(solveShift("beta", uout)).toMatchObject({ value: 1, isLimit: true, theory: { shift: 0.75 } });
    expect(solveShift("keep", uout)).toMatchObject({ value: 0.75, isLimit: true, theory: { shift: 0.75 } });
    expect(solveShift("keep", question({ shift: 1e-6 }))).toMatchObject({ value: 1e-4, isLimit: true });
    const layer = { kind: "random", width: 8, weightMean: 1 } as const;
    expect(solveShift("width", question({ shift: 0.4, activation: CORRELATED, layer }))).toMatchObject({
      value: 1,
      isLimit: true,
    });
    expect(solveShift("alignment", question({ shift: 0.4, activation: CORRELATED, layer }))).toMatchObject({
      value: 0,
      isLimit: true,
    });
  });

  it("Δ = 1 keeps everything", () => {
    expect([answer("keep", { shift: 1 }), answer("drop", { shift: 1 })]).toEqual([1, 0]);
    expect(answer("beta", { shift: 1, noise: { kind: "uout", beta: 1 } })).toBe(0);
  });
});

describe("impossible", () => {
  const aligned = { kind: "aligned", width: 16, alignment: 1 } as const;
  const random = { kind: "random", width: 16, weightMean: 1 } as const;

  it.each<[string, Unknown, Partial<Question>, RegExp]>([
    ["Δ above 1", "keep", { shift: 1.1 }, /1\.1 is not a variance shift, above 0 and at most 1/],
    ["Δ of 0", "keep", { shift: 0 }, /0 is not a variance shift/],
    ["Δ that is no number", "keep", { shift: Number.NaN }, /NaN is not a variance shift/],
    [
      "an alignment above the width",
      "alignment",
      { activation: CORRELATED, layer: aligned },
      /alignment of 41, above the width 16/,
    ],
    [
      "an alignment below 0",
      "alignment",
      { activation: { ...STANDARD, correlation: -0.05 }, layer: aligned },
      /alignment of -159, below 0/,
    ],
    ["no correlation", "alignment", { layer: aligned }, /Δ is 0\.5 with any weights: the units are uncorrelated/],
    ["no correlation, for width", "width", { layer: random }, /0\.9 is impossible, because Δ is 0\.5 with any weights/],
    [
      "a Δ that uncorrelated units have",
      "width",
      { shift: 0.4, layer: random },
      /0\.4 is reached at any value, because Δ is 0\.5/,
    ],
    [
      "no layer",
      "width",
      { activation: CORRELATED },
      /Δ does not depend on a width without a linear layer; add `layer` linear/,
    ],
    ["no layer, for alignment", "alignment", { activation: CORRELATED }, /Δ does not depend on weights/],
    [
      "zero-mean weights",
      "width",
      { activation: CORRELATED, layer: { ...random, weightMean: 0 } },
      /at any width: zero-mean weights/,
    ],
    [
      "a given alignment",
      "width",
      { activation: CORRELATED, layer: aligned },
      /the alignment is the same at any width/,
    ],
    [
      "equal weights",
      "alignment",
      { activation: CORRELATED, layer: { kind: "equal", width: 9 } },
      /alignment of equal weights is the width/,
    ],
    [
      "one weight",
      "alignment",
      { activation: CORRELATED, layer: { ...aligned, width: 1 } },
      /alignment of a single weight is 1/,
    ],
    ["Δ = 1 under noise", "width", { shift: 1, activation: CORRELATED, layer: random }, /Δ is 1 only without noise/],
    [
      "no noise",
      "width",
      { noise: { kind: "gaussian", relativeVariance: 0 }, activation: CORRELATED, layer: random },
      /with any weights: the noise is off/,
    ],
    [
      "a negative correlation",
      "width",
      { activation: { ...STANDARD, correlation: -0.01 }, layer: random },
      /lets Δ fall with the width/,
    ],
    [
      "too many units",
      "width",
      { shift: 0.999999, activation: CORRELATED, layer: { ...random, weightMean: 0.01 } },
      /even 1048576 units, the widest layer, give Δ = 0\.9/,
    ],
    [
      "weights that cancel the input",
      "keep",
      { activation: { ...STANDARD, correlation: 1 }, layer: { ...aligned, alignment: 0 } },
      /Δ is 0 with any noise/,
    ],
    ["β of dropout", "beta", {}, /bernoulli does not have a half width β/],
  ])("%s", (_, unknown, parts, says) => {
    expect(() => solveShift(unknown, question(parts))).toThrow(VshiftError);
    expect(() => solveShift(unknown, question(parts))).toThrow(says);
  });
});

it("the steps end with Δ, and their formulas mention no symbol that comes after", () => {
  const layer = { kind: "random", width: 8, weightMean: 1 } as const;
  for (const unknown of ["keep", "drop", "width", "alignment"] as const) {
    const { steps, theory } = solveShift(unknown, question({ shift: 0.55, activation: CORRELATED, layer }));
    expect(steps.at(-1)).toMatchObject({ symbol: "Δ", value: theory.shift });
    expect(steps[0]).toMatchObject({ symbol: "Δ₀", value: 0.55 });
    for (const step of steps) if (step.kind === "derived") expect(step.substituted).not.toMatch(/[σρλμ]|a₀|Δ₀/);
  }
});
