import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
const NESTED = "[".repeat(100_000) + "]".repeat(100_000);

/** A folder with a file of this name and text. */
function folderWith(name: string, text: string | Uint8Array): string {
  const cwd = folder();
  writeFileSync(join(cwd, name), text);
  return cwd;
}

const CELL = ["--keep", "0.5", "--width", "4", "--samples", "1024"];
const { stdout: RECORD } = await vshift(["simulate", ...CELL, "--format", "ndjson"]);
const STACK = ["--depth", "2", "--width", "8", "--batch-size", "8", "--batches", "8", "--format", "ndjson", "--quiet"];
const { stdout: STACK_RECORD } = await vshift(["stack", ...STACK]);

it("the records that the cases damage are read as they are", async () => {
  const records = ["records", "a.ndjson", "--format", "ndjson"];
  expect((await vshift(records, { cwd: folderWith("a.ndjson", RECORD) })).stdout).toBe(RECORD);
  const plot = ["plot", "a.ndjson", "--format", "svg"];
  expect((await vshift(plot, { cwd: folderWith("a.ndjson", STACK_RECORD) })).code).toBe(0);
});

describe("a configuration file is refused in one line", () => {
  const bomb = [..."abcdefgh"].map(
    (name, at) => `${name}: &${name} [${`${at === 0 ? "1" : `*${"abcdefgh"[at - 1]}`}, `.repeat(9)}]`,
  );
  const cases: readonly (readonly [name: string, text: string, says: string])[] = [
    ["a.json", '{ "keep": 0.5, "keep": 0.6 }', "a.json: has the key keep more than once"],
    ["a.json", '{ "keep": [0.5, { "a": 1, "a": 1 }] }', "a.json: has the key keep[1].a more than once"],
    ["a.json", NESTED, "a.json: is nested deeper than 100 levels"],
    ["a.json", '{ "__proto__": { "keep": 0.6 } }', "a.json: __proto__: is not a field"],
    ["a.yaml", "keep: 0.5\nkeep: 0.6", "a.yaml: is not YAML (Map keys must be unique"],
    ["a.yaml", "keep: &a [*a]", "a.yaml: is nested deeper than 100 levels"],
    ["a.yaml", "&a [*a]", "a.yaml: is nested deeper than 100 levels"],
    ["a.yaml", "[".repeat(60_000), "a.yaml: is nested deeper than 100 levels"],
    ["a.yaml", "- ".repeat(30_000), "a.yaml: is nested deeper than 100 levels"],
    ["a.yaml", "{ keep: ".repeat(8_000), "a.yaml: is nested deeper than 100 levels"],
    ["a.yaml", NESTED, "a.yaml: has 200000 characters, above the limit of 65536 for YAML; write it as JSON"],
    ["a.yaml", bomb.join("\n"), "a.yaml: is not YAML (Excessive alias count"],
    ["a.yaml", "keep: !a 0.5", "a.yaml: is not YAML (Unresolved tag: !a"],
    ["a.yaml", "%A\n---\nkeep: 0.5", "a.yaml: is not YAML (Unknown directive %A"],
    ["a.yaml", "__proto__: { keep: 0.6 }", "a.yaml: __proto__: is not a field"],
  ];
  it.each(cases)("%s: %.30s", async (name, text, says) => {
    const cwd = folderWith(name, text);
    const commands = [["simulate"], ["sweep", "--dry-run"], ["stack"]];
    for (const command of commands) expectOneLine(await vshift([...command, "--config", name], { cwd }), [says]);
  });
});

describe("a file of records is refused in one line", () => {
  const cases: readonly (readonly [name: string, text: string | Uint8Array, says: string])[] = [
    [
      "a key twice",
      RECORD.replace('"width":4', '"width":4,"width":4'),
      "a.ndjson:1: has the key scenario.width more than once",
    ],
    [
      "a key twice in a list",
      `[\n${RECORD.replace('"n":4', '"n":4,"n":4')}]`,
      "a.ndjson: has the key [0].sums.n more than once",
    ],
    ["brackets in a line", `${RECORD}{"a":${NESTED}}\n`, "a.ndjson:2: is nested deeper than 100 levels"],
    ["brackets", NESTED, "a.ndjson: is nested deeper than 100 levels"],
    ["Latin-1", Buffer.from(RECORD.replace('"vshift"', '"é"'), "latin1"), "a.ndjson:1: is not UTF-8 text"],
    ["a forged verdict", RECORD.replace('"inconclusive"', '"agrees"'), "a.ndjson:1: agreement.verdict agrees is not"],
  ];
  it.each(cases)("with %s", async (_, text, says) => {
    const cwd = folderWith("a.ndjson", text);
    for (const command of ["records", "plot", "check"])
      expectOneLine(await vshift([command, "a.ndjson"], { cwd }), [says]);
    expectOneLine(await vshift(["check", ...CELL, "--baseline", "a.ndjson"], { cwd }), [says]);
  });

  it("that a sweep would go on with", async () => {
    const cwd = folderWith("a.ndjson", RECORD.replace('"inconclusive"', '"agrees"'));
    expectOneLine(await vshift(["sweep", ...CELL, "--output", "a.ndjson"], { cwd }), [
      "a.ndjson:1: agreement.verdict agrees is not what the sums give (inconclusive)",
    ]);
  });

  it("of stacks, cut anywhere or damaged", async () => {
    const cuts = [1, 60, 300, STACK_RECORD.length - 2].map((end) => STACK_RECORD.slice(0, end));
    const edits = [
      STACK_RECORD.replace('"depth":2', '"depth":3'),
      STACK_RECORD.replace('"noiseAt":"all"', '"noiseAt":"7"'),
      STACK_RECORD.replace('"index":1', '"index":2'),
      STACK_RECORD.replace('"id":', '"id":"","id":'),
    ];
    for (const input of [...cuts, ...edits]) {
      expect(input).not.toBe(STACK_RECORD);
      expectOneLine(await vshift(["plot", "a.ndjson"], { cwd: folderWith("a.ndjson", input) }), ["a.ndjson"]);
    }
  });
});

describe("a line of 600 MB is refused in one line, at its 16th", () => {
  /** A sparse file: a line of zeros with no end. */
  function hugeFile(): string {
    const cwd = folder();
    const file = openSync(join(cwd, "a.ndjson"), "w");
    writeSync(file, RECORD);
    ftruncateSync(file, 600_000_000);
    closeSync(file);
    return cwd;
  }

  it.each(["records", "plot", "check"])("%s", async (command) => {
    const says = ["a.ndjson:2: is longer than 16777216 bytes, the limit of a line"];
    expectOneLine(await vshift([command, "a.ndjson"], { cwd: hugeFile() }), says);
  });

  it("sweep", async () => {
    const ran = await vshift(["sweep", ...CELL, "--output", "a.ndjson"], { cwd: hugeFile() });
    expectOneLine(ran, ["is longer than 16777216 bytes, the limit of a line"]);
  });
});

it("variances that were measured elsewhere are refused with a key twice", async () => {
  const cwd = folderWith("m.ndjson", '{"trainVariance":2,"testVariance":1,"testVariance":1}\n'.repeat(3));
  const ran = await vshift(["check", "--keep", "0.5", "--measured", "m.ndjson"], { cwd });
  expectOneLine(ran, ["m.ndjson:1: has the key testVariance more than once"]);
});
