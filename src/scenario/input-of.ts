import type { Strength } from "../noises/noise-kind.ts";
import { propertiesOf } from "../noises/noises.ts";
import { isArrayName } from "./arrays.ts";
import { FACTS_OF_INPUT } from "./define-network.ts";
import { FIELD_NAMES, NETWORK_TABLE } from "./fields.ts";
import type { CompletedInput, Scenario } from "./scenario.ts";
import { resolveStrength, STRENGTH_FIELDS } from "./strength.ts";

/**
 * What a user could have written for a scenario: `defineScenario` makes the same one of it, bit for bit.
 *
 * A complete scenario has every spelling of its noise's strength, and both when to stop and how many samples; an input may
 * have one.
 */
export function inputOf(scenario: Scenario): CompletedInput {
  const isSaid = saidOf(scenario);
  const input: Record<string, unknown> = {};
  for (const name of FIELD_NAMES) {
    const value = scenario[name];
    if (value !== null && isSaid(name)) input[name] = value;
  }
  return scenario.network === null ? Object.assign(input, strengthOf(scenario)) : input;
}

/** Which fields are said one by one, and do not follow from others. */
function saidOf({ network, depth, samples, activation }: Scenario): (name: keyof Scenario) => boolean {
  const follows = (name: keyof Scenario) => samples !== null && STOPPING_FIELDS.has(name);
  if (network !== null) {
    // What its layers say is not said again.
    const isOfFile = isArrayName(activation);
    return (name) => !follows(name) && (name in NETWORK_TABLE.fields || (isOfFile && FACTS_OF_INPUT.includes(name)));
  }
  return (name) => !follows(name) && !OF_STRENGTH.has(name) && (depth === null || !NOT_OF_STACK.has(name));
}

const OF_STRENGTH: ReadonlySet<keyof Scenario> = new Set(STRENGTH_FIELDS);

/** They are what they are by default where the number of samples is given. */
const STOPPING_FIELDS: ReadonlySet<keyof Scenario> = new Set(["precision", "maxSamples", "batches"] as const);

/** What a stack has by itself, and nobody may ask for. */
const NOT_OF_STACK: ReadonlySet<keyof Scenario> = new Set(["layer", "masks"] as const);

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
