import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { trained } from "../check/trained.ts";
import { start } from "../cli/vshift.ts";
import { npyOf, skewedRows, unequalWeights } from "../skewed-rows.ts";
import { bytes, float32, safetensors } from "../tensor/files.ts";

// Every command of the README and the guide, run in a shell by the package as it is installed: on the oldest Node that
// package.json allows and on the newest.

interface Command {
  readonly line: string;
  /** What the page shows that it prints. */
  readonly output?: string;
}

const readme = readFileSync("README.md", "utf8");
const pages = `${readme}\n${readFileSync("docs/GUIDE.md", "utf8")}`;

/** Commands in fences, each with the output under it. */
const SHOWN: readonly Command[] = [...pages.matchAll(/```console\n\$ (.*)\n([^`]+)```/g)].map(
  ([, line = "", output = ""]) => ({ line: line.replace(/^npm ci && npx /, ""), output }),
);
/** Commands in indented blocks, and those in running text that have arguments. */
const INDENTED = [...pages.matchAll(/^ {4}(vshift .*?)(?: +# .*)?$/gm)].map(([, line = ""]) => ({ line }));
const INLINE = [...pages.matchAll(/`([^`\n]*\bvshift [^`\n]+)`/g)]
  .map(([, line = ""]) => ({ line }))
  .filter(({ line }) => line.replace(/.*?vshift /, "").includes(" ") || line.includes("<("));
/** Each once: what both pages have, and what is shown with its output elsewhere. */
const COMMANDS: readonly Command[] = [
  ...new Map([...INLINE, ...INDENTED, ...SHOWN].map((command) => [command.line, command])).values(),
];

/** Commands that show what a disagreement, or a shift, looks like. */
const DISAGREES: readonly string[] = ["vshift check --drop 0.5 --d 64 --measured 1.57,1.0", "vshift audit model.pt2"];

const NODES = inject("otherNodes").flatMap(({ executable }) => executable ?? []);
const OLDEST = NODES.at(0) ?? process.execPath;
const NEWEST = NODES.at(-1) ?? process.execPath;

const WIDTH = 8;
const weights = unequalWeights(6, WIDTH);
/** The files that these commands read and none of them makes. */
const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "sweep.yaml": "keep: 0.1:0.9:0.2\nwidth: [64, 512]\nsamples: 2048\n",
  "vshift.json": '{ "keep": [0.5, 0.9], "width": 64 }',
  "bn.csv": `trainVariance,testVariance\n${"2.001,1.0002\n1.9992,0.9994\n2.0003,1.0005\n1.9998,0.9996\n".repeat(8)}`,
  "x.npy": npyOf(skewedRows(200, WIDTH)),
  "model.pt2": trained("dense"),
  "digits.npz": new Uint8Array(readFileSync("test/model/data/mnist-test.npz")),
  "model.safetensors": safetensors(
    { "fc1.weight": { dtype: "F32", shape: [6, WIDTH], data_offsets: [0, 4 * 6 * WIDTH] } },
    bytes(float32(...weights.flat())),
  ),
};
const PREPARATION = [
  "vshift sweep --config sweep.yaml --shard 1/3 --output part1.ndjson",
  "vshift sweep --config sweep.yaml --shard 3/3 --output part3.ndjson",
  "vshift sweep --config sweep.yaml --output all.ndjson",
  "vshift sweep --config vshift.json --output baseline.ndjson",
];

/** Runs a line in bash, where `vshift` is what npm linked and `node` is this one. */
function shell(line: string, node: string, cwd: string) {
  const path = [dirname(node), join(inject("installed"), "node_modules/.bin"), process.env.PATH].join(delimiter);
  return start(["bash", "--norc", "-c", line], { cwd, env: { PATH: path } }).end;
}

function folderFor(node: string): string {
  return join(inject("installed"), node === OLDEST ? "on the oldest" : "on the newest");
}

beforeAll(async () => {
  const prepare = async (node: string) => {
    const cwd = folderFor(node);
    mkdirSync(cwd);
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
    for (const line of PREPARATION) expect(await shell(line, node, cwd), line).toMatchObject({ code: 0 });
  };
  await Promise.all([...new Set([OLDEST, NEWEST])].map(prepare));
});

test("the pages have commands of each kind", () => {
  expect(SHOWN.length).toBeGreaterThanOrEqual(8);
  expect(INDENTED.length).toBeGreaterThanOrEqual(15);
  expect(INLINE.length).toBeGreaterThanOrEqual(6);
});

test("the README has less than 11 kB, and its sections in the order that a visitor asks", () => {
  expect(Buffer.byteLength(readme)).toBeLessThan(11_000);
  expect([...readme.matchAll(/^## (.*)$/gm)].map(([, title]) => title)).toEqual([
    ...["Install", "What it answers", "Sweep and plot", "Check in CI", "Stacks and remedies"],
    ...["Any network", "Repair a trained model", "Documents"],
    ...["Development", "Cite", "Licence"],
  ]);
  const [summary = "", start = ""] = readme.split(/^## Install$/m);
  expect(summary).toMatch(/^# vshift\n\n\*\*vshift measures [^*]*\.\*\*\n\n!\[/);
  expect(start).toMatch(/^\s+.*\n\n```console\n\$ npm ci && npx vshift simulate --p 0\.5 --d 512\n/);
});

