import stringWidth from "fast-string-width";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { vshift } from "./in-process.ts";
import { COMMONEST, OTHERS, withFiles } from "./screens.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const WIDTHS = [60, 80, 100, 120];

async function screen(line: string, width: number): Promise<string> {
  const words = [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const args = [...words, "--format", "table"];
  const { stdout, code } = await vshift(args, { cwd: withFiles(folder()), env: { COLUMNS: String(width) } });
  expect(code).not.toBe(2);
  return stdout;
}

/** What a narrow screen has besides: a dot between details, and the remark on columns that it drops. */
const REMARK = ["·", ...wordsOf("too narrow for : widen the terminal, or add --format csv")];

/** Words without the commas and colons that a layout may put behind them. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).map((word) => word.replace(/[,:]$/, ""));
}

describe.each([...COMMONEST, ...OTHERS])("vshift %s", (line) => {
  it("fits screens of 60, 80, 100 and 120 columns, and breaks no word", async () => {
    // So wide that nothing is wrapped or dropped.
    const known = new Set([...wordsOf(await screen(line, 9999)), ...REMARK]);
    for (const width of WIDTHS) {
      const text = await screen(line, width);
      for (const each of text.split("\n")) expect(stringWidth(each), each).toBeLessThanOrEqual(width);
      for (const word of wordsOf(text)) expect([word, known.has(word)]).toEqual([word, true]);
    }
  });
});

describe("a table", () => {
  it("has its header over its cells at any width", async () => {
    for (const width of WIDTHS) {
      const lines = (await screen("stack --p 0.5 --depth 3 --d 16", width)).split("\n");
      const header = lines.findIndex((text) => text.includes("position"));
      const [head = "", row = ""] = lines.slice(header, header + 2);
      const ends = (text: string) =>
        [...text.matchAll(/\S+(?: \S+)*(?= {2}|$)/g)].map((cell) => cell.index + cell[0].length);
      // Numbers are set to the right, below the end of their name.
      expect(ends(row).slice(1)).toEqual(ends(head).slice(1));
    }
  });

  it("names the columns that it drops, and drops none where all fit", async () => {
    expect(await screen("stack --p 0.5 --depth 3 --d 16", 60)).toMatch(/too narrow for .*ln Δ/);
    expect(await screen("stack --p 0.5 --depth 3 --d 16", 120)).not.toContain("too narrow");
  });

  it("puts details below their row, indented", async () => {
    const text = await screen("theory --p 0.5", 80);
    expect(text).toMatch(/\n {2}σ² +1 +relative variance of the noise\n {6}= \(1 − p\) \/ p /);
  });
});

it("every command has a screen here, except those that make pictures, pages and scripts, or go on until they are stopped", () => {
  const shown = new Set([...COMMONEST, ...OTHERS].map((line) => line.split(" ")[0]));
  expect(COMMANDS.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([
    ...["plot", "worker", "explore", "completion"],
  ]);
});

// After a change of words, `npx vitest run --project source test/cli/screens.test.ts --update` writes the page again.
it("docs/SCREENS.md shows the screens of the commonest commands at 80 columns", async () => {
  const screens = await Promise.all(
    COMMONEST.map(async (line) => `## vshift ${line}\n\n\`\`\`text\n${await screen(line, 80)}\`\`\`\n`),
  );
  const page = `# Screens\n\nThe commonest commands as a terminal of 80 columns shows them. A test writes this page.\n\n${screens.join("\n")}`;
  await expect(page).toMatchFileSnapshot("../../docs/SCREENS.md");
});
