import { expect, test } from "vitest";
import type { Noise } from "../../src/noises/noises.ts";
import type { Activation } from "../../src/theory/activation.ts";
import { type DerivationSetting, explainShift } from "../../src/theory/derivation.ts";
import type { Layer } from "../../src/theory/layer-steps.ts";
import { noiseTheory } from "../../src/theory/noise-theory.ts";
import type { Step } from "../../src/theory/step.ts";

const NORMAL: Activation = { kind: "normal", mean: -0.5, variance: 1, correlation: 0.2 };
const RELU: Activation = { kind: "relu", mean: 0.5, variance: 4, correlation: 0.2 };

const TWO_NEURONS: Layer = {
  kind: "linear",
  neurons: [
    { sum: 3, sumOfSquares: 2, channelSquares: 4 },
    { sum: -1, sumOfSquares: 5, channelSquares: 7 },
  ],
};

function noiseOf(kind: "spatial" | "dropconnect" | "alpha" | "classic" | "none"): Noise {
  if (kind === "none") return { kind };
  if (kind === "classic") return { kind: "bernoulli", keepProbability: 0.3, scaling: "classic" };
  return kind === "spatial" ? { kind, keepProbability: 0.3, channelSize: 4 } : { kind, keepProbability: 0.3 };
}

const SETTINGS: readonly (readonly [string, DerivationSetting])[] = [
  [
    "dropout alone",
    { noise: { kind: "bernoulli", keepProbability: 0.3 }, activation: NORMAL, layer: { kind: "none" } },
  ],
  ["Uout after relu", { noise: { kind: "uout", beta: 0.5 }, activation: RELU, layer: { kind: "none" } }],
  [
    "Gaussian dropout before aligned weights",
    {
      noise: { kind: "gaussian", relativeVariance: 0.25 },
      activation: { kind: "lognormal", mean: 2, variance: 1, correlation: 0.3 },
      layer: { kind: "aligned", alignment: 14.72835 },
    },
  ],
  [
    "dropout after relu before two neurons",
    {
      noise: { kind: "bernoulli", keepProbability: 0.5 },
      activation: RELU,
      layer: {
        kind: "linear",
        neurons: [
          { sum: 3, sumOfSquares: 2 },
          { sum: -1, sumOfSquares: 5 },
        ],
      },
    },
  ],
  ...(["spatial", "dropconnect", "alpha", "classic", "none"] as const).map(
    (kind): readonly [string, DerivationSetting] => [
      `${kind} before two neurons`,
      { noise: noiseOf(kind), activation: RELU, layer: TWO_NEURONS },
    ],
  ),
  ...(["spatial", "alpha", "classic", "none"] as const).map((kind): readonly [string, DerivationSetting] => [
    `${kind} alone`,
    { noise: noiseOf(kind), activation: NORMAL, layer: { kind: "none" } },
  ]),
];

/** The value of a substituted formula; undefined where it has functions that JavaScript lacks. */
function evaluated(substituted: string): number | undefined {
  if (/erfc|∫/.test(substituted)) return undefined;
  const script = substituted
    .replace(/\|([^|]*)\|/g, "Math.abs($1)")
    .replace(/·10\^(−?\d+)/g, "e$1")
    .replaceAll("√(2π)", "Math.sqrt(2 * Math.PI)")
    .replace(/√\(/g, "Math.sqrt(")
    .replace(/\b(exp|max)\(/g, "Math.$1(")
    .replace(/−([\d.]+)²/g, "-($1 ** 2)")
    .replaceAll("²", " ** 2")
    .replaceAll("·", "*")
    .replaceAll("−", "-");
  return Number(new Function(`return ${script};`)());
}

test.each(SETTINGS)("%s: every substituted formula has the step's value", (_, setting) => {
  for (const step of explainShift(setting)) {
    if (step.kind === "given") continue;
    const value = evaluated(step.substituted);
    // Substituted numbers are rounded to six digits, 5e-6 relative each; at most ten meet in one formula here, and the one
    // difference among them, s²·(Φ − τ(|h| + τ)), is more than half of its first term.
    if (value !== undefined) expect(Math.abs(value - step.value), step.substituted).toBeLessThan(1e-4 * step.value);
  }
});

test.each(SETTINGS)("%s: the steps end in the variances and the shift of the theory, to the bit", (_, setting) => {
  const steps = explainShift(setting);
  const find = (symbol: string) => steps.find((step) => step.symbol === symbol)?.value ?? Number.NaN;
  const input = { mean: find("c"), variance: find("v"), correlation: setting.layer.kind === "none" ? 0 : find("ρ") };
  const theory = noiseTheory({ noise: setting.noise, layer: setting.layer, input });
  expect(steps.slice(-3).map(({ symbol, value }) => [symbol, value])).toEqual([
    ["Var_test", theory.testVariance],
    ["Var_train", theory.trainVariance],
    ["Δ", theory.shift],
  ]);
});

test.each(SETTINGS)("%s: no symbol is defined twice and all are words with a meaning", (_, setting) => {
  const steps = explainShift(setting);
  expect(new Set(steps.map(({ symbol }) => symbol)).size).toBe(steps.length);
  for (const step of steps) expect(step.name).toMatch(/\p{L}/u);
});

test("a derivation reads as one does on paper", () => {
  const derivedLine = (step: Step) =>
    step.kind === "given" ? `${step.symbol} = ${step.value}` : `${step.symbol} = ${step.formula} = ${step.substituted}`;
  const setting: DerivationSetting = {
    noise: { kind: "bernoulli", keepProbability: 0.5 },
    activation: NORMAL,
    layer: { kind: "aligned", alignment: 6 },
  };
  expect(explainShift(setting).map(derivedLine)).toEqual([
    "p = 0.5",
    "σ² = (1 − p) / p = (1 − 0.5) / 0.5",
    "c = -0.5",
    "v = 1",
    "E x² = v + c² = 1 + (−0.5)²",
    "ρ = 0.2",
    "a = 6",
    "Var_test = v·(1 + ρ·(a − 1)) = 1·(1 + 0.2·(6 − 1))",
    "Var_train = Var_test + σ²·E x² = 2 + 1·1.25",
    "Δ = Var_test / Var_train = 2 / 3.25",
  ]);
});
