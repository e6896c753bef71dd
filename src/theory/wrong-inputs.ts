import { VshiftError } from "../errors.ts";
import { lawOf } from "../laws/laws.ts";
import type { Noise } from "../noises/noises.ts";
import { scaleByPowerOfTwo } from "../numeric/power-of-two.ts";
import { type Activation, activationMoments } from "./activation.ts";
import type { Layer } from "./layer-steps.ts";
import { noiseTheory } from "./noise-theory.ts";
import type { ShiftTheory } from "./shift.ts";
import type { Parameter } from "./solve/roots.ts";

/** An input of a scenario that may be declared wrongly; names are stable. */
export type WrongInputKind =
  | "wrong-strength"
  | "wrong-mean"
  | "wrong-rho"
  | "wrong-alignment"
  | "wrong-variance"
  | "wrong-scale"
  | "wrong-activation";

/** A declared setting, by the law of its input. */
export interface DeclaredSetting {
  readonly noise: Noise;
  readonly activation: Activation;
  readonly layer: Layer;
}

/** A number of the setting that may be another than is declared. */
export interface WrongInput extends Parameter {
  readonly kind: WrongInputKind;
  /** What is declared. */
  readonly declared: number;
  /** Values that are common enough to be likelier than any other. */
  readonly special: readonly number[];
  /** The value in words, after "fits": "if keep ≈ 0.65 (drop 0.35), not 0.5". */
  readonly clause: (value: number, shown: string) => string;
  /** The fields of a scenario that would then differ. */
  readonly inputs: (value: number) => readonly InputValue[];
}

/** A field of a scenario that would have another value than was declared. */
export interface InputValue {
  readonly field: string;
  readonly declared: number | string;
  readonly value: number | string;
}

/** The law of the input that may be another than is declared. */
export interface WrongLaw {
  readonly kind: "wrong-activation";
  readonly clause: string;
  readonly theory: ShiftTheory;
  readonly inputs: readonly InputValue[];
}

/**
 * The numbers of a setting of which any one may be wrong: the strength of the noise, mean, correlation and variance of the input, a
 * factor that all of the input was multiplied by, and the alignment of the weights where it is declared. The mean has its
 * declared sign; without one both signs are the same to Δ, except where the law is not symmetric.
 */
export function wrongInputs(setting: DeclaredSetting): readonly WrongInput[] {
  return [...strength(setting), ...mean(setting), ...rho(setting), ...alignment(setting), ...sizes(setting)];
}

/** The same normal with a ReLU, or without the activation that is declared; none for other laws. */
export function wrongLaws({ activation, ...setting }: DeclaredSetting): readonly WrongLaw[] {
  const { alternative } = lawOf(activation.kind);
  if (alternative === null) return [];
  const { kind, clause } = alternative;
  const theory = predicted({ ...setting, activation: { ...activation, kind } });
  const inputs = [{ field: "activation", declared: activation.kind, value: kind }];
  return theory === undefined ? [] : [{ kind: "wrong-activation", clause, theory, inputs }];
}

function predicted({ noise, activation, layer }: DeclaredSetting): ShiftTheory | undefined {
  try {
    const theory = noiseTheory({ noise, layer, input: activationMoments(activation) });
    return theory.testVariance > 0 ? theory : undefined;
  } catch (error) {
    // No such correlation, or no such alignment: a value that cannot have been.
    if (error instanceof VshiftError) return undefined;
    throw error;
  }
}

/** From 1/2^most of a unit to 2^most of it, each a root of 2 more than the last. */
function powers(unit: number, most: number): number[] {
  return Array.from({ length: 4 * most + 1 }, (_, at) =>
    scaleByPowerOfTwo(unit * (at % 2 === 0 ? 1 : Math.SQRT2), Math.floor(at / 2) - most),
  );
}

function strength(setting: DeclaredSetting): WrongInput[] {
  const { noise } = setting;
  const of = (changed: Noise) => predicted({ ...setting, noise: changed });
  const kind = "wrong-strength";
  if ("relativeVariance" in noise) {
    const { relativeVariance: declared } = noise;
    const clause = (_: number, shown: string) => `if the noise's relative variance σ² ${shown}, not ${declared}`;
    const theory = (relativeVariance: number) => of({ ...noise, relativeVariance });
    const inputs = inputsOf("relativeVariance", declared);
    return [{ kind, declared, special: [], grid: [0, ...powers(1, 14)], theory, clause, inputs }];
  }
  if ("beta" in noise) {
    const { beta: declared } = noise;
    const clause = (_: number, shown: string) => `if β ${shown}, not ${declared}`;
    const theory = (beta: number) => of({ ...noise, beta });
    const inputs = inputsOf("beta", declared);
    return [{ kind, declared, special: [], grid: steps(0, 1), theory, clause, inputs }];
  }
  if ("keepProbability" in noise) {
    const { keepProbability: declared } = noise;
    const clause = (keep: number, shown: string) =>
      `if keep ${shown} (drop ${Number((1 - keep).toPrecision(6))}), not ${declared}`;
    const theory = (keepProbability: number) => of({ ...noise, keepProbability });
    // Odds of being kept.
    const grid = [...powers(1, 14).map((odds) => odds / (1 + odds)), 1];
    return [{ kind, declared, special: [], grid, theory, clause, inputs: inputsOf("keep", declared) }];
  }
  return [];
}

