import { defineScenario } from "../scenario/define.ts";
import { USUAL_DEPTH } from "../scenario/define-stack.ts";
import { DEFAULTS } from "../scenario/fields.ts";
import { inputOf } from "../scenario/input-of.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../scenario/strength.ts";
import type { Fields } from "./questions.ts";
import type { State } from "./state.ts";

/** What the page begins with where nothing else is said: the command that everybody types first. */
const FIRST_STATE: State = {
  ...Object.fromEntries(
    (["noise", "keep", "activation", "rho", "layer", "width"] as const).map((field) => [
      field,
      String(DEFAULTS[field]),
    ]),
  ),
  mean: "0",
  alignment: "1",
  depth: String(USUAL_DEPTH),
  network: "input(128) repeat(3, linear(128) bn relu dropout(0.5)) linear(10)",
};

/**
 * The state that the page begins with: what a scenario has that others have not, and for the rest the first state of all. The strength of
 * its noise is its keep probability, which every noise has.
 *
 * typed  fields that are not the scenario's: of the stack of figure 4, and the network of figure 5
 */
export function firstState(scenario: Scenario, typed: Fields = {}): State {
  if (scenario.network !== null) return { ...FIRST_STATE, network: scenario.network, ...typed };
  const usual: Readonly<Record<string, unknown>> = {
    ...inputOf(usualOf(scenario)),
    ...{ preset: DEFAULTS.preset, layer: DEFAULTS.layer },
    // A stack has a number of samples by itself.
    ...(scenario.depth === null ? { samples: DEFAULTS.samples } : {}),
  };
  const own = Object.entries(inputOf(scenario))
    .filter(([name, value]) => usual[name] !== value && !STRENGTH_FIELDS.some((field) => field === name))
    .map(([name, value]) => [name, String(value)]);
  return { ...FIRST_STATE, ...Object.fromEntries(own), keep: String(scenario.keep), ...typed };
}

/** What the scenario would be if nothing were said of it but the choices that other defaults depend on. */
function usualOf({ depth, layer, preset, samples }: Scenario): Scenario {
  if (depth !== null) return defineScenario({ preset, depth: USUAL_DEPTH });
  return defineScenario({ preset, layer, samples });
}