test("no line of the README is over 100 columns", () => {
  expect(readme.split("\n").filter((line) => line.length > 100)).toEqual([]);
});

test("the oldest Node is the one that package.json names, and the newest another", async ({ skip }) => {
  skip(NODES.length === 0, "no other Node (npm ci --prefix test/engines/nodes, on Linux)");
  const version = (node: string) => shell("node --version", node, inject("installed"));
  const { engines } = JSON.parse(readFileSync("package.json", "utf8"));
  expect((await version(OLDEST)).stdout).toBe(`v${engines.node.replace(/^>=/, "")}.0.0\n`);
  expect((await version(NEWEST)).stdout).not.toBe((await version(OLDEST)).stdout);
});

describe.each([
  ["oldest", OLDEST],
  ["newest", NEWEST],
])("on the %s Node", (age, node) => {
  test.each(COMMANDS.map(({ line, output }) => [line, output] as const))("%s", async (line, output) => {
    // A remedy is measured like any other, and seven of them are the longest of all commands: once in full is enough.
    const isShortened = age === "newest" && line.endsWith("--compare");
    const command = `${line}${output === undefined ? "" : " --format table"}${isShortened ? " --batches 8" : ""}`;
    const { code, stdout, stderr } = await shell(command, node, folderFor(node));
    expect({ code, stderr }).toEqual({
      code: DISAGREES.includes(line) ? 1 : 0,
      stderr: expect.not.stringMatching(/error(?! rate| \d)|warning/i),
    });
    if (output !== undefined && !isShortened) expect(stdout).toBe(output);
  });
});

test("a PNG has the same bytes on both, and is one", async () => {
  const draw = async (node: string) => {
    const ran = await shell("vshift plot all.ndjson --x p --by d --output shift.png", node, folderFor(node));
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
    return readFileSync(join(folderFor(node), "shift.png"));
  };
  const [oldest, newest] = await Promise.all([draw(OLDEST), draw(NEWEST)]);
  expect(oldest.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  expect([oldest.readUInt32BE(16), oldest.readUInt32BE(20)]).toEqual([1600, 1056]);
  // An empty picture of this size takes a tenth of that.
  expect(oldest.length).toBeGreaterThan(40_000);
  expect(newest.equals(oldest)).toBe(true);
});

// Negative control: a command that fails in the middle of a line, or is not there, is seen.
test.each(["vshift plot none.ndjson --output s.png", "vshift nothing", "vshit"])("%s fails", async (line) => {
  expect((await shell(line, OLDEST, folderFor(OLDEST))).code).not.toBe(0);
});
