import { expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { flagsDocument } from "./flags-document.ts";

// After a change of a flag, `npx vitest run --project source test/cli/flags-document.test.ts --update` writes the page again.
it("docs/FLAGS.md is what the tables of commands and fields give", async () => {
  await expect(flagsDocument()).toMatchFileSnapshot("../../docs/FLAGS.md");
});

it.each(COMMANDS)("the page has every flag of vshift $name", ({ name, options }) => {
  const page = flagsDocument();
  const shared = page.slice(0, page.indexOf("\n## vshift "));
  const own = page.slice(page.indexOf(`\n## vshift ${name}\n`)).split(/\n## vshift /)[1] ?? "";
  for (const { flags } of options()) expect(`${shared}${own}`).toContain(`\`${flags}\``);
});
