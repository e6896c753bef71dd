import { FIELDS, type Field, longFlagOf, type OptionGroup, SETTING_TABLE } from "../scenario/fields.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** A flag that sets a field of a scenario. */
export interface FieldFlag {
  readonly name: keyof Scenario;
  readonly flag: string;
  readonly group: OptionGroup;
  readonly field: Field;
}

/** What the closed form of a law depends on. */
export const LAW_GROUPS: readonly OptionGroup[] = ["Noise:", "Input:", "Layer:"];
/** What the closed form depends on, of a law or of files. */
export const THEORY_GROUPS: readonly OptionGroup[] = [...LAW_GROUPS, "Files:"];
/** What a measurement depends on. */
export const SIMULATION_GROUPS: readonly OptionGroup[] = [
  ...THEORY_GROUPS,
  ...(["Network:", "Test time:", "Batch Normalization:", "Measurement:"] as const),
];
/** What a measurement of any network depends on. */
export const GRID_GROUPS: readonly OptionGroup[] = [...SIMULATION_GROUPS, "Stack:"];

/** The flags of every field, in the order of the help page. */
export const FIELD_FLAGS: readonly FieldFlag[] = Object.entries(FIELDS)
  .flatMap(([name, field]) => {
    const { flag, group } = field;
    return flag === undefined || group === undefined ? [] : [{ name: name as keyof Scenario, flag, group, field }];
  })
  .sort((a, b) => (a.field.order ?? 0) - (b.field.order ?? 0));

/** Flags that set no field of a scenario and that messages name by something else. */
const OTHER_FLAGS: Readonly<Record<string, string>> = {
  shift: "--shift",
  solveFor: "--solve-for",
  matchNoise: "--match-noise",
  zip: "--zip",
  layout: "--layout",
  noiseFrom: "--noise-from",
  names: "--name",
};

/** The flags of noise and input that hold for a layer of any width, weights or no. */
export const SETTING_FLAGS: readonly FieldFlag[] = FIELD_FLAGS.filter(({ name }) => name in SETTING_TABLE.fields);

/** The long flag of a field, for messages. */
export function flagOf(field: string): string | undefined {
  if (Object.hasOwn(OTHER_FLAGS, field)) return OTHER_FLAGS[field];
  return longFlagOf(field);
}

/** The field that a flag of that name sets, "p" or "width" or "batch-size"; any other name unchanged. */
export function fieldOf(name: string): string {
  return FIELD_FLAGS.find(({ flag }) => flag.split(/[ ,]+/).includes(`--${name}`))?.name ?? name;
}

/** The field names in `backticks`, as the flags that set them. */
export function withFlags(text: string, flag: (field: string) => string): string {
  return text.replace(/`(\w+)`/g, (_, field: string) => flag(field));
}
