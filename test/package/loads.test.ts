import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, inject, it } from "vitest";
import { record, start, temporaryFolders } from "../cli/vshift.ts";

const temporaryFolder = temporaryFolders();
const PACKAGE = join(inject("installed"), "node_modules/vshift");
const BIN = join(PACKAGE, "dist/bin");
const MODEL = resolve("test/model/data/mlp-drop-0.5-s0.pt2");

/** Tells on stderr, at the end, which files were loaded as modules. */
const WATCH = `
const Module = require("node:module");
const { load } = Module.prototype;
const loaded = [];
Module.prototype.load = function (file) {
  loaded.push(file);
  return load.call(this, file);
};
process.on("exit", () => require("node:fs").writeSync(2, JSON.stringify(loaded)));
`;

/** Bytes of a chunk that takes long enough to load that a command that needs none of it should not. */
const HEAVY = 16_000;
/** The program itself, which each command loads. */
const LARGEST_PROGRAM = 410_000;

/** The heavy chunks that a command loads, by their names without the digest, in alphabetical order. */
async function heavyChunksOf(args: readonly string[]): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const watch = join(folder, "watch.cjs");
  writeFileSync(watch, WATCH);
  writeFileSync(join(folder, "one.ndjson"), JSON.stringify(await record(["--d", "16", "--samples", "2048"])));
  const launcher = join(PACKAGE, "bin/vshift.cjs");
  const { stderr } = await start([process.execPath, "--require", watch, launcher, ...args], { cwd: folder }).end;
  const files = JSON.parse(stderr.slice(stderr.lastIndexOf("["))) as readonly string[];
  expect(files).toContain(launcher);
  return files
    .filter((file) => file.startsWith(BIN) && statSync(file).size >= HEAVY)
    .map((file) => file.slice(BIN.length + 1).replace(/-[\w-]{8}\.cjs$/, ""))
    .sort();
}

it.each<readonly [command: string, heavy: readonly string[]]>([
  ["--version", []],
  ["--help", []],
  ["theory", []],
  ["simulate --d 16 --samples 2048", []],
  ["simulate --d 16 --samples 2048 --format ndjson", []],
  ["sweep --d 16 --samples 2048 --p 0.5,0.6 --format ndjson", []],
  ["records one.ndjson --format ndjson", ["record-check"]],
  // Without --data it runs nothing: no passes, no kernel of its own, no threads.
  [`audit ${MODEL} --format ndjson`, ["audit", "pt2"]],
])("%s loads these heavy chunks and no other: %j", async (command, heavy) => {
  expect(await heavyChunksOf(command.split(" "))).toEqual(heavy);
});

// Negative control: a worker's source is one of the heaviest.
it("with two threads the source of the workers is among them", async () => {
  const args = "simulate --d 512 --samples 200000 --threads 2".split(" ");
  expect(await heavyChunksOf(args)).toContain("block-worker-source");
});

it("what each command loads is no larger than it was", () => {
  expect(readdirSync(BIN)).toContain("program.cjs");
  expect(statSync(join(BIN, "program.cjs")).size).toBeLessThan(LARGEST_PROGRAM);
});
