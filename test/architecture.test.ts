import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** The folders of src/, each of which may import from those below it (docs/ARCHITECTURE.md); a line's folders not each other. */
const FLOORS: readonly (readonly string[])[] = [
  ["cli"],
  // A page that measures: what it asks, the engine that answers, its figures.
  ["explorer"],
  ["index.ts", "vitest.ts"],
  ["library"],
  ["check"],
  // Many machines, which share out work through a server.
  ["queue"],
  ["report", "executor", "sweep"],
  // Files that are written: locked, appended to, replaced.
  ["files"],
  ["experiment"],
  // Forward passes of trained networks, whose noise and products are those of forward.
  ["passes"],
  ["forward"],
  // Files of trained networks come from anybody, too.
  ["model"],
  // What a network is, as plain data: made of a scenario, run by forward.
  ["network"],
  ["scenario", "theory"],
  // Networks as text: what a scenario may name, and theory follows.
  ["notation"],
  // Kinds of noise, of input and of activation: each has its law, which theory asks for, and its draw or loop, which the forward pass asks for.
  ["noises", "laws"],
  // Each is a law of the input, too.
  ["activations"],
  ["kernel"],
  ["random"],
  // Files of weights come from anybody: what reads them needs little of ours, and sees no file system.
  ["numeric", "tensor"],
  ["cache.ts", "json.ts", "suggestion.ts"],
  ["errors.ts"],
  ["printable.ts"],
];

/** Programs of the build, which run by themselves; nothing may import them. */
const BUILD_PROGRAMS = [
  "src/kernel/compile-assembly.ts",
  "src/executor/bundle-worker.ts",
  "src/experiment/compile-record-check.ts",
  "src/explorer/bundle-page.ts",
];

/** Folders that describe and predict what is drawn, and share no code with the drawing, though it is below them. */
const DRAW_NOTHING = ["model", "network", "notation", "scenario", "theory"];
const DRAWING = ["kernel", "random"];

const ONLY_IN_CLI = ["commander", "chalk", "cli-progress"];
const MAY_USE_NODE = ["cli", "executor", "queue", "sweep", "files"];
const MAY_SEE_THE_WORLD = ["bin", "cli", "executor"];
/** What the engine gives different bits for: there numbers are only shown, not computed with. */
const MAY_USE_ENGINE_MATHS = ["cli", "explorer", "report"];

const WORLD = ["Date", "console", "performance", "process"];
// ECMA-262 §21.3.2 leaves these "implementation-approximated"; sqrt, abs, floor, fround, imul and their like it does not.
const ENGINE_MATHS = [
  ...["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp", "expm1", "hypot"],
  ...["log", "log10", "log1p", "log2", "pow", "sin", "sinh", "tan", "tanh"],
];

/** What is wrong with a source file, a line each. `path` is relative to the repository's root. */
function violations(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const folder = folderOf(path);
  const found: string[] = [];
  visit(file);
  return found;

  function visit(node: ts.Node): void {
    const specifier = importedBy(node);
    if (specifier !== undefined && !mayImport(path, specifier)) found.push(`imports ${specifier}`);
    if (ts.isIdentifier(node) && isReference(node)) {
      if (WORLD.includes(node.text) && !MAY_SEE_THE_WORLD.includes(folder)) found.push(`uses ${node.text}`);
      if (node.text === "Math") found.push(...mathsOf(node, folder));
    }
    if (isPower(node) && !isPowerOfTwo(node) && !MAY_USE_ENGINE_MATHS.includes(folder)) found.push("uses **");
    ts.forEachChild(node, visit);
  }
}

/** "src/cli/commands/x.ts" is in "cli", "src/errors.ts" is "errors.ts", "bin/vshift.ts" is in "bin". */
function folderOf(path: string): string {
  const [top = "", below = ""] = path.split("/");
  return top === "src" ? below : top;
}

function mayImport(path: string, specifier: string): boolean {
  const from = folderOf(path);
  if (specifier === COMPUTED) return false;
  if (specifier.startsWith("node:")) return MAY_USE_NODE.includes(from);
  if (!specifier.startsWith(".")) return from === "cli" || !ONLY_IN_CLI.includes(packageOf(specifier));
  const target = posix.join(posix.dirname(path), specifier);
  if (BUILD_PROGRAMS.includes(target)) return false;
  if (target === "package.json") return from === "cli";
  const to = folderOf(target);
  if (from === "bin") return to === "cli";
  if (DRAW_NOTHING.includes(from) && DRAWING.includes(to)) return false;
  return from === to || floorOf(to) > floorOf(from);
}

