import type { Noise } from "../../noises/noises.ts";
import { type Activation, activationMoments } from "../activation.ts";
import { correlationSteps, momentSteps } from "../activation-steps.ts";
import { type Layer, layerSteps, layerTheory } from "../layer-steps.ts";
import { relativeVariance } from "../noise.ts";
import { noiseSteps } from "../noise-steps.ts";
import type { ShiftTheory } from "../shift.ts";
import { derived, given, type Step } from "../step.ts";
import { neededAlignment } from "./alignment.ts";
import { alignedLayer, alignmentStep, leanOf, leanSteps } from "./planned-layer.ts";
import type { Question } from "./question.ts";
import { noiseWith, strongestNoise } from "./strength.ts";
import { expectedShift } from "./width.ts";

/** The proof of a solution. */
interface Explained {
  readonly theory: ShiftTheory;
  readonly steps: readonly Step[];
}

interface Answer {
  readonly value: number;
  readonly isLimit: boolean;
}

/** From the target Δ to σ² and p, its complement or β, and back to Δ. */
export function explainStrength(
  question: Question,
  { unknown, value, isLimit }: Answer & { readonly unknown: "keep" | "drop" | "beta" },
): Explained {
  const { activation, noise, shift } = question;
  const layer = alignedLayer(question.layer);
  const before = [wantedStep(shift), ...inputSteps(activation, layer), ...plannedSteps(question)];
  const found = { activation, layer, noise: noiseWith(noise.kind, unknown, value) };
  const testVariance = derived(
    {
      symbol: "Var_test",
      name: "variance without noise",
      formula: layer.kind === "none" ? "v" : "v·(1 + ρ·(a − 1))",
      value: theoryOf(found).testVariance,
      source: equationOf(layer),
    },
    before,
  );
  const strength = derived(
    {
      symbol: isLimit ? "σ₀²" : "σ²",
      name: "relative variance of the noise that Δ₀ allows",
      formula: "(1/Δ₀ − 1)·Var_test / E x²",
      value: strongestNoise(question).relativeVariance,
      source: `${equationOf(layer)}, solved for σ²`,
    },
    [...before, testVariance],
  );
  const answer = derived({ ...strengthLine(unknown, isLimit ? value : undefined), value }, [strength]);
  const known = [...before, testVariance, strength, answer];
  return explained(isLimit ? [...known, limitStep(unknown, { noise: found.noise, answer })] : known, found);
}

/** From the target Δ to the alignment that it needs, and back. */
export function explainAlignment(question: Question, { value, isLimit }: Answer): Explained {
  const layer: Layer = { kind: "aligned", alignment: value };
  const { before, needed } = stepsToAlignment(question, isLimit ? "a₀" : "a");
  const answer = given("a", "alignment at the end of what weights can have", value);
  const found = { noise: question.noise, activation: question.activation, layer };
  return explained(isLimit ? [...before, needed, answer] : [...before, needed], found);
}

/** From the target Δ to the alignment that it needs, to the width that has it, and back. */
export function explainWidth(question: Question, value: number): Explained {
  const { before, needed } = stepsToAlignment(question, "a₀");
  const known = [...before, needed, ...leanSteps(question.layer)];
  const width = derived(
    {
      symbol: "d",
      name: "smallest number of units that gives Δ₀",
      formula: value === 1 ? "max(1, ⌈1 + (a₀ − 1) / λ⌉)" : "⌈1 + (a₀ − 1) / λ⌉",
      value,
      source: "a = 1 + (d − 1)·λ, solved for d",
    },
    known,
  );
  const lean = leanOf(question.layer);
  const alignment = alignmentStep(value, { lean, before: [...known, width] });
  const layer: Layer = { kind: "aligned", alignment: alignment.value };
  const found = { noise: question.noise, activation: question.activation, layer };
  const steps = [...known, width, alignment];
  return explained(value === 1 ? steps : [...steps, oneFewer(question, width)], found);
}

function oneFewer(question: Question, width: Step): Step {
  return derived(
    {
      symbol: "Δ₋",
      name: "variance shift with one unit fewer, less than Δ₀",
      formula: "eq. 12 at d − 1",
      value: expectedShift(question, width.value - 1),
      source: "Li et al. 2019, eq. 12",
    },
    [width],
  );
}

