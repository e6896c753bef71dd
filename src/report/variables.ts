import { tokensOf } from "../notation/tokens.ts";
import { listed, meantVariable } from "../notation/variables.ts";
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

/** What is wrong with the names of variables that no record has. */
export function strayVariables(
  names: readonly VariableName[],
  records: readonly { readonly scenario: Noted }[],
): readonly { readonly problem: string; readonly hint: string }[] {
  const known = [...new Set(records.flatMap(({ scenario }) => variablesOf(scenario)))].map(bare);
  const otherwise = known.length === 0 ? "they have none; vshift sweep --set makes some" : `they have ${listed(known)}`;
  return names
    .map(bare)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      problem: `$${name} is not a variable of these records`,
      hint: meantVariable(name, known, otherwise),
    }));
}

/** "p" of "$p". */
function bare(name: VariableName): string {
  return name.slice(1);
}

/** Fields of a table, with a column for each variable that varies instead of their note. */
export function withVariables(fields: readonly string[], scenarios: readonly Noted[]): readonly string[] {
  return fields.flatMap((field): readonly string[] => (field === "variables" ? varyingVariables(scenarios) : [field]));
}

/**
 * The text that networks have in common, with the variables where the networks differ: "input(64) dropout($p) bn".
 * Undefined where they differ in more, or one has no text.
 */
export function networkInCommon(scenarios: readonly Written[]): string | undefined {
  const distinct = [...new Map(scenarios.map((scenario) => [scenario.network, scenario])).values()];
  const [first] = distinct;
  if (first?.network == null) return undefined;
  const tokens = distinct.map(({ network }) => tokensOf(network ?? ""));
  if (tokens.some(({ length }) => length !== tokens[0]?.length)) return undefined;
  const names = variablesOf(first);
  let text = "";
  let behind = 1;
  for (const [index, { at, to, text: own }] of (tokens[0] ?? []).entries()) {
    const isSame = tokens.every((others) => others[index]?.text === own);
    const isOf = (name: VariableName) =>
      distinct.every((scenario, of) => String(variableIn(scenario, name)) === tokens[of]?.[index]?.text);
    const shown = isSame ? own : names.find(isOf);
    if (shown === undefined) return undefined;
    text += `${first.network.slice(behind - 1, at - 1)}${shown}`;
    behind = to;
  }
  return text;
}

interface Written extends Noted {
  readonly network: string | null;
}

/** The variables that vary along the axis of a grid. */
export function variablesOfAxis(values: readonly (string | number)[]): readonly VariableName[] {
  return varyingVariables(values.map((value) => ({ variables: String(value) })));
}

/** What a scenario has in a field, or what a variable stood for. */
export function fieldIn(scenario: Noted, field: string): unknown {
  return isVariableName(field) ? variableIn(scenario, field) : scenario[field as keyof Noted];
}
