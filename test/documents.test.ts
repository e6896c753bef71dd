import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { anchors } from "./anchors.ts";

const DOCUMENTS = [
  ...["README.md", "CHANGELOG.md", "bench/README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"],
  "docs/examples/README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** Links of a document that lead nowhere: to a file that is not there, or a heading that its document does not have. */
function deadLinks(path: string, text: string): string[] {
  const links = [...text.replace(/^```[\s\S]*?^```$/gm, "").matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [file = "", heading] = link.split("#");
    const target = file === "" ? path : join(dirname(path), file);
    if (!existsSync(target)) return true;
    return heading !== undefined && !anchors(readFileSync(target, "utf8")).includes(decodeURIComponent(heading));
  });
}

it.each(DOCUMENTS)("every link of %s leads somewhere", (path) => {
  expect(deadLinks(path, readFileSync(path, "utf8"))).toEqual([]);
});

it("docs/README.md lists every document", () => {
  const index = readFileSync("docs/README.md", "utf8");
  for (const path of DOCUMENTS.filter((name) => name.startsWith("docs") && !name.endsWith("README.md"))) {
    expect(index).toContain(`](${path.replace(/^docs./, "")})`);
  }
});

it("a link to no file, and to no heading, is found", () => {
  expect(deadLinks("docs/CI.md", "[a](NONE.md) [b](CI.md#none) [c](#exit-codes) [d](CI.md#github-actions)")).toEqual([
    "NONE.md",
    "CI.md#none",
  ]);
});