/** "@scope/name" of "@scope/name/file", "name" of "name/file". */
function packageOf(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function floorOf(folder: string): number {
  const floor = FLOORS.findIndex((folders) => folders.includes(folder));
  if (floor === -1) throw new Error(`${folder} has no place in FLOORS`);
  return floor;
}

const COMPUTED = "something computed";

/** What a node imports, in any of the forms of an import. */
function importedBy(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return literal(node.arguments[0]) ?? COMPUTED;
  }
  return undefined;
}

function literal(node: ts.Node | undefined): string | undefined {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}

/** Whether an identifier refers to a variable, and is not the name of a property. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent))
    return parent.name !== node || parent.expression.getText() === "globalThis";
  return (
    !(ts.isPropertyAssignment(parent) && parent.name === node) &&
    !(ts.isPropertySignature(parent) && parent.name === node)
  );
}

/** What is wrong with one use of `Math`: each member must be seen to be allowed. */
function mathsOf(node: ts.Identifier, folder: string): string[] {
  const { parent } = node;
  const members =
    ts.isPropertyAccessExpression(parent) && parent.expression === node
      ? [parent.name.text]
      : ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name)
        ? parent.name.elements.map((element) => (element.propertyName ?? element.name).getText())
        : ["in an unusual way"];
  return members
    .filter((member) => {
      if (member === "random" || member === "in an unusual way") return true;
      return ENGINE_MATHS.includes(member) && !MAY_USE_ENGINE_MATHS.includes(folder);
    })
    .map((member) => `uses Math.${member}`);
}

function isPower(node: ts.Node): node is ts.BinaryExpression {
  if (!ts.isBinaryExpression(node)) return false;
  const { kind } = node.operatorToken;
  return kind === ts.SyntaxKind.AsteriskAsteriskToken || kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;
}

/** 2 ** 31, 2 ** -24: exact in any engine, and folded when it is compiled. */
function isPowerOfTwo({ left, right }: ts.BinaryExpression): boolean {
  return left.getText() === "2" && /^-?\d+$/.test(right.getText());
}

// AssemblyScript is another language: it compiles to the SIMD kernel's own instructions, and no engine is asked.
const SOURCES = ["src", "bin"]
  .flatMap((root) => readdirSync(root, { recursive: true, encoding: "utf8" }).map((file) => posix.join(root, file)))
  .filter((path) => path.endsWith(".ts") && !BUILD_PROGRAMS.includes(path) && !path.startsWith("src/kernel/assembly/"));

it.each(SOURCES)("%s imports downwards, and uses only what its folder may", (path) => {
  expect(violations(path, readFileSync(path, "utf8"))).toEqual([]);
});

it("every folder has its place, and every file was looked at", () => {
  const entries = readdirSync("src", { withFileTypes: true });
  for (const { name } of entries) expect(FLOORS.flat()).toContain(name);
  expect(SOURCES.length).toBeGreaterThan(70);
});

