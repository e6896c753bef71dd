import { main } from "../../src/cli/main.ts";
import type { Ran, Surroundings } from "./vshift.ts";

export interface InProcess extends Omit<Surroundings, "input" | "ids"> {
  /** Of a terminal that both streams are; without, there is none. */
  readonly columns?: number;
  /** Aborted where a user would press Ctrl-C. */
  readonly interrupt?: AbortSignal;
}

/**
 * Runs the command line in this process: the twin of `vshift` in vshift.ts, for whatever a process of its own does not show.
 *
 * The working directory belongs to the process, so that runs wait for each other, and tests that use this run in order.
 */
export function vshift(args: readonly string[], surroundings: InProcess = {}): Promise<Ran> {
  const ran = last.then(() => run(args, surroundings));
  last = ran.catch(() => {});
  return ran;
}

let last: Promise<unknown> = Promise.resolve();

async function run(args: readonly string[], { cwd = ".", env, interrupt, columns }: InProcess): Promise<Ran> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const home = process.cwd();
  process.chdir(cwd);
  try {
    const code = await main(args, {
      stdout: { write: (piece) => stdout.push(Buffer.from(piece)), ...terminal },
      stderr: { write: (piece) => stderr.push(Buffer.from(piece)), ...terminal },
      // A configuration of whoever runs the tests, above this folder or that of temporary files, is none of theirs.
      env: { PATH: process.env.PATH, VSHIFT_NO_CONFIG: "1", ...env },
      interrupt: interrupt ?? new AbortController().signal,
    });
    return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  } finally {
    process.chdir(home);
  }
}

/** What `vshift simulate … --format json` prints, for runs that are meant to succeed. */
export async function record(args: readonly string[], around: InProcess = {}) {
  const { stdout, stderr, code } = await vshift(["simulate", ...args, "--format", "json"], around);
  if (stdout === "") throw new Error(`vshift printed nothing and ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
