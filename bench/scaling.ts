/**
 * How vshift's cost grows: `npm run bench:scaling`.
 *
 *   npm run bench:scaling -- --runs 1      once each, not three times
 *
 * Needs a build. Puts its part into results.json, and writes RESULTS.md anew.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CURRENT, node } from "./harness/case.ts";
import { type Command, finish } from "./harness/child-process.ts";
import { publish, type Scaling } from "./harness/results.ts";
import { exponentOf } from "./harness/statistics.ts";
import { temporaryFolder } from "./harness/temporary-folder.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "3" } } });
const rounds = Number(values.runs);

/** The first points say more of what does not grow: the start, and with few neurons the draws. */
const FITTED_POINTS = 3;
/** A second thread would join in only where there is work for it. */
const ONE_THREAD = ["--threads", 1] as const;

type Flags = readonly (string | number)[];

const sweepOutput = join(temporaryFolder(), "sweep.ndjson");
const shortest = await leastCost(simulate("--samples", 512, ...ONE_THREAD));

const series: readonly Scaling[] = [
  await cpuAgainst({
    name: "Width",
    setting: "no layer, 20,000 samples, one thread",
    variable: "d",
    xs: [64, 256, 1024, 4096, 16384],
    command: (d) => simulate("--d", d, "--samples", 20_000, ...ONE_THREAD),
    reading: "Each channel is drawn and summed by itself, so the growth should be linear.",
  }),
  await cpuAgainst({
    name: "Neurons",
    setting: "linear, d 512, 20,000 samples, one thread",
    variable: "k",
    xs: [8, 32, 128, 512, 2048],
    command: (k) => simulate("--layer", "linear", "--neurons", k, "--samples", 20_000, ...ONE_THREAD),
    reading:
      "Each neuron's output is linear; where the scatter matrix of the inputs replaces outputs, more neurons cost little.",
  }),
  await cpuAgainst({
    name: "Samples",
    setting: "no layer, d 512, one thread",
    variable: "samples",
    xs: [100_000, 1_000_000, 10_000_000],
    command: (samples) => simulate("--samples", samples, ...ONE_THREAD),
    reading: "Every mini-batch costs the same, so the growth should be linear.",
  }),
  await cpuAgainst({
    name: "Depth",
    setting: "stack, d 256, 64 mini-batches of 256, one thread",
    variable: "blocks",
    xs: [4, 8, 16, 32],
    command: (depth) => vshift("stack", "--p", 0.8, "--d", 256, "--depth", depth, "--batches", 64, ...ONE_THREAD),
    reading: "Each block is a product and a pass over its outputs, so the growth should be linear.",
  }),
  await cpuAgainst({
    name: "Scenarios",
    setting: "sweep over keep, no layer, d 64, 2,560 samples each, one thread",
    variable: "scenarios",
    xs: [100, 400, 1600, 6400],
    command: (cells) =>
      vshift(
        ...["sweep", "--p", Array.from({ length: cells }, (_, at) => (0.1 + (0.8 * at) / cells).toFixed(6)).join(",")],
        ...["--d", 64, "--samples", 2560, ...ONE_THREAD, "--no-resume", "--output", sweepOutput],
      ),
    reading: "Scenarios are measured and written one by one, so the growth should be linear.",
  }),
  await cpuAgainst({
    name: "Channels of a convolution",
    setting: "network of two 3 × 3 convolutions on maps of 8 × 8, 16 mini-batches of 32, one thread",
    variable: "channels",
    xs: [16, 32, 64, 128],
    command: (channels) => convolutions(channels, 8),
    reading: "The product of all inputs with all outputs grows quadratically, and everything else linearly.",
  }),
  await cpuAgainst({
    name: "Positions of a convolution",
    setting: "the same with 16 channels, on square maps",
    variable: "positions",
    xs: [64, 256, 1024, 4096],
    command: (positions) => convolutions(16, Math.sqrt(positions)),
    reading: "Each position of the map costs the same, so the growth should be linear.",
  }),
  {
    ...(await againstCost("seconds", {
      name: "Threads",
      setting: "no layer, d 512, 2,000,000 samples",
      variable: "threads",
      xs: [1, 2],
      command: (threads) => simulate("--samples", 2_000_000, "--threads", threads),
      reading: "Wall time. The second thread has half of what is left when it begins.",
    })),
    exponent: null,
  },
  // A second thread takes room of its own once, so each number of threads is looked at for itself: the third point of two
  // threads and the first, which is too short for a second one, tell how much that is.
  await memoryAgainstActivations("no layer, one thread", ONE_THREAD),
  await memoryAgainstActivations("no layer, two threads", ["--threads", 2]),
  await memoryAgainstActivations("64 neurons, two threads", ["--threads", 2, "--layer", "linear"]),
];
await publish({ series });

