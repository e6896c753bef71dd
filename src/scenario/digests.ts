import { parseFiles } from "../notation/files.ts";
import { ARRAY_FIELDS } from "./arrays.ts";
import type { Scenario } from "./scenario.ts";

/** The digests of all arrays that a scenario names, in its fields and in the text of its network. */
export function digestsOf(scenario: Scenario): readonly string[] {
  const ofFields = ARRAY_FIELDS.flatMap((field) => scenario[`${field}Digest`] ?? []);
  const { files } = scenario;
  return [...ofFields, ...(files === null ? [] : [...parseFiles(files).values()].map(({ digest }) => digest))];
}
