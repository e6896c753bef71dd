import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands.ts";
import { manualPages } from "../../src/cli/manual.ts";
import { start } from "./vshift.ts";

const MANIFEST = JSON.parse(readFileSync("package.json", "utf8"));
const PAGES = manualPages(MANIFEST.version);
const NAMES = [...PAGES.keys()];
const pathOf = (name: string) => `dist/man/${name}`;

const isThere = (command: string) => spawnSync(command, ["-V"]).error === undefined;
const HAS = { mandoc: isThere("mandoc"), groff: isThere("groff") };
const LOCALE = { LC_ALL: "C.UTF-8" };

it("the build writes a page for the program and one for each command, and the package names them to npm", () => {
  expect(NAMES).toEqual(["vshift.1", ...COMMANDS.map(({ name }) => `vshift-${name}.1`)]);
  expect(readdirSync("dist/man").toSorted()).toEqual(NAMES.toSorted());
  expect(MANIFEST.man).toEqual(NAMES.map((name) => `./${pathOf(name)}`));
  for (const [name, text] of PAGES) expect(readFileSync(pathOf(name), "utf8")).toBe(text);
});

it("a page is ASCII: what else there is stands in roff's own spelling", () => {
  for (const text of PAGES.values()) expect(text).toMatch(/^[\n\x20-\x7e]*$/);
});

it.each(COMMANDS.map(({ name }) => name))("the page of %s has every flag, with its choices", (name) => {
  const text = PAGES.get(`vshift-${name}.1`) ?? "";
  const command = COMMANDS.find((each) => each.name === name);
  for (const { long, short, hidden, argChoices = [] } of command?.options() ?? []) {
    for (const flag of [long, short]) {
      if (flag === undefined) continue;
      // At the head of an entry.
      const entry = new RegExp(`^\\.TP\\n.*\\\\fB${flag.replaceAll("-", "\\\\-")}\\\\fR`, "m");
      if (hidden) expect(text).not.toMatch(entry);
      else expect(text).toMatch(entry);
    }
    for (const choice of argChoices) expect(text).toContain(`\\fB${choice.replaceAll("-", "\\-")}\\fR`);
  }
});

describe("mandoc", () => {
  beforeEach(({ skip }) => skip(!HAS.mandoc, "mandoc is not installed"));

  it.each(NAMES)("has nothing to say of %s but that it has no date", async (name) => {
    const { stdout } = await start(["mandoc", "-T", "lint", "-W", "warning", pathOf(name)]).end;
    expect(stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date"))).toEqual([]);
  });
});

/** What a reader sees: bold and underlined letters are struck over, or switched on and off. */
async function rendered(command: readonly string[]): Promise<string> {
  const { stdout, stderr } = await start(command, { env: LOCALE }).end;
  expect(stderr).toBe("");
  const struck = `.${String.fromCharCode(8)}`;
  const switched = `${String.fromCharCode(27)}\\[[\\d;]*m`;
  return stdout.replace(new RegExp(`${struck}|${switched}`, "g"), "");
}

describe.each([
  ["mandoc", ["mandoc", "-T", "utf8"]],
  ["groff", ["groff", "-man", "-ww", "-T", "utf8"]],
] as const)("%s", (reader, command) => {
  beforeEach(({ skip }) => skip(!HAS[reader], `${reader} is not installed`));

  it("shows flags with hyphens, Greek letters, and examples that can be copied", async () => {
    const records = await rendered([...command, pathOf("vshift-records.1")]);
    expect(records).toContain(
      "vshift records all.ndjson --filter 'd>=512' --filter 'verdict!=agrees' --sort=-deviation --format csv",
    );
    expect(records).toMatch(/^ +--p, --keep number$/m);
    expect(records).toContain("half width β of Uout's multiplier 1 + U(−β, β)");
    expect(await rendered([...command, pathOf("vshift.1")])).toMatch(/^NAME\n +vshift - variance shift/m);
  });
});
