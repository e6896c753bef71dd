import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { recordColumns } from "../../src/report/columns.ts";
import { columnTable } from "./column-table.ts";

const COLUMNS = recordColumns();

// After a change of the schema, `npx vitest run --project source test/report --update` writes the table anew.
it("docs/RECORDS.md has the columns, types, domains and nulls of the record's schema", async () => {
  const document = await readFile("docs/RECORDS.md", "utf8");
  expect(document).toMatch(/^\| column /m);
  const upToDate = document.replace(/^\| column [\s\S]*?\n(?!\|)|^\| column [\s\S]*$/m, () => columnTable(COLUMNS));
  await expect(upToDate).toMatchFileSnapshot("../../docs/RECORDS.md");
});

it.each(COLUMNS)("the schema says what $name is", ({ schema }) => {
  expect(schema.description).toMatch(/^\S/);
});

it("a schema of another meaning, bound, type or null makes another table", () => {
  const [first, ...others] = COLUMNS;
  if (first === undefined) throw new Error("there are no columns");
  const { schema } = first;
  for (const changed of [
    { ...first, schema: { ...schema, description: "another" } },
    { ...first, schema: { type: "string", maxLength: 3 } },
    { ...first, type: "number" as const },
    { ...first, nullWhen: "on Sundays" },
  ]) {
    expect(columnTable([changed, ...others])).not.toBe(columnTable(COLUMNS));
  }
});
