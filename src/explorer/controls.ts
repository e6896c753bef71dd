import { LAWS } from "../laws/laws.ts";
import { NOISES } from "../noises/noises.ts";
import { LAYER_KINDS, type Scenario } from "../scenario/scenario.ts";

/** A control of the page for a field of the scenario. */
export type Control = {
  readonly field: keyof Scenario;
  readonly label: string;
  /** What it is, in a few words. */
  readonly about: string;
} & (
  | { readonly kind: "choice"; readonly choices: readonly Choice[] }
  | {
      readonly kind: "slider";
      readonly from: number;
      readonly to: number;
      readonly step: number;
      /** Whether the slider moves by powers of two. */
      readonly isLog?: true;
    }
);

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** The lowest keep probability that it reaches, if there is one. */
  readonly lowestKeep?: number;
  /** The mean that it begins with, where that is not 0. */
  readonly mean?: number;
  /** Whether it has no strength. */
  readonly isStill?: true;
}

export const CONTROLS: readonly Control[] = [
  {
    ...{ field: "noise", label: "noise", about: "what multiplies each unit during training", kind: "choice" },
    choices: NOISES.map(choiceOfNoise),
  },
  {
    ...{ field: "keep", label: "keep probability", about: "of a unit; 1 − keep is the p of nn.Dropout" },
    ...{ kind: "slider", from: 0.05, to: 0.99, step: 0.01 },
  },
  {
    ...{ field: "activation", label: "units", about: "their distribution before the noise", kind: "choice" },
    choices: LAWS.map(({ kind, defaultMean }) => ({
      ...choiceOf(kind),
      ...(defaultMean === 0 ? {} : { mean: defaultMean }),
    })),
  },
  {
    ...{ field: "mean", label: "mean", about: "of a unit, or of the normal before the function" },
    ...{ kind: "slider", from: -2, to: 2, step: 0.1 },
  },
  {
    ...{ field: "rho", label: "correlation ρ", about: "of every two units" },
    ...{ kind: "slider", from: 0, to: 0.9, step: 0.05 },
  },
  {
    ...{ field: "layer", label: "layer before BN", about: "between the noise and the norm", kind: "choice" },
    choices: LAYER_KINDS.map(choiceOf),
  },
  {
    ...{ field: "width", label: "width d", about: "units that the noise multiplies" },
    ...{ kind: "slider", from: 4, to: 12, step: 1, isLog: true },
  },
  {
    ...{ field: "alignment", label: "alignment d·cos²θ", about: "1 for random weights, d for equal ones" },
    ...{ kind: "slider", from: 0, to: 8, step: 0.5, isLog: true },
  },
  {
    ...{ field: "depth", label: "depth", about: "blocks of the stack in figure 4" },
    ...{ kind: "slider", from: 1, to: 12, step: 1 },
  },
];

function choiceOf(value: string): Choice {
  return { value, label: value };
}

function choiceOfNoise({ kind, name, reach, parameter }: (typeof NOISES)[number]): Choice {
  return {
    value: kind,
    label: name,
    ...(reach === null ? {} : { lowestKeep: 1 / (1 + reach.relativeVariance) }),
    ...(parameter === null ? { isStill: true } : {}),
  };
}
