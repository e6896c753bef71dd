import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, inject, it } from "vitest";
import { record, start, vshift } from "../cli/vshift.ts";

const INPUT = { keep: 0.7, width: 4, samples: 600, seed: "library" };
const FLAGS = ["--keep", "0.7", "--width", "4", "--samples", "600", "--seed", "library"];

/** Where the library is installed, as after `npm install vshift`. */
const HERE = { cwd: inject("installed") };

const OLDEST = inject("otherNodes").at(0)?.executable ?? "";

/** How a program of either kind gets the library. */
const KINDS = {
  "an ES module": { flags: ["--input-type=module"], load: 'await import("vshift")' },
  "a CommonJS module": { flags: ["--input-type=commonjs"], load: 'require("vshift")' },
} as const;

interface Kind {
  readonly flags: readonly string[];
  readonly load: string;
  readonly node?: string;
}

/** What a program prints that has the library as `vshift`. */
async function printed({ flags, load, node = process.execPath }: Kind, body: string) {
  const top = load.startsWith("await")
    ? `const vshift = ${load}; ${body}`
    : `const vshift = ${load}; (async () => { ${body} })()`;
  const { code, stdout, stderr } = await start([node, ...flags, "--eval", top], HERE).end;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

const tell = (value: string) => `process.stdout.write(JSON.stringify(${value}))`;

it.each(Object.entries(KINDS))("simulate in %s gives the record that the command line gives", async (_, kind) => {
  // Were anything printed beside it, this would not be JSON.
  const [fromLibrary, fromCommand] = await Promise.all([
    printed(kind, tell(`await vshift.simulate(${JSON.stringify(INPUT)})`)),
    record(FLAGS),
  ]);
  expect(fromLibrary).toEqual(fromCommand);
});

it.each(Object.entries(KINDS))("stack in %s gives the record that the command line gives", async (_, kind) => {
  const [fromLibrary, fromCommand] = await Promise.all([
    printed(kind, tell('await vshift.stack({ keep: 0.7, width: 32, depth: 2, batches: 8, nonlinearity: "tanh" })')),
    vshift("stack --keep 0.7 --width 32 --depth 2 --batches 8 --nonlinearity tanh --format json".split(" ")),
  ]);
  expect(fromLibrary).toEqual(JSON.parse(fromCommand.stdout));
});

it.each(Object.entries(KINDS))("bad input in %s rejects with a VshiftError that has its parts", async (_, kind) => {
  const body = `
    const returned = vshift.simulate({ keep: 1.2 });
    const error = await returned.catch((error) => error);
    ${tell("{ isOurs: error instanceof vshift.VshiftError, message: error.message, ...error }")}`;
  expect(await printed(kind, body)).toEqual({
    isOurs: true,
    name: "VshiftError",
    code: "invalid-value",
    field: "keep",
    problem: "1.2 is not a number from 0.0001 to 1",
    hint: "try 0.5",
    message: "keep: 1.2 is not a number from 0.0001 to 1; try 0.5",
  });
});

it.each(Object.entries(KINDS))("%s sees the same exports", async (_, kind) => {
  const names = await printed(
    kind,
    tell('Object.keys(vshift).filter((name) => !["default", "module.exports"].includes(name))'),
  );
  expect(names).toEqual(expect.arrayContaining(["VshiftError", "defineScenario", "simulate"]));
  expect(names.toSorted()).toEqual(Object.keys(await import("../../src/index.ts")).toSorted());
});

it("loading the library reads no arguments and prints nothing", async () => {
  const program = [process.execPath, "--input-type=module", "--eval", 'import "vshift"', "--", "--help", "simulate"];
  expect(await start(program, HERE).end).toEqual({ code: 0, stdout: "", stderr: "" });
});

it.each(["record", "scenario", "check"])("vshift/schema/%s.json is the published schema", async (name) => {
  const kind = KINDS["a CommonJS module"];
  const schema = await printed(kind, tell(`require("vshift/schema/${name}.json")`));
  expect(schema).toEqual(JSON.parse(readFileSync(`dist/schema/${name}.json`, "utf8")));
  expect(schema.title).toBe(`vshift ${name}`);
});

it("an aborted simulate rejects with the signal's reason", async () => {
  const body = `
    const signal = AbortSignal.abort(new Error("enough"));
    const error = await vshift.simulate({}, { signal }).catch((error) => error);
    ${tell("error.message")}`;
  expect(await printed(KINDS["an ES module"], body)).toBe("enough");
});

describe("on the oldest Node", () => {
  beforeEach(({ skip }) => skip(OLDEST === "", "no other Node (npm ci --prefix test/engines/nodes, on Linux)"));

  it.each(Object.entries(KINDS))("%s has the library and the matchers", async (_, { flags, load }) => {
    const body = `
      const { matchers } = ${load.replace("vshift", "vshift/vitest")};
      const record = await vshift.simulate(${JSON.stringify(INPUT)});
      ${tell("{ version: process.version, record, matchers: Object.keys(matchers) }")}`;
    const kind = { flags, load, node: OLDEST };
    expect(await printed(kind, body)).toEqual({
      version: "v20.0.0",
      record: await record(FLAGS),
      matchers: ["toAgreeWithTheory", "toMatchShift"],
    });
  });

  it("every file of the executable has syntax that it knows", async () => {
    const program = `
      const { readdirSync, readFileSync } = require("node:fs");
      const { Script } = require("node:vm");
      const files = readdirSync("node_modules/vshift/dist/bin").filter((file) => file.endsWith(".cjs"));
      const textOf = (file) => readFileSync("node_modules/vshift/dist/bin/" + file, "utf8").replace(/^#!.*/, "");
      for (const file of files) new Script("(function () {" + textOf(file) + "\\n})");
      process.stdout.write(String(files.length))`;
    const { stdout, stderr } = await start([OLDEST, "--eval", program], HERE).end;
    expect(stderr).toBe("");
    expect(Number(stdout)).toBeGreaterThan(50);
  });
});