function inputsOf(field: string, declared: number): WrongInput["inputs"] {
  return (value) => [{ field, declared, value }];
}

function mean({ activation, ...setting }: DeclaredSetting): WrongInput[] {
  const { mean: declared, variance } = activation;
  const law = lawOf(activation.kind);
  const deviation = Math.sqrt(variance);
  const sizes = powers(deviation, 14);
  const negative = sizes.map((size) => -size).reverse();
  const oneSign = declared < 0 ? [...negative, 0] : [0, ...sizes];
  const means = law.isSymmetric ? oneSign : [...negative, 0, ...sizes];
  const mayHave = (value: number) => law.mayHave(value, deviation);
  return [
    {
      kind: "wrong-mean",
      declared,
      special: declared === 0 || !mayHave(0) ? [] : [0],
      grid: means.filter(mayHave),
      theory: (value) => predicted({ ...setting, activation: { ...activation, mean: value } }),
      clause: (_, shown) => `if ${named("mean", activation)} ${shown}, not ${declared}`,
      inputs: inputsOf("mean", declared),
    },
  ];
}

/** "the input's mean", or "the mean before the ReLU" where that is what is declared. */
function named(moment: "mean" | "variance", { kind }: Activation): string {
  const { givenBefore } = lawOf(kind);
  return givenBefore === null ? `the input's ${moment}` : `the ${moment} before the ${givenBefore}`;
}

function rho({ activation, ...setting }: DeclaredSetting): WrongInput[] {
  if (setting.layer.kind === "none") return [];
  const { correlation: declared } = activation;
  return [
    {
      kind: "wrong-rho",
      declared,
      special: declared === 0 ? [] : [0],
      grid: steps(-1, 1),
      theory: (value) => predicted({ ...setting, activation: { ...activation, correlation: value } }),
      clause: (_, shown) => `if ρ ${shown}, not ${declared}`,
      inputs: inputsOf("rho", declared),
    },
  ];
}

function alignment({ layer, ...setting }: DeclaredSetting): WrongInput[] {
  if (layer.kind !== "aligned") return [];
  const { alignment: declared, width } = layer;
  const most = width ?? MOST_ALIGNMENT;
  return [
    {
      kind: "wrong-alignment",
      declared,
      special: declared === 1 ? [] : [1],
      grid: [0, ...powers(1, 10).filter((value) => value < most), most],
      theory: (value) => predicted({ ...setting, layer: { ...layer, alignment: value } }),
      clause: (_, shown) => `if the alignment of the weights ${shown}, not ${declared}`,
      inputs: inputsOf("alignment", declared),
    },
  ];
}

const MOST_ALIGNMENT = 1024;

function sizes({ activation, ...setting }: DeclaredSetting): WrongInput[] {
  const { mean, variance: declared } = activation;
  const scaled = (factor: number): Activation => ({
    ...activation,
    mean: factor * mean,
    variance: factor * factor * declared,
  });
  return [
    {
      kind: "wrong-variance",
      declared,
      special: declared === 1 ? [] : [1],
      grid: powers(declared, 20),
      theory: (variance) => predicted({ ...setting, activation: { ...activation, variance } }),
      clause: (_, shown) => `if ${named("variance", activation)} ${shown}, not ${declared}`,
      inputs: inputsOf("variance", declared),
    },
    {
      kind: "wrong-scale",
      declared: 1,
      special: [],
      grid: powers(1, 12),
      theory: (factor) => predicted({ ...setting, activation: scaled(factor) }),
      clause: (_, shown) => `with an upstream factor ${shown}`,
      inputs: (factor) => [
        ...(mean === 0 ? [] : [{ field: "mean", declared: mean, value: factor * mean }]),
        { field: "variance", declared, value: factor * factor * declared },
      ],
    },
  ];
}

function steps(from: number, to: number): number[] {
  return Array.from({ length: STEPS + 1 }, (_, at) => from + ((to - from) * at) / STEPS);
}

const STEPS = 40;
