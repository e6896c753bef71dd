import type { Strength } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "./arrays.ts";
import { FACTS_OF_INPUT } from "./define-network.ts";
import { FIELDS, NETWORK_TABLE } from "./fields.ts";
import type { Scenario, ScenarioInput } from "./scenario.ts";
import { resolveStrength, STRENGTH_FIELDS } from "./strength.ts";

/**
 * What a user could have written for a scenario: `defineScenario` makes the same one of it, bit for bit.
 *
 * A complete scenario has every spelling of its noise's strength, and both when to stop and how many samples; an input may
 * have one.
 */
export function inputOf(scenario: Scenario): ScenarioInput {
  const given = Object.entries(scenario).filter(([name, value]) => name in FIELDS && value !== null);
  const input: ScenarioInput = Object.fromEntries(given);
  if (scenario.network !== null) return ofNetwork(input, scenario);
  const said = scenario.depth === null ? input : without(input, NOT_OF_STACK);
  const stopping = scenario.samples === null ? [] : STOPPING_FIELDS;
  return { ...without(said, [...STRENGTH_FIELDS, ...stopping]), ...strengthOf(scenario) };
}

/** They are what they are by default where the number of samples is given. */
const STOPPING_FIELDS = ["precision", "maxSamples", "batches"] as const satisfies (keyof Scenario)[];

/** What its layers say is not said again. */
function ofNetwork(input: ScenarioInput, { samples }: Scenario): ScenarioInput {
  const isOfFile = isArrayName(input.activation);
  const isSaid = (name: string) => name in NETWORK_TABLE.fields || (isOfFile && FACTS_OF_INPUT.includes(name));
  const said = Object.fromEntries(Object.entries(input).filter(([name]) => isSaid(name)));
  return without(said, samples === null ? [] : STOPPING_FIELDS);
}

/** What a stack has by itself, and nobody may ask for. */
const NOT_OF_STACK = ["layer", "masks"] as const satisfies (keyof Scenario)[];

/** The spelling that all others follow from: which one was written shows in their last digits. */
export function strengthOf(scenario: Strength & Pick<Scenario, "noise">): Partial<Strength> {
  if (propertiesOf(scenario.noise).parameter === null) return {};
  const spellings = STRENGTH_FIELDS.filter((field) => scenario[field] !== null).map((field) => ({
    [field]: scenario[field],
  }));
  return (
    spellings.find((spelling) => isSame(resolveStrength(scenario.noise, spelling), scenario)) ?? spellings[0] ?? {}
  );
}

function isSame(a: Strength, b: Strength): boolean {
  return STRENGTH_FIELDS.every((field) => a[field] === b[field]);
}

function without(input: object, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(input).filter(([name]) => !fields.includes(name)));
}
