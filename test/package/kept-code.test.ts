import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { start, temporaryFolders } from "../cli/vshift.ts";

const temporaryFolder = temporaryFolders();

/** Tells on stderr, of each script that gets kept code, whether V8 took it. */
const WATCH = `
const vm = require("node:vm");
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options);
    process.stderr.write(options.cachedData === undefined ? "compiled" : this.cachedDataRejected ? "rejected" : "kept");
  }
};`;

/** A copy of the installed package, with what is asked of it here. */
function copy() {
  const folder = temporaryFolder();
  cpSync(join(inject("installed"), "node_modules/vshift"), folder, { recursive: true });
  const watch = join(folder, "watch.cjs");
  writeFileSync(watch, WATCH);
  return {
    launcher: join(folder, "bin/vshift.cjs"),
    program: join(folder, "dist/bin/program.cjs"),
    code: join(folder, "dist/bin/program.code"),
    /** The shift that it gives, and where its program's code came from. */
    async run() {
      const args = ["theory", "--p", "0.9", "--mean", "1", "--format", "json"];
      const { child, end } = start([process.execPath, "--require", watch, join(folder, "bin/vshift.cjs"), ...args]);
      const limit = setTimeout(() => child.kill("SIGKILL"), 20_000);
      const { code, stdout, stderr } = await end;
      clearTimeout(limit);
      return { code, from: stderr, shift: stdout.startsWith("{") ? JSON.parse(stdout).theory.shift : stdout };
    },
  };
}

const RIGHT = { code: 0, shift: expect.closeTo(9 / 11, 12) };

/** Changes what the program calls the schema of its records, which the code that is kept holds, to a name as long. */
function edit(program: string): void {
  const text = readFileSync(program, "utf8");
  const edited = text.replaceAll("vshift.record/1", "vshift.edited/1");
  expect(edited).not.toBe(text);
  expect(edited.length).toBe(text.length);
  writeFileSync(program, edited);
}

async function schemaOf(launcher: string): Promise<string> {
  const { stdout } = await start([process.execPath, launcher, "simulate", "--d", "16", "--format", "json"]).end;
  return JSON.parse(stdout).schema;
}

it("as it is installed it runs from kept code", async () => {
  expect(await copy().run()).toEqual({ ...RIGHT, from: "kept" });
});

it("an edit that leaves the program as long as it was is what runs", async () => {
  const { launcher, program } = copy();
  edit(program);
  expect(await schemaOf(launcher)).toBe("vshift.edited/1");
});

// Negative control: V8 itself does not see the edit.
it("without the launcher's comparison the code from before the edit runs", async () => {
  const { launcher, program } = copy();
  edit(program);
  const text = readFileSync(launcher, "utf8");
  const trusting = text.replace("isWhole ? code : undefined", "code");
  expect(trusting).not.toBe(text);
  writeFileSync(launcher, trusting);
  expect(await schemaOf(launcher)).toBe("vshift.record/1");
});

describe("kept code that is damaged is passed over", () => {
  it("at each of 64 bits", { timeout: 120_000 }, async () => {
    const { code, run } = copy();
    const whole = readFileSync(code);
    let random = 20_190_616;
    for (let flip = 0; flip < 64; flip++) {
      // The generator of Numerical Recipes, §7.1.
      random = (Math.imul(1_664_525, random) + 1_013_904_223) >>> 0;
      const bit = Math.floor((random / 2 ** 32) * 8 * whole.length);
      const damaged = Buffer.from(whole);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(code, damaged);
      expect(await run(), `bit ${bit}`).toEqual({ ...RIGHT, from: "compiled" });
    }
  });

  const source = (program: string) => readFileSync(program).length;
  it.each([
    ["empty", ({ code }) => truncateSync(code, 0)],
    ["missing", ({ code }) => rmSync(code)],
    ["a byte short", ({ code }) => truncateSync(code, readFileSync(code).length - 1)],
    ["as short as its source", ({ code, program }) => truncateSync(code, source(program))],
    [
      "cut to one copy of the code",
      ({ code, program }) => truncateSync(code, readFileSync(code).length - source(program)),
    ],
    ["some other file", ({ code }) => writeFileSync(code, "#!/bin/sh\nexit 1\n")],
  ] satisfies [string, (files: ReturnType<typeof copy>) => void][])("%s", async (_, damage) => {
    const files = copy();
    damage(files);
    expect(await files.run()).toEqual({ ...RIGHT, from: "compiled" });
  });

  it("its source with no code", async () => {
    const { code, program, run } = copy();
    writeFileSync(code, readFileSync(program));
    expect(await run()).toEqual({ ...RIGHT, from: "rejected" });
  });
});

it("code of another Node is refused, and the program compiled", async ({ skip }) => {
  const [other] = inject("otherNodes").flatMap(({ executable }) => executable ?? []);
  if (other === undefined) return skip("no other Node (npm ci --prefix test/engines/nodes, on Linux)");
  const { launcher } = copy();
  const ran = await start([other, launcher, "theory", "--p", "0.9", "--mean", "1", "--format", "json"]).end;
  expect(JSON.parse(ran.stdout).theory.shift).toBeCloseTo(9 / 11, 12);
});
