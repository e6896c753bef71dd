/**
 * The benchmark: vshift and its peers, whole processes one after another, round after round.
 *
 *   npm run bench                                     everything, 5 rounds
 *   npm run bench -- --runs 2 --only W1,W4            fewer rounds, some of the workloads
 *   npm run bench -- --contestants vshift,numpy-expert
 *
 * Needs a build. VSHIFT_BENCH_PYTHON names the interpreter with NumPy and PyTorch [python3]; a peer that is not installed is
 * left out. Writes results.json, RESULTS.md and results.svg next to this file.
 */
import { parseArgs } from "node:util";
import { bundlePeers } from "./harness/bundle-peers.ts";
import { finish } from "./harness/child-process.ts";
import { contestantsOf } from "./harness/contestants.ts";
import { describeMachine } from "./harness/machine.ts";
import { race } from "./harness/race.ts";
import { render } from "./harness/render.ts";
import { type Results, readResults, withRace, writeResults } from "./harness/results.ts";
import { measureStart } from "./harness/start.ts";
import { WORKLOADS } from "./harness/workloads.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "5" }, only: { type: "string" }, contestants: { type: "string" } },
});
const rounds = Number(values.runs);
const only = values.only?.split(",");
const wanted = values.contestants?.split(",");
const python = process.env.VSHIFT_BENCH_PYTHON ?? "python3";

const log = (line: string) => process.stderr.write(`${line}\n`);

const machine = await describeMachine(python);
const help = await finish({ file: process.execPath, args: ["dist/bin/vshift.cjs", "simulate", "--help"] });
if (help.exitCode !== 0) throw new Error("no build to measure: run `npm run build` first");
const { present, absent } = contestantsOf({
  python,
  hasNumpy: machine.versions.NumPy !== undefined,
  hasTorch: machine.versions.PyTorch !== undefined,
  bundles: await bundlePeers(),
  hasMasksFlag: help.stdout.includes("--masks"),
});
for (const id of absent) log(`${id} is not installed and does not take part; see bench/README.md`);
const contestants = present.filter(({ id }) => wanted === undefined || wanted.includes(id));

let results: Results = await readResults();
for (const workload of WORKLOADS) {
  if (only !== undefined && !only.includes(workload.id)) continue;
  const measured = await race({ workload, contestants, rounds, log });
  results = { ...withRace(results, { ...measured, date: new Date().toISOString(), machine }), absent };
  await writeResults(results);
}
const shortest = WORKLOADS.find(({ id }) => id === "W4");
if (shortest !== undefined && (only === undefined || only.includes("start"))) {
  // Runs of some 25 ms: four times the rounds cost little.
  const start = await measureStart(shortest, 4 * rounds);
  results = { ...results, start: { ...start, date: new Date().toISOString(), machine } };
  await writeResults(results);
}
await render(results);
