/**
 * A sweep of a thousand scenarios, each to ±0.1 %, and the same in NumPy: `npm run bench:sweep`.
 *
 *   npm run bench:sweep -- --runs 1      once each, not three times
 *
 * Needs a build. VSHIFT_BENCH_PYTHON names the interpreter with NumPy [python3]; without it vshift runs alone. Both sides'
 * ratios are held against v/(v + σ²(v + c²)) before their time counts. Puts its part into results.json, and writes RESULTS.md
 * anew.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Command, finish } from "./harness/child-process.ts";
import { describeMachine } from "./harness/machine.ts";
import { render } from "./harness/render.ts";
import { readResults, writeResults } from "./harness/results.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "3" } } });
const python = process.env.VSHIFT_BENCH_PYTHON ?? "python3";

const WIDTHS = [64, 512];
const PRECISION = 0.001;
const keeps = Array.from({ length: 46 }, (_, index) => (5 + 2 * index) / 100);
const means = Array.from({ length: 11 }, (_, index) => index / 10);

const folder = await mkdtemp(join(tmpdir(), "vshift-bench-"));
const output = join(folder, "sweep.ndjson");
const grid = ["--p", "0.05:0.95:0.02", "--mean", "0:1:0.1", "--d", WIDTHS.join(","), "--precision", String(PRECISION)];
const ours: Command = {
  file: process.execPath,
  args: ["dist/bin/vshift.cjs", "sweep", ...grid, "--no-resume", "--output", output],
};
const theirs: Command = {
  file: python,
  args: [
    ...["bench/peers/numpy_sweep.py", "--widths", ...WIDTHS.map(String), "--precision", String(PRECISION)],
    ...["--keeps", ...keeps.map(String), "--means", ...means.map(String)],
  ],
};

const machine = await describeMachine(python);
const vshift: number[] = [];
const numpy: number[] = [];
for (let round = 0; round < Number(values.runs); round++) {
  const run = await finish(ours);
  const lines = (await readFile(output, "utf8")).trim().split("\n");
  for (const line of lines) {
    const { scenario, measured } = JSON.parse(line);
    check("vshift", { keep: scenario.keep, mean: scenario.mean, shift: measured.shift });
  }
  vshift.push(run.seconds);
  process.stderr.write(`vshift ${run.seconds.toFixed(2)} s, ${lines.length} cells\n`);
  if (machine.versions.NumPy === undefined) continue;
  const peer = await finish(theirs);
  const { cells } = JSON.parse(peer.stdout) as {
    readonly cells: readonly (readonly [number, number, number, number])[];
  };
  for (const [, keep, mean, shift] of cells) check("NumPy", { keep, mean, shift });
  numpy.push(peer.seconds);
  process.stderr.write(`NumPy ${peer.seconds.toFixed(2)} s, ${cells.length} cells\n`);
}
await rm(folder, { recursive: true });
const cells = WIDTHS.length * keeps.length * means.length;
const results = { ...(await readResults()), sweep: { cells, vshift, numpy, date: new Date().toISOString(), machine } };
await writeResults(results);
await render(results);

/** Ten half widths: a wrong ratio is no result, and of a thousand right ones none is so far off. */
function check(
  who: string,
  { keep, mean, shift }: { readonly keep: number; readonly mean: number; readonly shift: number },
) {
  const expected = 1 / (1 + ((1 - keep) / keep) * (1 + mean * mean));
  if (Math.abs(shift / expected - 1) > 10 * PRECISION)
    throw new Error(`${who}: keep ${keep}, mean ${mean} gave ${shift}`);
}