function vshift(...args: Flags): Command {
  return node(CURRENT.program, ...args.map(String), "--format", "json");
}

function simulate(...args: Flags): Command {
  return vshift("simulate", "--mean", 0.5, "--p", 0.5, ...args);
}

function convolutions(channels: number, side: number): Command {
  const conv = `conv(${channels}, 3)`;
  const network = `input(${channels}x${side}x${side}) ${conv} bn relu dropout(0.3) ${conv} bn`;
  return vshift("simulate", "--network", network, "--batches", 16, "--batch-size", 32, ...ONE_THREAD);
}

interface Series extends Pick<Scaling, "name" | "setting" | "variable" | "reading"> {
  readonly xs: readonly number[];
  readonly command: (x: number) => Command;
}

function cpuAgainst(of: Series): Promise<Scaling> {
  return againstCost("cpu", of);
}

async function againstCost(measure: "cpu" | "seconds", { xs, command, ...rest }: Series): Promise<Scaling> {
  const points: { readonly x: number; readonly value: number }[] = [];
  for (const x of xs) {
    const { [measure]: value } = await leastCost(command(x));
    points.push({ x, value });
    process.stderr.write(`${rest.name}: ${rest.variable} ${x} ${value.toFixed(3)} s\n`);
  }
  const work = points.slice(-FITTED_POINTS).map(({ x, value }) => [x, value - shortest[measure]] as const);
  return { ...rest, unit: measure === "cpu" ? "CPU s" : "s", points, exponent: exponentOf(work) };
}

/** The least of all rounds: nothing makes a run shorter than it can be. */
async function leastCost(command: Command): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const least = { seconds: Number.POSITIVE_INFINITY, cpu: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round++) {
    const { seconds, cpu } = await finished(command);
    least.seconds = Math.min(least.seconds, seconds);
    least.cpu = Math.min(least.cpu, cpu);
  }
  return least;
}

/** Greatest resident memory of the process and its threads. */
async function memoryAgainstActivations(setting: string, more: Flags): Promise<Scaling> {
  const points: { readonly x: number; readonly value: number }[] = [];
  for (const x of [1e7, 1e8, 1e9, 1e10]) {
    const { file, args } = simulate("--samples", Math.round(x / 512), ...more);
    const { stderr } = await finished({ file, args: ["--require", "./bench/harness/peak-memory.cjs", ...args] });
    points.push({ x, value: (Number(stderr.trim().split("\n").at(-1)) * 1024) / 1e6 });
  }
  const reading = "Arrays depend on the width and not on the samples, so the memory should not grow.";
  return {
    ...{ name: "Memory", setting: `d 512, ${setting}`, variable: "activations", unit: "MB" },
    ...{ points, reading, exponent: null },
  };
}

async function finished(command: Command) {
  const run = await finish(command);
  if (run.exitCode !== 0 && run.exitCode !== 3) throw new Error(`${command.args.join(" ")}: ${run.stderr}`);
  return run;
}
