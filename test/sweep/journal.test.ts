import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fc, test as property } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import { type Journal, openJournal } from "../../src/sweep/journal.ts";
import { temporaryFolders } from "../cli/vshift.ts";
import { sampleSweep } from "./sample-cells.ts";

const folder = temporaryFolders();

// A seed beyond ASCII: a line may be cut within a character.
const { cells, records } = await sampleSweep({ width: "2:4:1", keep: [0.5, 0.7], samples: 512, seed: "π 🎲" });
const places = new Map(cells.flatMap(({ ids, index }) => ids.map((id) => [id, index] as const)));
const read = await createRecordReader();
const LINES = records.map((record) => `${JSON.stringify(record)}\n`);
const WHOLE = LINES.join("");
const bytesOf = (text: string) => Buffer.from(text);
const lineAt = (index: number) => LINES[index] ?? "";

interface Opened {
  readonly journal: Journal;
  /** Cells of the records that were there, in the order of the file. */
  readonly found: readonly number[];
}

async function opened(path: string, resumes = true): Promise<Opened> {
  const found: number[] = [];
  const onRecord = (_: unknown, cell: number) => void found.push(cell);
  const journal = await openJournal({ path, resumes, cells: places, read, onRecord });
  return { journal, found };
}

function append(journal: Journal, indices: readonly number[]): void {
  for (const index of indices) {
    const record = records[index];
    if (record !== undefined) journal.append([record], index);
  }
}

/** As a sweep does when all is measured. */
function finish(journal: Journal): void {
  journal.arrange();
  journal.close();
}

/** Opens the file, adds what it lacks, and ends; the cells that were there. */
async function completed(path: string): Promise<readonly number[]> {
  const { journal, found } = await opened(path);
  append(
    journal,
    [...cells.keys()].filter((index) => !found.includes(index)),
  );
  finish(journal);
  return found;
}

/** A file that holds this. */
function fileOf(content: string | Uint8Array): string {
  const path = join(folder(), "sweep.ndjson");
  writeFileSync(path, content);
  return path;
}

