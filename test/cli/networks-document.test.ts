import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LAYER_WORDS } from "../../src/notation/words.ts";
import { vshift } from "./in-process.ts";

const PATH = "docs/NETWORKS.md";
const PAGE = readFileSync(PATH, "utf8");
const EXAMPLE = /```console\n\$ vshift ([^\n]*)\n[^`]*```/g;

// After a change of what is printed, `npx vitest run --project source test/cli/networks-document.test.ts --update` writes it again.
it("docs/NETWORKS.md shows what its commands print", async () => {
  let page = PAGE;
  const commands = [...PAGE.matchAll(EXAMPLE)].map(([, command = ""]) => command);
  expect(commands.length).toBeGreaterThanOrEqual(25);
  for (const command of commands) {
    const { code, stdout, stderr } = await vshift([...wordsOf(command), "--format", "table"], {
      env: { COLUMNS: "80" },
    });
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
    page = page.replace(EXAMPLE, (found, shown) =>
      shown === command ? `\`\`\`console\n$ vshift ${command}\n${stdout}\`\`\`` : found,
    );
  }
  await expect(page).toMatchFileSnapshot(`../../${PATH}`);
});

/** The words of a command line, of which some are in single quotes. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}

it("the page names every layer", () => {
  for (const word of LAYER_WORDS) expect(PAGE).toMatch(new RegExp(`[\`\\s]${word}[\`( ]`));
});
