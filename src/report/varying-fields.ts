import { STRENGTH_FIELDS } from "../scenario/strength.ts";

/**
 * Fields of a table that are not the same in all records; of spellings of one thing the first alone, and of files the name where
 * that tells them apart.
 */
export function varyingFields(table: object, records: readonly { readonly scenario: object }[]): readonly string[] {
  const fieldOf = (scenario: object, field: string): unknown => scenario[field as keyof typeof scenario];
  const varies = (field: string) => new Set(records.map(({ scenario }) => fieldOf(scenario, field))).size > 1;
  const fields = Object.keys(table).filter(varies);
  const strengths = STRENGTH_FIELDS.filter((field) => fields.includes(field));
  const isSaid = (field: string) =>
    strengths.some((strength, index) => strength === field && index > 0) ||
    (field.startsWith("activation") && field !== "activation" && fields.includes("activation")) ||
    (field.endsWith(DIGEST) && fields.includes(field.slice(0, -DIGEST.length)));
  return fields.filter((field) => !isSaid(field));
}

const DIGEST = "Digest";