describe("a journal", () => {
  it("that is not there is begun", async () => {
    const path = join(folder(), "sweep.ndjson");
    expect(await completed(path)).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });

  it("holds a record as soon as it is appended", async () => {
    const path = join(folder(), "sweep.ndjson");
    const { journal } = await opened(path);
    append(journal, [0]);
    expect(readFileSync(path, "utf8")).toBe(lineAt(0));
    append(journal, [1]);
    expect(readFileSync(path, "utf8")).toBe(lineAt(0) + lineAt(1));
    journal.close();
  });

  property.prop([fc.shuffledSubarray([...cells.keys()], { minLength: 1 }), fc.nat(6)], { numRuns: 30 })(
    "is in the order of the grid at the end, in whatever order and runs the records came",
    async (order, cut) => {
      const path = join(folder(), "sweep.ndjson");
      const first = await opened(path);
      append(first.journal, order.slice(0, cut));
      first.journal.close();
      const second = await opened(path);
      expect(second.found).toEqual(order.slice(0, cut));
      append(second.journal, order.slice(cut));
      finish(second.journal);
      const sorted = order.toSorted((a, b) => a - b);
      expect(readFileSync(path, "utf8")).toBe(sorted.map(lineAt).join(""));
    },
  );

  it("keeps the lines as they came when it is closed before the end", async () => {
    const path = join(folder(), "sweep.ndjson");
    const { journal } = await opened(path);
    append(journal, [3, 0]);
    journal.close();
    expect(readFileSync(path, "utf8")).toBe(lineAt(3) + lineAt(0));
  });

  it("that is whole and in order is not written again", async () => {
    const path = fileOf(WHOLE);
    const before = statSync(path);
    expect(await completed(path)).toEqual([...cells.keys()]);
    const { ino, mtimeMs } = statSync(path);
    expect({ ino, mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it("leaves no other file behind", async () => {
    const path = fileOf(lineAt(2) + lineAt(1));
    await completed(path);
    expect(readdirSync(join(path, ".."))).toEqual(["sweep.ndjson"]);
  });

  it("that a link leads to is put in order where it lies, and the link stays", async () => {
    const path = fileOf(lineAt(2) + lineAt(1));
    const link = join(folder(), "link.ndjson");
    symlinkSync(path, link);
    await completed(link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });

  it("of many records is read in pieces without losing one", async () => {
    // Longer than a piece of 64 KiB, with a line across each border.
    const { grid, ...long } = await sampleSweep({ width: "2:61:1", samples: 512, seed: "é".repeat(200) });
    const text = long.records.map((record) => `${JSON.stringify(record)}\n`).join("");
    expect(bytesOf(text).length).toBeGreaterThan(2 ** 16);
    const path = fileOf(text);
    const found: number[] = [];
    const journal = await openJournal({
      path,
      resumes: true,
      read,
      cells: new Map(long.cells.flatMap(({ ids, index }) => ids.map((id) => [id, index] as const))),
      onRecord: (_, cell) => void found.push(cell),
    });
    finish(journal);
    expect(found).toEqual(Array.from({ length: grid.size }, (_, index) => index));
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("that is not to be resumed is begun anew", async () => {
    const path = fileOf("somebody's own text, which --no-resume was told to replace\n");
    const { journal, found } = await opened(path, false);
    append(journal, [1]);
    finish(journal);
    expect(found).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(lineAt(1));
  });
});

describe("a last line that was cut", () => {
  it("is dropped at every byte of it, and the record measured again", async () => {
    const start = bytesOf(lineAt(0)).length;
    const line = bytesOf(lineAt(1));
    const path = fileOf("");
    for (let length = 1; length < line.length - 1; length++) {
      writeFileSync(path, Buffer.concat([bytesOf(lineAt(0)), line.subarray(0, length)]));
      const { journal, found } = await opened(path);
      if (found.length !== 1 || statSync(path).size !== start) expect.fail(`cut after ${length} bytes: ${found}`);
      append(journal, [1]);
      journal.close();
      if (!readFileSync(path).equals(bytesOf(lineAt(0) + lineAt(1)))) expect.fail(`cut after ${length} bytes`);
    }
  });

  it("is dropped when it is the only one", async () => {
    const path = fileOf('{"sch');
    expect(await completed(path)).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });

  it("that lacks nothing but its line break is kept, and ended", async () => {
    const path = fileOf(lineAt(0) + lineAt(1).trimEnd());
    expect(await completed(path)).toEqual([0, 1]);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });

  it.each([
    ["alone", ""],
    ["after the beginning of a record", lineAt(1).slice(0, 700)],
    ["after a whole record", lineAt(1).trimEnd()],
  ])("that a crash of the machine left as NUL bytes, %s, is dropped", async (_, text) => {
    const path = fileOf(`${lineAt(0)}${text}${"\0".repeat(5000)}`);
    expect(await completed(path)).toEqual([0]);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });

  it("that lacks its line break and is out of order is put in its place, and ended", async () => {
    const path = fileOf(lineAt(1) + lineAt(0).trimEnd());
    expect(await completed(path)).toEqual([1, 0]);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });
});

const edited = (change: (record: Record<string, unknown>) => object) =>
  JSON.stringify(change(JSON.parse(lineAt(1)) as Record<string, unknown>));

const FOREIGN = (await sampleSweep({ width: 7, samples: 512 })).records.map((record) => JSON.stringify(record)).join();

/** The first cell again, with a number that nothing else in a record determines. */
const ANOTHER_MEASUREMENT = lineAt(0)
  .trimEnd()
  .replace(/"outputMean":[^,]+/, '"outputMean":0.125');

/** A line after the first, and what is said of it. */
const REFUSED: readonly (readonly [string, string, ...string[]])[] = [
  ["no JSON", "keep: 0.5", ":2: is not JSON"],
  ["empty", "", ":2: is not JSON"],
  ["cut, with another after it", `${lineAt(1).slice(0, 99)}\n${lineAt(2)}`, ":2: is not JSON"],
  ["JSON of something else", '{"keep":0.5}', ":2: lacks a schema"],
  ["JSON of a later version", edited((record) => ({ ...record, schema: "vshift.record/2" })), ':2: has the schema "vs'],
  [
    "of another kernel",
    edited((record) => ({ ...record, kernel: "0".repeat(64) })),
    ":2: was measured by another engine version",
  ],
  ["of a scenario that is not in the sweep", FOREIGN, ":2: is not part of this sweep", "--no-resume"],
  [
    "of the cell of an earlier line",
    ANOTHER_MEASUREMENT,
    ":2: has the same scenario as line 1, but a different measured.outputMean",
    "remove one",
  ],
  [
    "a record that was edited",
    edited((record) => ({ ...record, id: "0".repeat(64) })),
    ":2: has an id that does not match",
  ],
  ["a record and more", edited((record) => ({ ...record, time: 0 })), ":2: must NOT have additional properties (time)"],
];

describe("a file with a line that is no record of the sweep is refused by the line's number, and stays as it was", () => {
  it.each(REFUSED)("a line that is %s", async (_, line, ...words) => {
    for (const ending of ["\n", `\n${lineAt(2)}`, `\n${lineAt(2).slice(0, 50)}`]) {
      const path = fileOf(`${lineAt(0)}${line}${ending}`);
      const before = readFileSync(path);
      const refusal = opened(path);
      await expect(refusal).rejects.toBeInstanceOf(VshiftError);
      for (const said of words) await expect(refusal).rejects.toThrow(said);
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it.each(REFUSED.filter(([name]) => name !== "empty" && !name.startsWith("cut")))(
    "a last line without its line break that is %s",
    async (_, line) => {
      const path = fileOf(lineAt(0) + line);
      await expect(opened(path)).rejects.toBeInstanceOf(VshiftError);
      expect(readFileSync(path, "utf8")).toBe(lineAt(0) + line);
    },
  );

  it.each([
    ["a note", "What I did today"],
    ["a note of several lines", "What\nI did\ntoday\n"],
    ["JSON of something else", '{"schema":"vshift.theory/1",'],
    ["bytes", Buffer.from([0, 255, 10, 0, 128])],
    ["blank lines", "\n\n"],
  ])("somebody's own file: %s", async (_, content) => {
    const path = fileOf(content);
    const before = readFileSync(path);
    await expect(opened(path)).rejects.toThrow(/(:|^line )1: is not/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe("a place where no journal can be", () => {
  it("a folder is refused", async () => {
    const path = folder();
    await expect(opened(path)).rejects.toMatchObject({ code: "unwritable-file", field: "--output" });
  });

  it("a file in a folder that does not exist is refused", async () => {
    const path = join(folder(), "missing/sweep.ndjson");
    await expect(opened(path)).rejects.toThrow("no such file or directory");
  });

  it.each(["/dev/null", "/dev/full", "/dev/zero"])("%s, which is no plain file, is refused unread", async (path) => {
    await expect(opened(path)).rejects.toThrow("it is not a regular file");
  });

  it("a file in a folder that may not be written, as its lock would have to be, is refused", async () => {
    await expect(opened("/proc/sweep.ndjson")).rejects.toMatchObject({ code: "unwritable-file", field: "--output" });
  });
});

/** What somebody else does to a file while a sweep writes it, what is said of it, and what is there then. */
const DISTURBANCES: readonly (readonly [string, (path: string) => void, string, string | undefined])[] = [
  ["removed", (path) => rmSync(path), "was removed while vshift wrote it", undefined],
  ["emptied", (path) => truncateSync(path), "was changed by another program", ""],
  ["added to", (path) => appendFileSync(path, "note\n"), "was changed by another program", `${lineAt(1)}note\n`],
  [
    "replaced",
    (path) => {
      writeFileSync(`${path}.new`, "thesis");
      renameSync(`${path}.new`, path);
    },
    "was replaced while vshift wrote it",
    "thesis",
  ],
];

describe("a file that is no longer the one that was written ends the sweep, and stays as somebody made it", () => {
  it.each(DISTURBANCES)("%s before a record is appended", async (_, disturb, words, left) => {
    const { journal, path } = await begun();
    disturb(path);
    expect(() => append(journal, [0])).toThrow(words);
    journal.abandon();
    expect(contentOf(path)).toBe(left);
  });

  it.each(DISTURBANCES)("%s before its lines are put in order", async (_, disturb, words, left) => {
    const { journal, path } = await begun();
    append(journal, [0]);
    disturb(path);
    expect(() => journal.arrange()).toThrow(VshiftError);
    expect(() => journal.close()).toThrow(words);
    expect(contentOf(path)).toBe(left?.replace(lineAt(1), lineAt(1) + lineAt(0)));
  });

  it.each(DISTURBANCES)("%s before it is closed", async (_, disturb, words, left) => {
    const { journal, path } = await begun();
    disturb(path);
    expect(() => journal.close()).toThrow(words);
    expect(contentOf(path)).toBe(left);
    expect(readdirSync(join(path, ".."))).toEqual(left === undefined ? [] : ["sweep.ndjson"]);
  });

  it("replaced before it would be removed", async () => {
    const { journal, path } = await begun();
    rmSync(path);
    writeFileSync(path, "thesis");
    expect(() => journal.remove()).toThrow("was replaced");
    expect(readFileSync(path, "utf8")).toBe("thesis");
  });
});

/** A journal with the record of the second cell in it. */
async function begun() {
  const path = join(folder(), "sweep.ndjson");
  const { journal } = await opened(path);
  append(journal, [1]);
  return { journal, path };
}

function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

describe("a journal has one writer", () => {
  it("and a second one is told who that is, by whatever link it comes", async () => {
    const { journal, path } = await begun();
    const link = join(folder(), "link.ndjson");
    symlinkSync(path, link);
    for (const name of [path, link]) {
      await expect(opened(name)).rejects.toThrow(`is being written by process ${process.pid} on ${hostname()}`);
    }
    journal.close();
    expect(readdirSync(join(path, ".."))).toEqual(["sweep.ndjson"]);
    (await opened(path)).journal.close();
  });

  const lockOfProcess = (holder: object) => `${JSON.stringify({ pid: process.pid, host: hostname(), ...holder })}\n`;
  /** No process has the number: Linux numbers none above 2²². */
  const ENDED = lockOfProcess({ pid: 2 ** 22 + 1, began: null });

  it.each([
    ["of a process that has ended", ENDED],
    ["of an earlier process with the number of one that runs", lockOfProcess({ began: "0" })],
    ["that a crash of the machine emptied", ""],
  ])("a lock %s is taken over", async (_, lock) => {
    const path = fileOf(lineAt(0));
    writeFileSync(`${path}.lock`, lock);
    const { journal, found } = await opened(path);
    expect(found).toEqual([0]);
    journal.close();
    expect(readdirSync(join(path, ".."))).toEqual(["sweep.ndjson"]);
  });

  describe("in the second attempt at job 17 of a scheduler", () => {
    beforeEach(() => {
      vi.stubEnv("SLURM_JOB_ID", "17");
      vi.stubEnv("SLURM_RESTART_COUNT", "1");
    });
    afterEach(() => vi.unstubAllEnvs());
    const elsewhere = (job: object | undefined) => lockOfProcess({ host: "elsewhere", began: "0", job });

    it("the lock of the first one, on another machine, is taken over", async () => {
      const path = fileOf(lineAt(0));
      writeFileSync(`${path}.lock`, elsewhere({ id: "17", attempt: 0 }));
      (await opened(path)).journal.close();
      expect(readdirSync(join(path, ".."))).toEqual(["sweep.ndjson"]);
    });

    it.each([
      ["of another job", elsewhere({ id: "16", attempt: 0 })],
      ["of this attempt", elsewhere({ id: "17", attempt: 1 })],
      ["of no job", elsewhere(undefined)],
    ])("the lock %s is left", async (_, lock) => {
      const path = fileOf(lineAt(0));
      writeFileSync(`${path}.lock`, lock);
      await expect(opened(path)).rejects.toThrow("on elsewhere; wait for it");
    });
  });

  it.each([
    ["of a process on another machine", lockOfProcess({ host: "elsewhere", began: "0" }), "on elsewhere; wait for it"],
    ["of a process that runs", lockOfProcess({ pid: 1, began: null }), "by process 1 on"],
    ["that is somebody's own file", "my notes", "is not a lock of vshift"],
  ])("a lock %s is left", async (_, lock, words) => {
    const path = fileOf(lineAt(0));
    writeFileSync(`${path}.lock`, lock);
    await expect(opened(path)).rejects.toThrow(words);
    expect(readFileSync(`${path}.lock`, "utf8")).toBe(lock);
  });

  it.each([
    ["taken away", (lock: string) => rmSync(lock)],
    [
      "taken over",
      (lock: string) => {
        rmSync(lock);
        writeFileSync(lock, lockOfProcess({ pid: 1 }));
      },
    ],
  ])("and writes no more when its lock is %s", async (_, disturb) => {
    const { journal, path } = await begun();
    disturb(`${path}.lock`);
    expect(() => append(journal, [0])).toThrow("lost its lock");
    journal.abandon();
  });
});

describe("lines that are there twice", () => {
  it("count once, and are written once at the end", async () => {
    const path = fileOf(lineAt(1) + lineAt(0) + lineAt(1));
    expect(await completed(path)).toEqual([1, 0]);
    expect(readFileSync(path, "utf8")).toBe(WHOLE);
  });
});

describe("a file that is put in order", () => {
  it("keeps its mode", async () => {
    const path = fileOf(lineAt(1) + lineAt(0));
    chmodSync(path, 0o640);
    await completed(path);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("is put in order where a link leads to that led nowhere", async () => {
    const target = join(folder(), "target.ndjson");
    const link = join(folder(), "link.ndjson");
    symlinkSync(target, link);
    const { journal } = await opened(link);
    append(journal, [1, 0]);
    finish(journal);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, "utf8")).toBe(lineAt(0) + lineAt(1));
  });
});
