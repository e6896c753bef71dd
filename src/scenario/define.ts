import { completeScenario } from "./complete.ts";
import { COMPLETE_TABLE, eachField, FIELD_NAMES, FIELDS, isDerived } from "./fields.ts";
import { inputOf } from "./input-of.ts";
import { conflict, isGiven } from "./refusal.ts";
import type { CompletedInput, Scenario, ScenarioInput } from "./scenario.ts";
import { shown } from "./typed.ts";
import { checkedInput } from "./validate.ts";

/**
 * A complete scenario from what a user wrote: fields of a scenario, or a complete scenario as a record has it, which is given back.
 *
 * Unknown fields, values of the wrong type or outside their domain, and fields that contradict each other are a
 * `VshiftError` that names the field, the value, the rule and the next step.
 *
 * Where the input names a file its numbers are needed: `simulate` and others take them as `arrays`. There is no file system here.
 */
export function defineScenario(input: ScenarioInput = {}): Scenario {
  return completeScenario(givenInput(input));
}

/**
 * What somebody gave for a scenario, each field known and inside its own domain.
 *
 * A complete scenario has fields that follow from others (`drop` from `keep`, digests from files), and a record's has what its run
 * made of it, too. It is read as the fields that all others follow from; a `VshiftError` where one does not follow.
 */
export function givenInput(input: unknown): CompletedInput {
  if (!isComplete(input)) return checkedInput(withoutNothing(input));
  const { inputMean, inputVariance, inputRho, maskCount, targetAlignment, ...fields } = input;
  const given = checkedInput<Scenario>(
    targetAlignment === undefined ? fields : { ...fields, alignment: targetAlignment },
    COMPLETE_TABLE,
  );
  // Null where it is from before the field was there.
  const asked = eachField((name) => given[name] ?? null);
  const said = inputOf(asked);
  const scenario = completeScenario(said);
  const stray = FIELD_NAMES.find((name) => asked[name] !== scenario[name]);
  if (stray === undefined) return said;
  throw conflict(
    stray,
    `${shown(asked[stray])} does not follow from the other fields of this complete scenario, which make it ${shown(scenario[stray])}`,
    "give the scenario back unchanged, or only the fields that you ask for",
  );
}

/** The fields that say a complete scenario, without what follows from files, which are read again; any other value unchanged. */
export function fieldsSaid(input: unknown): unknown {
  if (!isComplete(input)) return input;
  return Object.fromEntries(Object.entries(givenInput(input)).filter(([name]) => !isDerived(name)));
}

/** Without fields that are null and not for anybody to say: a scenario without files has them. */
function withoutNothing(input: unknown): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  const fields = Object.entries(input);
  const isNothing = (name: string, value: unknown) => isDerived(name) && !isGiven(value);
  return fields.some(([name, value]) => isNothing(name, value))
    ? Object.fromEntries(fields.filter(([name, value]) => !isNothing(name, value)))
    : input;
}

/** Whether all is there that any scenario has, which nobody may say at once: each spelling of the noise's strength, for one. */
function isComplete(input: unknown): input is Readonly<Record<string, unknown>> {
  if (typeof input !== "object" || input === null) return false;
  const given = input as Readonly<Record<string, unknown>>;
  return FIELD_NAMES.every((name) => {
    const { isLater, nullWhen } = FIELDS[name];
    if (given[name] === undefined) return isLater === true;
    return given[name] !== null || nullWhen !== undefined;
  });
}