function stepsToAlignment(question: Question, symbol: "a" | "a₀") {
  const { shift, noise, activation } = question;
  const moments = [wantedStep(shift), ...noiseSteps(noise), ...momentSteps(activation)];
  const before = [...moments, ...correlationSteps(activation, moments)];
  const needed = derived(
    {
      symbol,
      name: "alignment d·cos²θ of the weights at which Δ is Δ₀",
      formula: "1 + (σ²·E x² / (v·(1/Δ₀ − 1)) − 1) / ρ",
      value: neededAlignment(question),
      source: "Li et al. 2019, eq. 12, solved for a",
    },
    before,
  );
  return { before, needed };
}

function wantedStep(shift: number): Step {
  return given("Δ₀", "target variance shift, at least", shift);
}

function inputSteps(activation: Activation, layer: Layer): readonly Step[] {
  const moments = momentSteps(activation);
  return layer.kind === "none" ? moments : [...moments, ...correlationSteps(activation, moments)];
}

/** From what is known of the layer to its alignment. */
function plannedSteps({ layer }: Question): readonly Step[] {
  switch (layer.kind) {
    case "none":
      return [];
    case "aligned":
      return [given("a", "alignment d·cos²θ of the weights", layer.alignment)];
    case "random":
    case "equal": {
      const known = [given("d", "number of units", layer.width), ...leanSteps(layer)];
      return [...known, alignmentStep(layer.width, { lean: leanOf(layer), before: known })];
    }
  }
}

/** σ² of the strongest noise that there is, where the target Δ would allow more. */
function limitStep(unknown: "keep" | "drop" | "beta", { noise, answer }: { noise: Noise; answer: Step }): Step {
  const formula = { keep: "(1 − p) / p", drop: "q / (1 − q)", beta: "β² / 3" }[unknown];
  const name = "relative variance of the strongest noise there is";
  const source = "variance of the noise's multiplier";
  return derived({ symbol: "σ²", name, formula, value: relativeVariance(noise), source }, [answer]);
}

function strengthLine(unknown: "keep" | "drop" | "beta", limit: number | undefined) {
  const allowed = limit === undefined ? "σ²" : "σ₀²";
  const bounded = (formula: string, of: "min" | "max") =>
    limit === undefined ? formula : `${of}(${limit}, ${formula.replaceAll("σ²", allowed)})`;
  switch (unknown) {
    case "keep":
      return {
        symbol: "p",
        name: "smallest probability to keep that gives Δ₀",
        formula: bounded("1 / (1 + σ²)", "max"),
        source: "σ² = (1 − p) / p, solved for p",
      };
    case "drop":
      return {
        symbol: "q",
        name: "largest drop rate that gives Δ₀",
        formula: bounded("σ² / (1 + σ²)", "min"),
        source: "σ² = q / (1 − q), solved for q",
      };
    case "beta":
      return {
        symbol: "β",
        name: "largest half width of the noise that gives Δ₀",
        formula: bounded("√(3·σ²)", "min"),
        source: "σ² = β² / 3, solved for β; Li et al. 2019, §5",
      };
  }
}

interface Found {
  readonly noise: Noise;
  readonly activation: Activation;
  readonly layer: Layer;
}

function theoryOf({ noise, activation, layer }: Found): ShiftTheory {
  const input = activationMoments(activation);
  return layerTheory({ layer, input, relativeVariance: relativeVariance(noise) });
}

/** The steps to the answer, and then those of theory from the answer to Δ that they do not hold yet. */
function explained(toAnswer: readonly Step[], found: Found): Explained {
  const setting = { layer: found.layer, input: activationMoments(found.activation) };
  const back = layerSteps({ ...setting, relativeVariance: relativeVariance(found.noise) }, toAnswer);
  const isKnown = ({ symbol }: Step) => toAnswer.some((step) => step.symbol === symbol);
  return { theory: theoryOf(found), steps: [...toAnswer, ...back.filter((step) => !isKnown(step))] };
}

function equationOf(layer: Layer): string {
  return `Li et al. 2019, eq. ${layer.kind === "none" ? 8 : 12}`;
}
