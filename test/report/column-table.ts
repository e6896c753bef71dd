import type { Column } from "../../src/report/columns.ts";
import { markdownTable } from "../../src/report/markdown.ts";
import { readable } from "../../src/report/numbers.ts";
import { FILE_PATTERN } from "../../src/scenario/fields.ts";

/** The columns as the table of docs/RECORDS.md, all of it read off the record's schema. */
export function columnTable(columns: readonly Column[]): string {
  const rows = columns.map(({ name, type, nullWhen, schema }) => [
    `\`${name}\``,
    String(schema.description ?? ""),
    type,
    domain(schema),
    nullWhen ?? "never",
  ]);
  return markdownTable(["column", "meaning", "type", "values", "null"], rows);
}

/** The values that a column can have, in words: "> 0, ≤ 0.5". */
function domain(schema: Column["schema"]): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (Array.isArray(schema.enum)) return schema.enum.map((choice) => `\`${choice}\``).join(", ");
  if (Array.isArray(schema.oneOf)) return schema.oneOf.map((one: Column["schema"]) => domain(one)).join(", ");
  if (schema.pattern === FILE_PATTERN) return "`file:` and a name";
  if (schema.pattern === "^[0-9a-f]{64}$") return "64 hexadecimal digits";
  if (schema.maxLength !== undefined) return `at most ${schema.maxLength} characters`;
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const bounds = Object.entries({ "≥": minimum, ">": exclusiveMinimum, "≤": maximum, "<": exclusiveMaximum })
    .filter(([, bound]) => bound !== undefined)
    .map(([sign, bound]) => `${sign} ${readable(Number(bound), 15)}`);
  return bounds.length === 0 ? "any" : bounds.join(", ");
}
