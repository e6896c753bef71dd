import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { start, temporaryFolders } from "../cli/vshift.ts";

const temporaryFolder = temporaryFolders();
const MADE = [
  "src/kernel/simd-module.ts",
  "src/executor/block-worker-source.ts",
  "src/executor/cell-worker-source.ts",
  "src/executor/pass-worker-source.ts",
  "src/experiment/record-check.ts",
  "src/explorer/page-source.ts",
];

/** A clone after `npm ci`, in a folder that is awkward to name, as far as a build reads it. */
function clone(): string {
  const folder = join(temporaryFolder(), "ein Ordner für vshift");
  mkdirSync(folder);
  for (const path of [".ci", "bin", "src", "package.json", "tsconfig.json", "tsdown.config.ts", "vitest.config.ts"]) {
    cpSync(path, join(folder, path), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return folder;
}

/** Runs a command line in a clone; npm keeps what it makes beside it. */
function run(line: string, cwd: string) {
  const npm = { npm_config_cache: join(cwd, "../cache"), npm_config_offline: "true", npm_config_loglevel: "silent" };
  return start(["bash", "--norc", "-c", line], { cwd, env: npm }).end;
}

describe("after npm ci --ignore-scripts", () => {
  const folder = clone();
  for (const file of MADE) rmSync(join(folder, file));

  it.each([
    "npx vitest run",
    "npm run --silent lint",
    "npm run --silent typecheck",
    "npm run --silent dev -- simulate",
  ])("%s says in one line what to run", async (line) => {
    const { code, stdout, stderr } = await run(line, folder);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: "",
      stderr: "vshift: not built: src/kernel/simd-module.ts is missing; run npm run build\n",
    });
  });

  it("npx vshift does too", async () => {
    expect(await run("npx vshift simulate --p 0.5", folder)).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^vshift: not built: .*program\.cjs is missing; in a clone, run npm run build.*\n$/,
      ),
    });
  });

  it("every script that runs a program from the sources looks first", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    const programs = Object.entries<string>(scripts).filter(([, line]) => /\b(bench|bin|test)\/\S+\.ts/.test(line));
    expect(programs.length).toBeGreaterThan(5);
    for (const [name, line] of programs) expect(line, name).toMatch(/^tsx --import \.\/\.ci\/built\.mjs /);
  });
});

it("a clone in a folder with spaces and umlauts in its name builds, and runs", { timeout: 120_000 }, async () => {
  const folder = clone();
  const built = await run(
    "npm run build:worker && npm run build:record-check && npm run build:page && npx tsdown && npm run build:code",
    folder,
  );
  expect(built, built.stderr).toMatchObject({ code: 0 });
  const { code, stdout } = await run("npx vshift theory --p 0.9 --mean 1 --format json", folder);
  expect({ code, shift: JSON.parse(stdout).theory.shift }).toEqual({ code: 0, shift: expect.closeTo(9 / 11, 12) });
});

// Its scripts run then, those that npm runs by itself.
it.each(["", "--install-links"])("the package as a folder installs: npm install %s", async (flag) => {
  const project = temporaryFolder();
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  const shipped = join(inject("installed"), "node_modules/vshift");
  expect(await run(`npm install ${flag} "${shipped}"`, project)).toMatchObject({ code: 0, stderr: "" });
  const { stdout } = await run("npx vshift theory --p 0.9 --mean 1 --format json", project);
  expect(JSON.parse(stdout).theory.shift).toBeCloseTo(9 / 11, 12);
});
