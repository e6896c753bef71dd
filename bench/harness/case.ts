import { join } from "node:path";
import type { Command, Finished } from "./child-process.ts";

/** A race: the same work, done by vshift and others. */
export interface Case {
  readonly id: string;
  /** What the work is. */
  readonly title: string;
  /** Of a run; undefined where it is not known or says nothing. */
  readonly multiplyAdds?: number;
  /** How many times more rounds than usual, for runs of milliseconds. */
  readonly timesRounds?: number;
  contestants(equipment: Equipment): readonly Contestant[];
}

export interface Contestant {
  readonly id: string;
  readonly title: string;
  /** The Python package without which it cannot take part. */
  readonly needs?: "NumPy" | "PyTorch";
  readonly command: Command;
  /** Run before the first round, not timed: brings what a contestant reads into the file cache. */
  readonly trial?: Command;
  /** Codes that it may end with [0]. */
  readonly exitCodes?: readonly number[];
  /** What a run says of itself. Throws when the answer is wrong: a race is between contestants that do the same work. */
  answer(finished: Finished): Answer | Promise<Answer>;
}

/** Of a run, as the contestant tells. */
export interface Answer {
  /** Without the start of the process. */
  readonly computing?: number;
  readonly samples?: number;
}

export interface Equipment {
  readonly python: string;
  /** Folder of the bundled peers in JavaScript. */
  readonly bundles: string;
  readonly builds: readonly Build[];
}

/** A vshift: the one of this folder, or an earlier one. */
export interface Build {
  readonly id: string;
  readonly title: string;
  readonly program: string;
}

export const CURRENT: Build = { id: "vshift", title: "vshift", program: buildIn(".") };

/** Contestant of the state before; left out of a case whose flags it does not know. */
export const BEFORE = "vshift-before";

export function earlierBuild(folder: string): Build {
  return { id: BEFORE, title: "vshift before", program: buildIn(folder) };
}

function buildIn(folder: string): string {
  return join(folder, "dist/bin/vshift.cjs");
}

/** The same command line of each build. */
export function ofBuilds(
  { builds }: Equipment,
  contestant: (vshift: (...args: readonly string[]) => Command, build: Build) => Omit<Contestant, "id" | "title">,
): readonly Contestant[] {
  return builds.map((build) => ({
    id: build.id,
    title: build.title,
    ...contestant((...args) => node(build.program, ...args), build),
  }));
}

export function node(script: string, ...args: readonly string[]): Command {
  return { file: process.execPath, args: [script, ...args] };
}

/** A peer of `bench/peers` in Python. */
export function inPython({ python }: Equipment, script: string, ...args: readonly string[]): Command {
  return { file: python, args: [`bench/peers/${script}`, ...args] };
}

/** A peer in PyTorch, on one thread and on two: two take a minute for seconds of work where another process wants a core. */
export function ofTorch(
  equipment: Equipment,
  { script, args, answer }: { readonly script: string; readonly args: readonly string[] } & Pick<Contestant, "answer">,
): readonly Contestant[] {
  return [1, 2].map((threads) => ({
    id: `torch-${threads}`,
    title: `PyTorch modules, ${threads} thread${threads === 1 ? "" : "s"}`,
    needs: "PyTorch",
    command: inPython(equipment, script, ...args, "--threads", String(threads)),
    answer,
  }));
}

/** Node's own start. */
export const BARE_NODE: Contestant = {
  id: "node",
  title: "`node -e 0`",
  command: { file: process.execPath, args: ["-e", "0"] },
  answer: () => ({}),
};
