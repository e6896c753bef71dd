import type { ScenarioInput } from "../scenario/scenario.ts";
import type { StackInput } from "../scenario/stack/stack.ts";

/** A flag that sets a field of the scenario. Domain, default and description are the field's own. */
export interface ScenarioOption {
  readonly field: keyof ScenarioInput;
  readonly flags: string;
  readonly group: OptionGroup;
}

/** A flag that sets a field of a stack. */
export interface StackOption {
  readonly field: keyof StackInput;
  readonly flags: string;
  readonly group: OptionGroup;
}

export type OptionGroup =
  | "Noise:"
  | "Stack:"
  | "Input:"
  | "Layer:"
  | "Files:"
  | "Batch Normalization:"
  | "Measurement:"
  | "Output:";

/** What the closed form of a law depends on. */
export const LAW_GROUPS: readonly OptionGroup[] = ["Noise:", "Input:", "Layer:"];
/** What the closed form depends on, of a law or of files. */
export const THEORY_GROUPS: readonly OptionGroup[] = [...LAW_GROUPS, "Files:"];
/** What a measurement depends on. */
export const SIMULATION_GROUPS: readonly OptionGroup[] = [...THEORY_GROUPS, "Batch Normalization:", "Measurement:"];

/** The flags of a noise and its strength, which scenarios and stacks have. */
const STRENGTH_OPTIONS = [
  { field: "keep", flags: "--p, --keep <number>", group: "Noise:" },
  { field: "drop", flags: "--drop <number>", group: "Noise:" },
  { field: "noise", flags: "--noise <kind>", group: "Noise:" },
  { field: "beta", flags: "--beta <number>", group: "Noise:" },
  { field: "relativeVariance", flags: "--relative-variance <number>", group: "Noise:" },
] as const satisfies readonly (ScenarioOption & StackOption)[];

/** The flags of every command that takes a scenario, in the order of the help page. */
export const SCENARIO_OPTIONS: readonly ScenarioOption[] = [
  ...STRENGTH_OPTIONS,
  { field: "channelSize", flags: "--channel-size <count>", group: "Noise:" },
  { field: "scaling", flags: "--scaling <kind>", group: "Noise:" },
  { field: "width", flags: "--d, --width <count>", group: "Input:" },
  { field: "activation", flags: "--activation <kind>", group: "Input:" },
  { field: "mean", flags: "--mean <number>", group: "Input:" },
  { field: "variance", flags: "--variance <number>", group: "Input:" },
  { field: "rho", flags: "--rho <number>", group: "Input:" },
  { field: "seed", flags: "--seed <text>", group: "Input:" },
  { field: "layer", flags: "--layer <kind>", group: "Layer:" },
  { field: "neurons", flags: "--neurons <count>", group: "Layer:" },
  { field: "weights", flags: "--weights <kind>", group: "Layer:" },
  { field: "weightMean", flags: "--weight-mean <number>", group: "Layer:" },
  { field: "alignment", flags: "--alignment <number>", group: "Layer:" },
  { field: "testActivation", flags: "--test-activation <file>", group: "Files:" },
  { field: "stride", flags: "--stride <count>", group: "Files:" },
  { field: "padding", flags: "--padding <count>", group: "Files:" },
  { field: "preset", flags: "--preset <framework>", group: "Batch Normalization:" },
  { field: "batchSize", flags: "--batch-size <count>", group: "Batch Normalization:" },
  { field: "momentum", flags: "--momentum <number>", group: "Batch Normalization:" },
  { field: "epsilon", flags: "--epsilon <number>", group: "Batch Normalization:" },
  { field: "precision", flags: "--precision <number>", group: "Measurement:" },
  { field: "confidence", flags: "--confidence <number>", group: "Measurement:" },
  { field: "maxSamples", flags: "--max-samples <count>", group: "Measurement:" },
  { field: "samples", flags: "--samples <count>", group: "Measurement:" },
  { field: "masks", flags: "--masks <kind>", group: "Measurement:" },
  { field: "tolerance", flags: "--tolerance <number>", group: "Measurement:" },
];

/** The flags of a stack, in the order of the help page. */
export const STACK_OPTIONS: readonly StackOption[] = [
  { field: "depth", flags: "--depth <count>", group: "Stack:" },
  { field: "width", flags: "--d, --width <count>", group: "Stack:" },
  { field: "activation", flags: "--activation <kind>", group: "Stack:" },
  { field: "connection", flags: "--connection <kind>", group: "Stack:" },
  { field: "seed", flags: "--seed <text>", group: "Stack:" },
  ...STRENGTH_OPTIONS,
  { field: "noiseAt", flags: "--noise-at <blocks>", group: "Noise:" },
  { field: "norm", flags: "--norm <kind>", group: "Batch Normalization:" },
  { field: "normAt", flags: "--norm-at <blocks>", group: "Batch Normalization:" },
  { field: "groups", flags: "--groups <count>", group: "Batch Normalization:" },
  { field: "statistics", flags: "--statistics <kind>", group: "Batch Normalization:" },
  { field: "reestimateBatches", flags: "--reestimate-batches <count>", group: "Batch Normalization:" },
  { field: "batchSize", flags: "--batch-size <count>", group: "Batch Normalization:" },
  { field: "epsilon", flags: "--epsilon <number>", group: "Batch Normalization:" },
  { field: "batches", flags: "--batches <count>", group: "Measurement:" },
  { field: "confidence", flags: "--confidence <number>", group: "Measurement:" },
];

/** Flags that set no field of a scenario and that messages name by something else. */
const OTHER_FLAGS: Readonly<Record<string, string>> = {
  shift: "--shift",
  solveFor: "--solve-for",
  matchNoise: "--match-noise",
  zip: "--zip",
  layout: "--layout",
};

/** The flags of noise and input that hold for a layer of any width, weights or no. */
export const SETTING_OPTIONS: readonly ScenarioOption[] = SCENARIO_OPTIONS.filter(
  ({ field, group }) => group === "Noise:" || (group === "Input:" && field !== "width" && field !== "seed"),
);

/** What two of them share has the same flag in both. */
const ALL_OPTIONS: readonly (ScenarioOption | StackOption)[] = [...SCENARIO_OPTIONS, ...STACK_OPTIONS];

/** The long flag of a field, for messages. */
export function flagOf(field: string): string | undefined {
  if (Object.hasOwn(OTHER_FLAGS, field)) return OTHER_FLAGS[field];
  return ALL_OPTIONS.find((option) => option.field === field)?.flags.match(/--[a-z-]+(?= <)/)?.[0];
}

/** The field that a flag of that name sets, "p" or "width" or "batch-size"; any other name unchanged. */
export function fieldOf(name: string): string {
  const isFlag = ({ flags }: ScenarioOption | StackOption) => flags.split(/[ ,]+/).includes(`--${name}`);
  return ALL_OPTIONS.find(isFlag)?.field ?? name;
}

/** The field names in `backticks`, as the flags that set them. */
export function withFlags(text: string, flag: (field: string) => string): string {
  return text.replace(/`(\w+)`/g, (_, field: string) => flag(field));
}
