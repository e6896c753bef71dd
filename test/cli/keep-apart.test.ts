import { linkSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { npyOf, skewedRows, unequalWeights } from "../skewed-rows.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

const RECORDS = (await vshift(["sweep", "--p", "0.5,0.7", "--d", "8", "--samples", "4096"])).stdout;

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "c.json": '{ "keep": 0.5, "width": 8 }',
  "w.json": '{ "weights": "file:w.npy" }',
  "s.ndjson": RECORDS,
  "b.ndjson": RECORDS,
  "m.csv": "trainVariance,testVariance\n2,1\n2.1,1\n",
  "x.npy": npyOf(skewedRows(20, 8)),
  "w.npy": npyOf(unequalWeights(3, 8)),
};

function filesIn(cwd = folder()): string {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
  // Other names of what is read.
  symlinkSync("c.json", join(cwd, "link.json"));
  linkSync(join(cwd, "c.json"), join(cwd, "twin.json"));
  return cwd;
}

function expectUntouched(cwd: string): void {
  for (const [name, content] of Object.entries(FILES)) {
    expect(readFileSync(join(cwd, name)).equals(Buffer.from(content)), name).toBe(true);
  }
}

const REFUSED: readonly (readonly [args: string, flag: string, says: string])[] = [
  ["simulate --config c.json --output c.json", "--output", "c.json is also the file of --config"],
  ["simulate --config c.json --output ./c.json", "--output", "./c.json is also the file of --config"],
  ["simulate --config c.json --output link.json", "--output", "link.json is also the file of --config"],
  ["simulate --config link.json --output c.json", "--output", "c.json is also the file of --config"],
  ["simulate --config c.json --output twin.json", "--output", "twin.json is also the file of --config"],
  ["sweep --config c.json --output c.json", "--output", "c.json is also the file of --config"],
  ["stack --config c.json --output c.json", "--output", "c.json is also the file of --config"],
  ["solve --shift 0.9 --solve-for keep --config c.json --output c.json", "--output", "the file of --config"],
  ["records s.ndjson --config c.json --output c.json", "--output", "also the file of --config"],
  ["check --measured m.csv --output m.csv", "--output", "m.csv is also the file of --measured"],
  ["check s.ndjson --baseline b.ndjson --summary b.ndjson", "--summary", "b.ndjson is also the file of --baseline"],
  ["check s.ndjson --junit s.ndjson", "--junit", "s.ndjson is also an input"],
  ["check s.ndjson --output s.ndjson", "--output", "s.ndjson is also an input"],
  ["check b.ndjson s.ndjson --summary s.ndjson", "--summary", "s.ndjson is also an input"],
  ["plot s.ndjson --format svg --output s.ndjson", "--output", "s.ndjson is also an input"],
  ["weights w.npy --format csv --output w.npy", "--output", "w.npy is also an input"],
  ["theory --activation file:x.npy --format csv --output x.npy", "--output", "x.npy is also file:x.npy"],
  ["simulate --weights file:w.npy --format csv --output w.npy", "--output", "w.npy is also file:w.npy"],
  ["simulate --config w.json --format csv --output w.npy", "--output", "w.npy is also file:w.npy"],
  ["sweep --activation normal,file:x.npy --format csv --output x.npy", "--output", "x.npy is also file:x.npy"],
  ["check s.ndjson --junit r.xml --summary r.xml", "--summary", "r.xml is also the file of --junit"],
  ["check s.ndjson --output r.md --summary ./r.md", "--summary", "./r.md is also the file of --output"],
];

describe("a file is not written that is read, or written otherwise", () => {
  it.each(REFUSED)("%s", async (args, flag, says) => {
    const cwd = filesIn();
    const ran = await vshift(args.split(" "), { cwd });
    expectOneLine(ran, [flag, says, "would be overwritten; choose another file"]);
    expectUntouched(cwd);
  });
});

describe("what harms nothing is done", () => {
  it("records are written where they were read", async () => {
    const cwd = filesIn();
    const sorted = ["records", "s.ndjson", "--sort=-p", "--output", "s.ndjson"];
    expect(await vshift(sorted, { cwd })).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(join(cwd, "s.ndjson"), "utf8").trim().split("\n").toReversed().join("\n")).toBe(RECORDS.trim());
  });

  it.each([
    "check s.ndjson --baseline s.ndjson --output r.txt --junit r.xml --summary r.md",
    "check s.ndjson --output /dev/null --junit /dev/null --summary /dev/null",
    "theory --weights file:w.npy --activation file:x.npy --output w.json",
  ])("%s", async (args) => {
    const cwd = filesIn();
    const { code, stderr } = await vshift(args.split(" "), { cwd });
    // A check ends with a summary.
    expect({ code, stderr: stderr.replace(/^ {2}✓ .*\n/, "") }).toEqual({ code: 0, stderr: "" });
  });
});
