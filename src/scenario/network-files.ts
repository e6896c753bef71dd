import { filesIn } from "../notation/files.ts";
import type { ArrayField } from "./arrays.ts";
import { networkText } from "./layer-lists.ts";
import type { ArrayName, ScenarioInput } from "./scenario.ts";

/** The files that the text of a network names, by the field that says such a thing where there is no text. */
export type FilesByField = { readonly [Field in ArrayField]: readonly ArrayName[] };

const NONE: FilesByField = { activation: [], testActivation: [], weights: [] };

export function filesOfNetwork(network: ScenarioInput["network"]): FilesByField {
  if (network === undefined || network === null) return NONE;
  const { inputs, weights } = filesIn(networkText(network));
  return { activation: inputs, testActivation: [], weights };
}
