import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rolldown } from "tsdown";
import { expect, inject, it } from "vitest";
import { contains, fileOfPackage, licencesOfBundled } from "../../.ci/third-party.ts";
import { PICTURE_FILES } from "../../src/cli/picture-files.ts";
import { temporaryFolders } from "../cli/vshift.ts";

const temporaryFolder = temporaryFolders();
const installed = (path: string) => readFileSync(join(inject("installed"), "node_modules/vshift/dist", path), "utf8");

/** What a THIRD-PARTY.txt says of each package, by name. */
function entriesOf(text: string): ReadonlyMap<string, string> {
  const notices = text
    .split(`\n${"-".repeat(80)}\n\n`)
    .map((notice) => /^(\S+) \S+ \([^)\n]+\)\n\n(.*)$/s.exec(notice));
  return new Map(notices.map((found) => [found?.[1] ?? "no heading", found?.[2] ?? ""]));
}

it.each(["THIRD-PARTY.txt", "bin/THIRD-PARTY.txt"])("%s has a licence's words for each package", (file) => {
  const entries = entriesOf(installed(file));
  expect(entries.size).toBeGreaterThan(2);
  for (const [name, text] of entries) {
    expect(text.length, name).toBeGreaterThan(400);
    expect(text, name).toMatch(/permission|redistribution|licen[cs]e/i);
    expect(text, name).toMatch(/copyright|©|\(c\)/i);
  }
});

it("the library's has every package that the library's code names its regions by, and the workers'", () => {
  const code = readdirSync("dist").filter((name) => name.endsWith(".mjs"));
  const regions = code.flatMap((name) => [
    ...installed(name).matchAll(/^\/\/#region node_modules\/((?:@[^/]+\/)?[^/]+)/gm),
  ]);
  const workers = readdirSync("src/executor")
    .filter((name) => name.endsWith("-worker-source.ts"))
    .map((name) => readFileSync(`src/executor/${name}`, "utf8").match(/^\/\/ Contains code of (.*)$/m)?.[1] ?? "");
  const names = [
    ...regions.map(([, name]) => name),
    ...workers.flatMap((folders) => folders.split(", ")).map((folder) => folder.replace("node_modules/", "")),
  ];
  expect(names).toEqual(expect.arrayContaining(["@noble/hashes", "seedrandom", "rolldown"]));
  expect([...entriesOf(installed("THIRD-PARTY.txt")).keys()]).toEqual(expect.arrayContaining(names));
});

it("the executable's has what a PNG is made with", () => {
  const entries = entriesOf(installed("bin/THIRD-PARTY.txt"));
  expect(entries.get("@resvg/resvg-wasm")).toContain("Mozilla Public License Version 2.0");
  expect(entries.get("dejavu-fonts-ttf")).toContain("Bitstream Vera Fonts Copyright");
});

/** The notices of a bundle of two packages of code, a font's and the text of a bundle, of which one has no licence's text. */
async function noticesOf(folder: string, { licence }: { readonly licence: string | undefined }): Promise<string> {
  const files = {
    "entry.mjs": 'import "./node_modules/one/index.mjs";\nimport { text } from "./text.js";\nconsole.log(text);',
    "text.js": `${await contains([{ type: "chunk", moduleIds: [join(process.cwd(), "node_modules/fflate/index.js")] }])}\nexport const text = [];`,
    "node_modules/one/index.mjs": 'console.log("one");',
    "node_modules/one/package.json": '{ "name": "@nobody/one", "version": "1.2.3", "license": "MIT" }',
    ...(licence === undefined ? {} : { "node_modules/one/LICENCE.md": licence }),
  };
  mkdirSync(join(folder, "node_modules/one"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const bundle = await Rolldown.rolldown({
    input: join(folder, "entry.mjs"),
    plugins: [fileOfPackage(PICTURE_FILES.font), licencesOfBundled()],
  });
  const { output } = await bundle.generate();
  const notices = output.find(({ fileName }) => fileName === "THIRD-PARTY.txt");
  return notices?.type === "asset" ? String(notices.source) : "none";
}

it("code, files and what generated text contains each bring a notice", async () => {
  const entries = entriesOf(await noticesOf(temporaryFolder(), { licence: "Do as you like." }));
  expect([...entries.keys()].sort()).toEqual(["@nobody/one", "dejavu-fonts-ttf", "fflate"]);
  expect(entries.get("@nobody/one")).toBe("Do as you like.\n");
});

it("a package without a licence's text fails the build, by name", async () => {
  await expect(noticesOf(temporaryFolder(), { licence: undefined })).rejects.toThrow(
    /@nobody\/one is bundled and has no licence text; write it to \.ci\/licences\/@nobody\/one\.txt/,
  );
});
