import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { start, temporaryFolders } from "./cli/vshift.ts";

const folder = temporaryFolders();
const REPORTER = resolve("test/closing-line.ts");
const VITEST = resolve("node_modules/vitest/vitest.mjs");

/** Runs vitest on a file of tests, with the closing line as its only reporter. */
async function closing(tests: string, ...flags: readonly string[]) {
  const root = folder();
  writeFileSync(join(root, "some.test.js"), tests);
  const args = ["run", "--globals", "--root", root, "--reporter", REPORTER, ...flags];
  const { code, stdout } = await start([process.execPath, VITEST, ...args], { cwd: root }).end;
  return { code, lines: stdout.trimEnd().split("\n") };
}

test("each reason of a skip is a line with its tests and files, and the last line has the counts alone", async () => {
  const { code, lines } = await closing(`
    test("runs", () => {});
    test("needs a lemon", ({ skip }) => skip("no lemon"));
    describe("with sugar", () => {
      beforeEach(({ skip }) => skip(true, "no sugar"));
      test.each([1, 2])("%i spoons", () => {});
    });`);
  expect({ code, lines }).toEqual({
    code: 0,
    lines: [
      "skipped: 1 test: no lemon: some.test.js",
      "skipped: 2 tests: no sugar: some.test.js",
      "1 passed, 0 failed, 3 skipped",
    ],
  });
});

test("a skip without a reason is named, and fails the run", async () => {
  const { code, lines } = await closing(`
    test("runs", () => {});
    describe("a kitchen", () => test.skipIf(true)("burns", () => {}));`);
  expect({ code, lines }).toEqual({
    code: 1,
    lines: [
      'skipped without a reason: some.test.js > a kitchen > burns; give it one: context.skip("why")',
      "1 passed, 1 failed",
    ],
  });
});

test("a hook that fails and a title that was not asked for are reasons", async () => {
  const { code, lines } = await closing(
    `
    test("other", () => {});
    describe("after a hook", () => {
      beforeAll(() => { throw new Error("no"); });
      test("this", () => {});
    });`,
    "-t",
    "this",
  );
  expect({ code, lines }).toEqual({
    code: 1,
    lines: [
      "skipped: 1 test: their titles were not asked for: some.test.js",
      "skipped: 1 test: a hook before them failed: some.test.js",
      "0 passed, 1 failed, 2 skipped",
    ],
  });
});

test("every skip of the project says why", () => {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
  const silent = files.filter((file) =>
    /\.(?:skip|skipIf|runIf|todo)\(|\bskip\(\)/.test(readFileSync(join("test", file), "utf8")),
  );
  expect(files.length).toBeGreaterThan(100);
  // This one, which has a skip that does not.
  expect(silent).toEqual(["closing-line.test.ts"]);
});
