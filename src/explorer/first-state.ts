import { lawOf } from "../laws/laws.ts";
import { propertiesOf } from "../noises/noises.ts";
import { parseNetwork } from "../notation/parse.ts";
import { printNetwork } from "../notation/print.ts";
import { NO_VARIABLES, parseVariables } from "../notation/variables.ts";
import { isArrayName } from "../scenario/arrays.ts";
import { defineScenario } from "../scenario/define.ts";
import { USUAL_DEPTH } from "../scenario/define-stack.ts";
import { networkText } from "../scenario/layer-lists.ts";
import { isGiven } from "../scenario/refusal.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import { STRENGTH_FIELDS } from "../scenario/strength.ts";
import { scenarioOf } from "./engine.ts";
import { layerOf, type State } from "./state.ts";

/** What figure 5 shows where nobody types a network. */
const FIRST_NETWORK = "input(128) repeat(3, linear(128) bn relu dropout(0.5)) linear(10)";

/**
 * The state that the page begins with: fields as somebody gives them, of the layer, of the stack and of the network, and for the rest the
 * command that everybody types first. The strength of the noise is its keep probability, which every noise with a strength has.
 *
 * Throws a `VshiftError` for a layer that the library refuses.
 */
export function firstState(given: ScenarioInput = {}): State {
  const { network: _, variables: __, ...fields } = given;
  const texts = Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (isGiven(value) ? [[name, String(value)]] : [])),
  );
  const { noise, activation, rho, layer, width, keep } = defineScenario();
  const usual = { noise, activation, rho, layer, width, depth: USUAL_DEPTH };
  const state: State = {
    ...Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, String(value)])),
    mean: String(meanOf(texts.activation ?? activation)),
    network: networkOf(given),
    ...texts,
  };
  const scenario = scenarioOf(layerOf(state));
  const ownKeep = STRENGTH_FIELDS.some((field) => field in texts) ? scenario.keep : keep;
  const entries = Object.entries(state).filter(([name]) => !STRENGTH_FIELDS.some((field) => field === name));
  const hasStrength = propertiesOf(scenario.noise).parameter !== null;
  return { noise: scenario.noise, ...(hasStrength ? { keep: String(ownKeep) } : {}), ...Object.fromEntries(entries) };
}

/** The mean that an input has where nothing is said. */
function meanOf(activation: string): number {
  return isArrayName(activation) ? 0 : lawOf(activation as Parameters<typeof lawOf>[0]).defaultMean;
}

/** The network with the values of its variables, as the page shows it. */
function networkOf({ network = null, variables = null }: ScenarioInput): string {
  if (network === null && variables === null) return FIRST_NETWORK;
  // Says what is wrong with either.
  defineScenario({ network, variables });
  const values = variables === null ? NO_VARIABLES : parseVariables(variables);
  return printNetwork(parseNetwork(networkText(network ?? ""), values));
}
