import { beforeEach, describe, expect, it } from "vitest";
import { limited } from "./vshift.ts";

/** Runs the executable with so many KiB of addresses, as batch systems limit them. */
const within = (kibibytes: number | "unlimited", args: readonly string[]) => limited(`-v ${kibibytes}`, args);

const GIB = 2 ** 20;
const SIMULATE = ["simulate", "--d", "64", "--samples", "20000", "--threads", "1"];
/** Worth two threads. */
const THREADS = ["simulate", "--d", "512", "--samples", "80000", "--threads", "2", "--masks", "independent"];
const NOTE =
  /^vshift: WebAssembly cannot get memory \(ulimit -v\), so the run takes about ten times as long; the numbers [^\n]*\n/;

describe("where addresses are limited", () => {
  beforeEach(({ skip }) => skip(process.platform !== "linux", "only Linux limits addresses"));

  it.each([
    SIMULATE,
    ["sweep", "--p", "0.5,0.7", "--d", "16", "--samples", "4096", "--threads", "2"],
    ["check", "--p", "0.5", "--d", "16", "--tolerance", "0.05", "--format", "ndjson"],
    ["stack", "--d", "16", "--depth", "2", "--batches", "8", "--threads", "2"],
  ])("%s says so, and has the same numbers", async (...args) => {
    const [free, tight] = await Promise.all([within("unlimited", args), within(4 * GIB, args)]);
    expect(tight.stderr).toMatch(NOTE);
    expect({ ...tight, stderr: tight.stderr.replace(NOTE, "") }).toEqual(free);
  });

  it("--quiet leaves out the note", async () => {
    expect(await within(4 * GIB, [...SIMULATE, "--quiet"])).toMatchObject({ stderr: "" });
  });

  it("no more threads start than there is room for", async () => {
    const [free, tight] = await Promise.all([within("unlimited", THREADS), within(1.25 * GIB, THREADS)]);
    expect(tight.stderr.replace(NOTE, "")).toBe(
      "vshift: ulimit -v leaves no memory for another worker thread; the other threads take over its work\n",
    );
    expect({ ...tight, stderr: "" }).toEqual(free);
  });
});
