import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { linesOf } from "./grid.ts";
import { expectOneLine } from "./refusal.ts";
import { limited, type Ran, startVshift, temporaryFolders, vshift, written } from "./vshift.ts";

const folder = temporaryFolders();

const GRID = ["sweep", "--p", "0.3:0.7:0.1", "--d", "8", "--samples", "4096"];
const RECORD = ["simulate", "--d", "4", "--samples", "600"];
/** Cells that take long enough for somebody to come between, and short enough to wait for. */
const SLOW = [
  "sweep",
  "--p",
  "0.1:0.9:0.1",
  "--d",
  "64",
  "--samples",
  "300000",
  "--threads",
  "1",
  "--masks",
  "independent",
];

/** Runs the executable where no file may be longer than so many KiB: a disk that is full. */
const onFullDisk = (kibibytes: number, args: readonly string[], cwd: string) =>
  limited(`-f ${kibibytes}`, args, { cwd });

const linesIn = (path: string) => linesOf(readFileSync(path, "utf8"));

describe("a disk that is full", () => {
  it("ends a sweep with one line, keeps the records in whole lines, and the same command goes on", async () => {
    const cwd = folder();
    const path = join(cwd, "s.ndjson");
    const full = await onFullDisk(5, [...GRID, "--output", "s.ndjson"], cwd);
    const kept = linesIn(path);
    expectOneLine(full, ["--output", "cannot write s.ndjson (EFBIG", `and keeps the ${kept.length} records in it`]);
    expect(kept.length).toBeGreaterThan(0);
    for (const line of kept) expect(JSON.parse(line).schema).toBe("vshift.record/1");
    expect(readFileSync(path, "utf8")).toBe(`${kept.join("\n")}\n`);
    expect((await vshift([...GRID, "--output", "s.ndjson"], { cwd })).code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe((await vshift(GRID)).stdout);
    expect(readdirSync(cwd)).toEqual(["s.ndjson"]);
  });

  it("leaves a file that would be replaced, and no part of a new one", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "r.json"), "old");
    for (const output of ["r.json", "new.json"]) {
      expectOneLine(await onFullDisk(1, [...RECORD, "--output", output], cwd), ["--output", `cannot write ${output}`]);
    }
    expect(readdirSync(cwd)).toEqual(["r.json"]);
    expect(readFileSync(join(cwd, "r.json"), "utf8")).toBe("old");
  });

  it("for a report takes nothing from the result, and is an error", async () => {
    const cwd = folder();
    await vshift([...GRID, "--p", "0.05:0.95:0.01", "--output", "s.ndjson"], { cwd });
    const { code, stdout, stderr } = await onFullDisk(
      1,
      ["check", "s.ndjson", "--junit", "r.xml", "--format", "json"],
      cwd,
    );
    expect({ code, cells: JSON.parse(stdout).cells.length }).toEqual({ code: 2, cells: 91 });
    expect(stderr).toMatch(/^ {2}\? 91 scenarios: [\s\S]*\nvshift: --junit: cannot write r\.xml \(EFBIG[^\n]*\n$/);
    expect(readdirSync(cwd)).toEqual(["s.ndjson"]);
  });
});

describe("a folder that may not be written", () => {
  /** As somebody who is not root, whom permissions do not hold. */
  function asNobody(args: readonly string[], cwd: string): Promise<Ran> {
    const ids = process.getuid?.() === 0 ? { ids: { uid: 65534, gid: 65534 } } : {};
    return startVshift(args, { cwd, ...ids }).end;
  }

  it.each([
    ["a result", [...RECORD, "--output", "r.json"], "cannot write r.json (EACCES: permission denied)"],
    ["a sweep", [...GRID, "--output", "s.ndjson"], "cannot write s.ndjson (EACCES: permission denied)"],
    ["a sweep of another format", [...GRID, "--output", "s.csv"], "cannot write s.csv (EACCES: permission denied)"],
  ])("refuses %s before anything is measured", async (_, args, says) => {
    const cwd = folder();
    chmodSync(dirname(cwd), 0o755);
    chmodSync(cwd, 0o555);
    expectOneLine(await asNobody(args, cwd), ["--output", says]);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

/** A slow sweep that has measured a cell, and where it is. */
async function begun() {
  const cwd = join(folder(), "results");
  mkdirSync(cwd);
  const path = join(cwd, "s.ndjson");
  const running = startVshift([...SLOW, "--output", "s.ndjson"], { cwd });
  await written(path, running);
  return { ...running, cwd, path };
}

describe("a sweep whose file is not left alone", () => {
  it.each([
    ["removed", ({ path }: { path: string }) => rmSync(path), "s.ndjson was removed while vshift wrote it"],
    [
      "replaced",
      ({ path }: { path: string }) => {
        writeFileSync(`${path}.new`, "thesis\n");
        renameSync(`${path}.new`, path);
      },
      "s.ndjson was replaced while vshift wrote it",
    ],
    [
      "removed with its folder",
      ({ cwd }: { cwd: string }) => rmSync(cwd, { recursive: true }),
      "s.ndjson was removed while vshift wrote it",
    ],
  ])("because it was %s ends with one line and touches nothing", async (name, disturb, says) => {
    const sweep = await begun();
    disturb(sweep);
    expectOneLine(await sweep.end, ["--output", says, "run the same command again"]);
    if (name === "replaced") expect(readFileSync(sweep.path, "utf8")).toBe("thesis\n");
    else expect(existsSync(sweep.path)).toBe(false);
  });

  it("because another process writes to it refuses the second, and after a kill takes over", async () => {
    const { child, end, cwd } = await begun();
    const args = [...SLOW, "--output", "s.ndjson"];
    const told = `s.ndjson is being written by process ${child.pid} on ${hostname()}`;
    expectOneLine(await vshift(args, { cwd }), ["--output", told, "wait for it, or choose another file"]);
    child.kill("SIGKILL");
    await end;
    expect(readdirSync(cwd).toSorted()).toEqual(["s.ndjson", "s.ndjson.lock"]);
    expect((await vshift(args, { cwd })).code).toBe(0);
    expect(readdirSync(cwd)).toEqual(["s.ndjson"]);
    expect(linesIn(join(cwd, "s.ndjson")).length).toBe(9);
  });
});
