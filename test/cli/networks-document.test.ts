import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { LAYER_WORDS } from "../../src/notation/words.ts";
import { vshift } from "./in-process.ts";

const PATH = "docs/NETWORKS.md";
const PAGE = readFileSync(PATH, "utf8");
const EXAMPLE = /```console\n\$ vshift theory --network '([^']*)'\n[^`]*```/g;

// After a change of what is printed, `npx vitest run --project source test/cli/networks-document.test.ts --update` writes it again.
it("docs/NETWORKS.md shows what its commands print", async () => {
  let page = PAGE;
  const texts = [...PAGE.matchAll(EXAMPLE)].map(([, text = ""]) => text);
  expect(texts.length).toBeGreaterThanOrEqual(6);
  for (const text of texts) {
    const args = ["theory", "--network", text, "--format", "table"];
    const { code, stdout, stderr } = await vshift(args, { env: { COLUMNS: "80" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    page = page.replace(EXAMPLE, (found, shown) =>
      shown === text ? `\`\`\`console\n$ vshift theory --network '${text}'\n${stdout}\`\`\`` : found,
    );
  }
  await expect(page).toMatchFileSnapshot(`../../${PATH}`);
});

it("the page names every layer", () => {
  for (const word of LAYER_WORDS) expect(PAGE).toMatch(new RegExp(`[\`\\s]${word}[\`( ]`));
});
