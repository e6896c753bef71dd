import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { npyOf } from "../skewed-rows.ts";
import { temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();

/** Text that clears a screen, begins a line that GitHub Actions obeys, and turns the direction of writing. */
const HOSTILE = "x\u001b[2J\n::error::owned\r\u009b2J\u202e";

/** What nothing that is printed may have but its own line breaks. */
const STEERS = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^::error::owned/mu;

const file = (name: string, content: string | Uint8Array) => ({ name, content });

type Case = readonly [name: string, args: readonly string[], given?: ReturnType<typeof file>];

/** Arguments, and a file for them. */
const CASES: readonly Case[] = [
  ["an unknown option", ["simulate", `--${HOSTILE}`]],
  ["an unknown command", [HOSTILE]],
  ["a value", ["simulate", "--keep", HOSTILE]],
  ["a choice", ["simulate", "--noise", HOSTILE]],
  ["a format", ["simulate", "--format", HOSTILE]],
  ["a key of a configuration", ["simulate", "--config", "c.json"], file("c.json", JSON.stringify({ [HOSTILE]: 1 }))],
  ["a value in a configuration", ["simulate", "--config", "c.json"], file("c.json", JSON.stringify({ keep: HOSTILE }))],
  ["an excerpt of JSON", ["simulate", "--config", "c.json"], file("c.json", `{"keep": ${HOSTILE}}`)],
  ["an excerpt of YAML", ["simulate", "--config", "c.yaml"], file("c.yaml", `keep: [${HOSTILE}`)],
  ["a name of a configuration", ["simulate", "--config", `${HOSTILE}.json`]],
  ["a name of a result", ["simulate", "--output", `missing/${HOSTILE}.json`]],
  ["an ending", ["simulate", "--output", `a.${HOSTILE}`]],
  ["a name of records", ["records", `${HOSTILE}.ndjson`]],
  ["a line of records", ["records", "r.ndjson"], file("r.ndjson", `{"schema":"${HOSTILE.replace(/\n/g, "")}"}\n`)],
  ["a schema", ["records", "r.json"], file("r.json", JSON.stringify({ schema: HOSTILE }))],
  [
    "a header",
    ["check", "--measured", "m.csv"],
    file("m.csv", `trainVariance,${HOSTILE.replace(/[\n\r]/g, "")}\n1,2\n`),
  ],
  ["a name of weights", ["weights", `${HOSTILE}.npy`], file(`${HOSTILE.replaceAll("/", "")}.npy`, "no weights")],
  ["a name of arrays", ["weights", "w.npy", "--name", HOSTILE], file("w.npy", npyOf([[1, 2]]))],
  ["a file of weights", ["simulate", "--weights", `file:${HOSTILE}.npy`]],
  ["a field to filter by", ["records", "r.json", "--filter", `${HOSTILE}=1`], file("r.json", "[]")],
  ["a field to sort by", ["records", "r.json", `--sort=${HOSTILE}`], file("r.json", "[]")],
  ["an axis", ["plot", "r.json", "--x", HOSTILE], file("r.json", "[]")],
  ["a list to zip", ["sweep", "--zip", HOSTILE]],
  ["a shard", ["sweep", "--shard", HOSTILE]],
];

describe("text from outside cannot steer a terminal or a log", () => {
  for (const [name, args, given] of CASES) {
    it(name, async () => {
      const cwd = folder();
      if (given !== undefined) writeFileSync(join(cwd, given.name), given.content);
      const { code, stdout, stderr } = await vshift(args, { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^vshift: [^\n]+\n$/);
      expect(stderr).not.toMatch(STEERS);
    });
  }
});

/** Results that name something from outside. */
const RESULTS: readonly (readonly [string, readonly string[]])[] = [
  ["a seed in a table", ["simulate", "--seed", HOSTILE, "--d", "4", "--samples", "2048", "--format", "table"]],
  ["seeds of a sweep", ["sweep", "--seed", `a,${HOSTILE}`, "--d", "4", "--samples", "2048", "--format", "table"]],
  ["seeds of a dry run", ["sweep", "--seed", `a,${HOSTILE}`, "--dry-run", "--format", "table"]],
  ["seeds of a check", ["check", "--seed", `a,${HOSTILE}`, "--tolerance", "0.1", "--format", "table"]],
  [
    "a seed as an annotation",
    ["check", "--seed", `a,${HOSTILE}`, "--tolerance", "1e-9", "--max-samples", "4096", "--annotations", "github"],
  ],
  ["a file in a table", ["simulate", "--activation", "file:\u202ex.npy", "--samples", "2048", "--format", "table"]],
  ["a file of weights in a table", ["weights", "\u001b[2Jx.npy", "w.npy", "--format", "table"]],
  ["a title in a picture", ["plot", "--figure", "uout", "--title", HOSTILE, "--format", "svg"]],
];

it.each(RESULTS)("%s cannot steer a terminal or a log", async (_, args) => {
  const cwd = folder();
  for (const name of ["\u001b[2Jx.npy", "\u202ex.npy", "w.npy"])
    writeFileSync(
      join(cwd, name),
      npyOf([
        [1, 2],
        [3, 5],
        [4, 1],
      ]),
    );
  const { stdout, stderr } = await vshift(args, { cwd });
  expect(stdout).not.toBe("");
  expect(stdout + stderr).not.toMatch(STEERS);
});

it("negative control: the text itself would steer", () => {
  expect(HOSTILE).toMatch(STEERS);
});
