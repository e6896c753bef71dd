import type { Fields } from "./questions.ts";

/** A state to look at, with what it shows. */
export interface Preset {
  readonly name: string;
  readonly shows: string;
  readonly change: Fields;
}

const PLAIN = { noise: "bernoulli", keep: "0.5", activation: "normal", mean: "0", rho: "0", layer: "none" } as const;

/** What Li et al. 2019 state, each as a state of the page. */
export const PRESETS: readonly Preset[] = [
  {
    name: "Dropout right before BN",
    shows: "Δ is the keep probability, at any width.",
    change: { ...PLAIN, width: "512" },
  },
  {
    name: "Units with a mean",
    shows: "The noise multiplies the mean too, so that Δ falls further.",
    change: { ...PLAIN, mean: "1" },
  },
  {
    name: "After a ReLU",
    shows: "A ReLU leaves a mean: the usual position of dropout is a bad one.",
    change: { ...PLAIN, activation: "relu" },
  },
  {
    name: "A linear layer between",
    shows: "Random weights average noise and signal alike: Δ stays.",
    change: { ...PLAIN, layer: "linear", width: "512", alignment: "1" },
  },
  {
    name: "Correlated units, aligned weights",
    shows: "What the units share adds up, the noise does not: Δ rises towards 1.",
    change: { ...PLAIN, rho: "0.2", layer: "linear", width: "512", alignment: "64" },
  },
  {
    name: "Uout with β = 0.1",
    shows: "The remedy of the paper: a noise so weak that Δ is almost 1.",
    change: { ...PLAIN, noise: "uout", keep: "0.9967" },
  },
];
