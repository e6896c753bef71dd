/**
 * How vshift's time grows with width, neurons, samples and threads, and its memory with samples: `npm run bench:scaling`.
 *
 *   npm run bench:scaling -- --runs 1      once each, not three times
 *
 * Needs a build. Puts its part into results.json, and writes RESULTS.md anew.
 */
import { parseArgs } from "node:util";
import { type Command, finish } from "./harness/child-process.ts";
import { describeMachine } from "./harness/machine.ts";
import { render } from "./harness/render.ts";
import { readResults, type Scaling, writeResults } from "./harness/results.ts";
import { exponentOf } from "./harness/statistics.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "3" } } });
const rounds = Number(values.runs);

/** The first points say more of what does not grow: the start, and with few neurons the draws. */
const FITTED_POINTS = 3;

// One thread where growth is fitted: a second one would join in only where there is work for it.
const shortest = await leastSeconds(simulate("--samples", 512));
const series: readonly Scaling[] = [
  await timeAgainst({
    name: "Width, no layer, 20,000 samples, one thread",
    variable: "d",
    xs: [64, 256, 1024, 4096, 16384],
    command: (d) => simulate("--d", d, "--samples", 20_000, "--threads", 1),
  }),
  await timeAgainst({
    name: "Neurons, d 512, 20,000 samples, one thread",
    variable: "k",
    xs: [8, 32, 128, 512, 1024],
    command: (k) => simulate("--layer", "linear", "--neurons", k, "--samples", 20_000, "--threads", 1),
  }),
  await timeAgainst({
    name: "Samples, no layer, d 512, one thread",
    variable: "samples",
    xs: [100_000, 1_000_000, 10_000_000],
    command: (samples) => simulate("--samples", samples, "--threads", 1),
  }),
  {
    ...(await timeAgainst({
      name: "Threads, no layer, d 512, 2,000,000 samples",
      variable: "threads",
      xs: [1, 2],
      command: (threads) => simulate("--samples", 2_000_000, "--threads", threads),
    })),
    exponent: null,
  },
  // A second thread takes room of its own once, so each number of threads is looked at for itself: the third point of two
  // threads and the first, which is too short for a second one, tell how much that is.
  await memoryAgainstActivations("no layer, one thread", ["--threads", 1]),
  await memoryAgainstActivations("no layer, two threads", ["--threads", 2]),
  await memoryAgainstActivations("64 neurons, two threads", ["--threads", 2, "--layer", "linear"]),
];

const machine = await describeMachine(process.env.VSHIFT_BENCH_PYTHON ?? "python3");
const results = { ...(await readResults()), scaling: { series, date: new Date().toISOString(), machine } };
await writeResults(results);
await render(results);

function simulate(...args: readonly (string | number)[]): Command {
  const setting = ["simulate", "--mean", "0.5", "--p", "0.5", "--format", "json"];
  return { file: process.execPath, args: ["dist/bin/vshift.cjs", ...setting, ...args.map(String)] };
}

interface Series {
  readonly name: string;
  readonly variable: string;
  readonly xs: readonly number[];
  readonly command: (x: number) => Command;
}

async function timeAgainst({ name, variable, xs, command }: Series): Promise<Scaling> {
  const points: { readonly x: number; readonly value: number }[] = [];
  for (const x of xs) {
    points.push({ x, value: await leastSeconds(command(x)) });
    process.stderr.write(`${name}: ${variable} ${x} ${points.at(-1)?.value.toFixed(3)} s\n`);
  }
  const work = points.slice(-FITTED_POINTS).map(({ x, value }) => [x, value - shortest] as const);
  return { name, variable, unit: "s", points, exponent: exponentOf(work) };
}

/** The least of all rounds: nothing makes a run shorter than it can be. */
async function leastSeconds(command: Command): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) least = Math.min(least, (await finished(command)).seconds);
  return least;
}

/** Greatest resident memory of the process and its threads. */
async function memoryAgainstActivations(name: string, more: readonly (string | number)[]): Promise<Scaling> {
  const points: { readonly x: number; readonly value: number }[] = [];
  for (const x of [1e7, 1e8, 1e9, 1e10]) {
    const { file, args } = simulate("--samples", Math.round(x / 512), ...more);
    const { stderr } = await finished({ file, args: ["--require", "./bench/harness/peak-memory.cjs", ...args] });
    points.push({ x, value: (Number(stderr.trim().split("\n").at(-1)) * 1024) / 1e6 });
  }
  return { name: `Memory, d 512, ${name}`, variable: "activations", unit: "MB", points, exponent: null };
}

async function finished(command: Command) {
  const run = await finish(command);
  if (run.exitCode !== 0 && run.exitCode !== 3) throw new Error(`${command.args.join(" ")}: ${run.stderr}`);
  return run;
}
