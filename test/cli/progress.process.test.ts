import { spawnSync } from "node:child_process";
import { beforeEach, describe, expect, it } from "vitest";
import { EXECUTABLE, start } from "./vshift.ts";

/** util-linux's `script` runs a command on a terminal of its own. */
const HAS_TERMINAL = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;

/** Longer than anybody waits for. */
const RUNS = {
  simulate: "simulate --p 0.7 --mean 1 --d 1024 --precision 0.000001 --max-samples 10000000000",
  sweep: "sweep --p 0.01:0.99:0.01 --mean 0,1 --d 256 --samples 100000 --format json",
  stack: "stack --p 0.5 --d 64 --depth 4 --batches 100000 --format json",
};
/** A bar is drawn after a second; Ctrl-C comes after three. */
const INTERRUPTED = "timeout --signal INT 3";

/** What a run draws on a terminal, line after line. */
async function drawnBy(run: string, columns: number): Promise<string[]> {
  const line = `stty cols ${columns}; ${INTERRUPTED} '${process.execPath}' '${EXECUTABLE}' ${run} --threads 1 2>&1 > /dev/null`;
  const { end } = start(["script", "--quiet", "--command", line, "/dev/null"], { env: { TERM: "xterm" } });
  const { stdout } = await end;
  // Each is drawn from the first column on, and nothing else is between two of them.
  const [, ...lines] = stdout.split("\u001b[1G");
  return lines.map((text) => text.split("\u001b")[0] ?? "").filter((text) => text !== "");
}

describe("the progress bar", () => {
  beforeEach(({ skip }) => skip(!HAS_TERMINAL, "there is no `script` of util-linux"));

  it.each(Object.entries(RUNS).flatMap(([name, run]) => [60, 80].map((columns) => [name, columns, run] as const)))(
    "of %s fits a terminal of %d columns, with percentage, time left and rate",
    async (_, columns, run) => {
      const lines = await drawnBy(run, columns);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) {
        expect(line.length, line).toBeLessThan(columns);
        expect(line).toMatch(/^[█░]+ \d+ %, [\d.]+ (s|min|h) left, .*\/(s|min)/);
      }
    },
  );
});
