import { VshiftError } from "../errors.ts";
import { factsOf } from "./array-facts.ts";
import { type ArrayField, type Arrays, digestOf, isArrayName, type RealArray } from "./arrays.ts";
import type { ArrayName, ScenarioInput } from "./scenario.ts";

/** Arrays, and what scenarios that name them say of them. */
export interface ArrayBook {
  readonly arrays: Arrays;
  /** The input with the facts of the arrays that it names; a `VshiftError` where it says otherwise. */
  complete(input: ScenarioInput): ScenarioInput;
}

/** Arrays by their names, for each field that may name one. */
export type ArraysByName = { readonly [Field in ArrayField]: ReadonlyMap<string, RealArray> };

/** digest   works out `digestOf`, maybe by faster means */
export function createArrayBook(byName: ArraysByName, digest: (array: RealArray) => string = digestOf): ArrayBook {
  const arrays = new Map<string, RealArray>();
  const known: { readonly [Field in ArrayField]: ReadonlyMap<string, ScenarioInput> } = {
    weights: factsByName("weights"),
    activation: factsByName("activation"),
  };

  function factsByName(field: ArrayField): ReadonlyMap<string, ScenarioInput> {
    const entries = [...byName[field]].map(([name, array]) => {
      const named = { name: name as ArrayName, array, digest: digest(array) };
      arrays.set(named.digest, array);
      return [name, factsOf(field, named)] as const;
    });
    return new Map(entries);
  }

  return {
    arrays,
    complete(input) {
      const factsIn = (field: ArrayField) => {
        const name = input[field];
        return isArrayName(name) ? known[field].get(name) : undefined;
      };
      const { weights, activation } = { weights: factsIn("weights"), activation: factsIn("activation") };
      if (weights === undefined && activation === undefined) return input;
      requireOneWidth(input, weights, activation);
      for (const [field, facts] of [
        ["weights", weights],
        ["activation", activation],
      ] as const) {
        requireNoOther(input, field, facts ?? {});
      }
      return { ...input, ...weights, ...activation };
    },
  };
}

function requireOneWidth(
  { activation, weights }: ScenarioInput,
  ofWeights: ScenarioInput | undefined,
  ofActivation: ScenarioInput | undefined,
): void {
  if (ofWeights === undefined || ofActivation === undefined || ofWeights.width === ofActivation.width) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "weights",
    problem: `${weights} has ${ofWeights.width} inputs a neuron, and \`activation\` ${activation} ${ofActivation.width} units`,
    hint: "give the weights of the layer that these activations go into; neurons are on the first axis unless the layout is in-first",
  });
}

/** What the file says cannot be said otherwise; saying the same again is fine. */
function requireNoOther(input: ScenarioInput, field: ArrayField, facts: ScenarioInput): void {
  for (const [name, fact] of Object.entries(facts)) {
    const given = input[name as keyof ScenarioInput];
    if (given === undefined || given === null || given === fact) continue;
    throw new VshiftError({
      code: "conflicting-fields",
      field: name,
      problem: `${given} cannot stand beside \`${field}\` ${input[field]}, whose own is ${fact}`,
      hint: "leave one of them out",
    });
  }
}
