import { join } from "node:path";
import type { Command } from "./child-process.ts";
import type { Amount, Workload } from "./workloads.ts";

export interface Contestant {
  readonly id: string;
  readonly title: string;
  command(work: Work): Command;
}

/** A workload's shape, and how much of it to do. */
export interface Work {
  readonly workload: Workload;
  readonly amount: Amount;
}

export interface Equipment {
  readonly python: string;
  readonly hasNumpy: boolean;
  readonly hasTorch: boolean;
  /** Folder of the bundled peers in JavaScript. */
  readonly bundles: string;
  /** Whether this vshift can be told how to draw its masks. */
  readonly hasMasksFlag: boolean;
}

const VSHIFT = "dist/bin/vshift.cjs";
const PEERS = "bench/peers";

/** Whoever can take part, and the names of those who cannot. */
export function contestantsOf({ python, hasNumpy, hasTorch, bundles, hasMasksFlag }: Equipment): Line {
  // All others draw masks one by one; so does vshift where both draw as many samples.
  const alike = ({ amount }: Work) => (hasMasksFlag && "samples" in amount ? ["--masks", "independent"] : []);
  const inPython = (script: string, more: readonly string[] = []) => ({
    command: (work: Work) => ({ file: python, args: [join(PEERS, script), ...flags(work), ...more] }),
  });
  const bundled = (script: string) => ({ command: (work: Work) => node(join(bundles, script), flags(work)) });
  const library = (work: Work) => node(join(PEERS, "vshift-library.mjs"), [...flags(work), ...alike(work)]);

  const ours: readonly Contestant[] = [
    { id: "vshift", title: "vshift", command: (work) => vshift(work, alike(work)) },
    { id: "vshift-default", title: "vshift, default masks", command: (work) => vshift(work, []) },
    { id: "vshift-library", title: "vshift as a library", command: library },
  ];
  const numpy: readonly Contestant[] = [
    { id: "numpy-expert", title: "NumPy, expert", ...inPython("numpy_expert.py") },
    { id: "numpy-competent", title: "NumPy, competent", ...inPython("numpy_competent.py") },
  ];
  const torch: readonly Contestant[] = [
    { id: "torch-1", title: "PyTorch modules, 1 thread", ...inPython("torch_modules.py", ["--threads", "1"]) },
    { id: "torch-2", title: "PyTorch modules, 2 threads", ...inPython("torch_modules.py", ["--threads", "2"]) },
  ];
  const javascript: readonly Contestant[] = [
    { id: "typed-arrays", title: "plain JavaScript, typed arrays", ...bundled("typed-arrays.mjs") },
    { id: "seedrandom-loops", title: "seedrandom, simple-statistics", ...bundled("seedrandom-loops.mjs") },
  ];
  return {
    present: [
      ...ours.filter(({ id }) => hasMasksFlag || id !== "vshift-default"),
      ...(hasNumpy ? numpy : []),
      ...(hasTorch ? torch : []),
      ...javascript,
    ],
    absent: [...(hasNumpy ? [] : numpy), ...(hasTorch ? [] : torch)].map(({ id }) => id),
  };
}

export interface Line {
  readonly present: readonly Contestant[];
  readonly absent: readonly string[];
}

/** vshift's own command line for some work. */
export function vshift({ workload: { width, neurons }, amount }: Work, more: readonly string[]): Command {
  const layer = neurons === null ? [] : ["--layer", "linear", "--neurons", String(neurons)];
  const until =
    "samples" in amount
      ? ["--samples", String(amount.samples)]
      : ["--precision", String(amount.precision), "--tolerance", "0.05", "--max-samples", "100000000"];
  const setting = ["simulate", "--mean", "0.5", "--p", "0.5", "--d", String(width), ...layer, ...until];
  return node(VSHIFT, [...setting, "--format", "json", ...more]);
}

function flags({ workload: { width, neurons }, amount }: Work): string[] {
  const layer = neurons === null ? [] : ["--neurons", String(neurons)];
  const until = "samples" in amount ? ["--samples", String(amount.samples)] : ["--precision", String(amount.precision)];
  return ["--width", String(width), ...layer, ...until];
}

function node(script: string, args: readonly string[]): Command {
  return { file: process.execPath, args: [script, ...args] };
}
