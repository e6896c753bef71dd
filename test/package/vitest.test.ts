import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, inject, it } from "vitest";
import { start, temporaryFolders } from "../cli/vshift.ts";

const temporaryFolder = temporaryFolders();

const INSTALLED = join(inject("installed"), "node_modules/vshift");

/** A project that has installed vshift and vitest, with one file of tests. */
function projectWith(file: string, text: string): string {
  const project = temporaryFolder();
  mkdirSync(join(project, "node_modules"));
  // A copy, as npm makes it: what it imports is looked for from where it lies.
  cpSync(INSTALLED, join(project, "node_modules/vshift"), {
    recursive: true,
    filter: (path) => path !== join(INSTALLED, "dist/bin"),
  });
  symlinkSync(resolve("node_modules/vitest"), join(project, "node_modules/vitest"));
  writeFileSync(join(project, "package.json"), '{ "type": "module" }');
  writeFileSync(join(project, file), text);
  return project;
}

const TESTS = `
import { expect, test } from "vitest";
import { matchers, type Measured } from "vshift/vitest";

expect.extend(matchers);

const measured: Measured = { trainVariance: 10 / 3, testVariance: 1, standardError: 1e-4 };

test("theory", async () => {
  await expect({ keep: 0.5, width: 16 }).toAgreeWithTheory({ tolerance: 0.05, alpha: 1e-3 });
});
test("measured", () => {
  expect(measured).not.toMatchShift({ keep: 0.7 }, { tolerance: 0.01 });
  expect(measured).toMatchShift({ keep: 0.7 });
});
`;

it("its matchers work in a project's tests, and say what is wrong", async () => {
  const project = projectWith("ours.test.ts", TESTS);
  const { code, stdout, stderr } = await start(
    [process.execPath, resolve("node_modules/vitest/vitest.mjs"), "run", "--root", project],
    { cwd: project, env: { NO_COLOR: "1" } },
  ).end;
  expect({ code, tests: /Tests .*/.exec(stdout)?.[0] }).toEqual({
    code: 1,
    tests: expect.stringMatching(/1 failed \| 1 passed/),
  });
  expect(stderr).toContain("looks as if keep and drop were swapped: Δ would be 0.3, measured");
});

it("its types are those of vitest's expect", async () => {
  const project = projectWith("ours.test.ts", TESTS);
  const compile = (folder: string) =>
    start(
      [
        ...[process.execPath, resolve("node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck"],
        ...["--module", "nodenext", "--target", "es2022", "ours.test.ts"],
      ],
      { cwd: folder },
    ).end;
  expect(await compile(project)).toEqual({ code: 0, stdout: "", stderr: "" });
  const wrong = projectWith("ours.test.ts", TESTS.replace("{ keep: 0.7 }", '{ keep: "0.7" }'));
  expect((await compile(wrong)).stdout).toContain("Type 'string' is not assignable to type 'number'");
});

it.each([
  ["an ES module", "--input-type=module", 'const { matchers } = await import("vshift/vitest");'],
  ["a CommonJS module", "--input-type=commonjs", 'const { matchers } = require("vshift/vitest");'],
])("%s gets the matchers, and no test runner with them", async (_, flag, load) => {
  const use = `
    const { pass, message } = matchers.toMatchShift.call({}, { trainVariance: 1, testVariance: 1 }, { keep: 0.5 });
    process.stdout.write([Object.keys(matchers), pass, message()].join("\\n"));`;
  const { code, stdout, stderr } = await start([process.execPath, flag, "--eval", load + use], {
    cwd: inject("installed"),
  }).end;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^toAgreeWithTheory,toMatchShift\nfalse\nexpected the measured variances to agree/);
});
