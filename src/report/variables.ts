import { isVariableName, type VariableName, variableIn, variablesOf } from "../scenario/variables.ts";

/** What has a note of variables: a scenario, of a record or not. */
interface Noted {
  readonly variables: string | null;
}

/** Variables that are not the same in all scenarios, in the order in which they come. */
export function varyingVariables(scenarios: readonly Noted[]): readonly VariableName[] {
  const names = new Set(scenarios.flatMap(variablesOf));
  return [...names].filter((name) => new Set(scenarios.map((scenario) => variableIn(scenario, name))).size > 1);
}

/** Fields of a table, with a column for each variable that varies instead of their note. */
export function withVariables(fields: readonly string[], scenarios: readonly Noted[]): readonly string[] {
  return fields.flatMap((field) => (field === "variables" ? varyingVariables(scenarios) : [field]));
}

/** What a scenario has in a field, or what a variable stood for. */
export function fieldIn(scenario: Noted, field: string): unknown {
  return isVariableName(field) ? variableIn(scenario, field) : scenario[field as keyof Noted];
}