describe("the checker", () => {
  it.each([
    ["src/theory/x.ts", 'import { z } from "../scenario/y.ts"', "imports ../scenario/y.ts"],
    ["src/scenario/x.ts", 'import type { z } from "../theory/y.ts"', "imports ../theory/y.ts"],
    ["src/theory/x.ts", 'import type { z } from "../kernel/y.ts"', "imports ../kernel/y.ts"],
    ["src/scenario/x.ts", 'import { z } from "../random/y.ts"', "imports ../random/y.ts"],
    ["src/random/x.ts", 'import type { z } from "../scenario/y.ts"', "imports ../scenario/y.ts"],
    ["src/noises/x.ts", 'import { z } from "../theory/y.ts"', "imports ../theory/y.ts"],
    ["src/laws/x.ts", 'import { z } from "../theory/y.ts"', "imports ../theory/y.ts"],
    ["src/laws/x.ts", 'import type { z } from "../noises/y.ts"', "imports ../noises/y.ts"],
    ["src/activations/x.ts", 'import type { z } from "../laws/y.ts"', "imports ../laws/y.ts"],
    ["src/forward/x.ts", 'export { z } from "../experiment/y.ts"', "imports ../experiment/y.ts"],
    ["src/report/x.ts", 'const y = await import("../executor/inline.ts")', "imports ../executor/inline.ts"],
    ["src/report/x.ts", "const y = await import(name)", "imports something computed"],
    ["src/numeric/x.ts", 'type Y = import("../kernel/kernel.ts").Kernel', "imports ../kernel/kernel.ts"],
    ["src/errors.ts", 'import "./numeric/exp.ts"', "imports ./numeric/exp.ts"],
    ["src/tensor/x.ts", 'import "../theory/alignment.ts"', "imports ../theory/alignment.ts"],
    ["src/tensor/x.ts", 'import "node:zlib"', "imports node:zlib"],
    ["src/experiment/x.ts", 'export * from "../index.ts"', "imports ../index.ts"],
    ["src/index.ts", 'import { main } from "./cli/main.ts"', "imports ./cli/main.ts"],
    ["src/vitest.ts", 'import { simulate } from "./index.ts"', "imports ./index.ts"],
    ["src/report/x.ts", 'import { y } from "../check/y.ts"', "imports ../check/y.ts"],
    ["bin/vshift.ts", 'import { y } from "../src/errors.ts"', "imports ../src/errors.ts"],
    ["src/report/x.ts", 'import manifest from "../../package.json"', "imports ../../package.json"],
    ["src/report/x.ts", 'import { Chalk } from "chalk"', "imports chalk"],
    ["src/report/x.ts", 'import { Command } from "commander"', "imports commander"],
    ["src/experiment/x.ts", 'import { readFileSync } from "node:fs"', "imports node:fs"],
    ["src/kernel/x.ts", 'import { Worker } from "node:worker_threads"', "imports node:worker_threads"],
    ["src/kernel/x.ts", 'import "./compile-assembly.ts"', "imports ./compile-assembly.ts"],
    ["src/executor/x.ts", 'import "./bundle-worker.ts"', "imports ./bundle-worker.ts"],
    ["src/experiment/x.ts", 'import "./compile-record-check.ts"', "imports ./compile-record-check.ts"],
    ["src/cli/x.ts", "Math.random()", "uses Math.random"],
    ["src/random/x.ts", "const { random } = Math", "uses Math.random"],
    ["src/random/x.ts", "const M = Math", "uses Math.in an unusual way"],
    ["src/random/x.ts", 'Math["exp"](1)', "uses Math.in an unusual way"],
    ["src/theory/x.ts", "Math.log1p(1)", "uses Math.log1p"],
    ["src/theory/x.ts", "const { log1p: l, sqrt } = Math", "uses Math.log1p"],
    ["src/theory/x.ts", "x ** 2", "uses **"],
    ["src/theory/x.ts", "x **= 2", "uses **"],
    ["src/theory/x.ts", "2 ** n", "uses **"],
    ["src/experiment/x.ts", "Date.now()", "uses Date"],
    ["src/experiment/x.ts", "new Date()", "uses Date"],
    ["src/sweep/x.ts", "performance.now()", "uses performance"],
    ["src/report/x.ts", "console.log(1)", "uses console"],
    ["src/report/x.ts", "globalThis.console.log(1)", "uses console"],
    ["src/index.ts", "const { argv } = process", "uses process"],
  ])("finds in %s: %s", (path, text, violation) => {
    expect(violations(path, text)).toEqual([violation]);
  });

  it.each([
    ["src/cli/x.ts", 'import { z } from "../report/y.ts"; import { Chalk } from "chalk"; import "node:fs"'],
    ["src/report/x.ts", 'import type { z } from "../scenario/y.ts"; import { stringify } from "csv-stringify/sync"'],
    ["src/kernel/x.ts", 'import { z } from "../numeric/y.ts"; import { u } from "./kernel.ts"'],
    ["src/noises/x.ts", 'import type { z } from "../kernel/y.ts"; import { u } from "../random/y.ts"'],
    ["src/index.ts", 'export { z } from "./executor/inline.ts"; export { v } from "./errors.ts"'],
    ["bin/vshift.ts", 'import { main } from "../src/cli/main.ts"'],
    ["src/executor/x.ts", 'import { Worker } from "node:worker_threads"; performance.now()'],
    ["src/theory/x.ts", "const { fround } = Math; Math.sqrt(2 ** -24) + Math.abs(2 ** 31)"],
    ["src/theory/x.ts", "step.process + step.Date; const step = { console: 1 }"],
  ])("lets pass in %s: %s", (path, text) => {
    expect(violations(path, text)).toEqual([]);
  });
});
