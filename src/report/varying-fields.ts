import { STRENGTH_FIELDS } from "../scenario/strength.ts";

/**
 * Fields of a table that are not the same in all records; of spellings of one thing the first alone, of files the name where that
 * tells them apart, and of networks the variables where these tell what they set.
 */
export function varyingFields(table: object, records: readonly { readonly scenario: object }[]): readonly string[] {
  const fieldOf = (scenario: object, field: string): unknown => scenario[field as keyof typeof scenario];
  const fields = differing(Object.keys(table), records);
  const strengths = STRENGTH_FIELDS.filter((field) => fields.includes(field));
  const isSaid = (field: string) =>
    strengths.some((strength, index) => strength === field && index > 0) ||
    (field.startsWith("activation") && field !== "activation" && fields.includes("activation")) ||
    (field.endsWith(DIGEST) && fields.includes(field.slice(0, -DIGEST.length))) ||
    (fields.includes("variables") && !OF_THEIR_OWN.includes(field) && followsVariables(field));
  return fields.filter((field) => !isSaid(field));

  /** In one pass: records are many, and do not all fit in a cache. */
  function differing(names: readonly string[], [first, ...others]: typeof records): readonly string[] {
    let same = names;
    for (const { scenario } of others) {
      const isSame = (name: string) => fieldOf(scenario, name) === fieldOf(first?.scenario ?? scenario, name);
      if (!same.every(isSame)) same = same.filter(isSame);
    }
    return names.filter((name) => !same.includes(name));
  }

  /** Whether records with the same variables have the same there. */
  function followsVariables(field: string): boolean {
    const values = new Map<unknown, unknown>();
    return records.every(({ scenario }) => {
      const [note, value] = [fieldOf(scenario, "variables"), fieldOf(scenario, field)];
      if (!values.has(note)) values.set(note, value);
      return values.get(note) === value;
    });
  }
}

/** Of a network as text: what its variables are, and what tells networks of one kind apart. */
const OF_THEIR_OWN = ["variables", "seed"];

const DIGEST = "Digest";
