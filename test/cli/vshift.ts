import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, inject } from "vitest";

export const EXECUTABLE = resolve("dist/bin/vshift.cjs");

export interface Surroundings {
  readonly cwd?: string;
  /** Nothing of the tests' own environment but PATH is passed on, and no configuration above the folder counts. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Who runs it; a test that is root may be somebody else. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

export interface Running {
  readonly child: ChildProcess;
  /** What it wrote, once it has ended. */
  readonly end: Promise<Ran>;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built executable to its end. */
export async function vshift(args: readonly string[], { input = "", ...around }: Surroundings = {}): Promise<Ran> {
  const { child, end } = startVshift(args, around);
  child.stdin?.end(input);
  return end;
}

/** Starts the built executable. */
export function startVshift(args: readonly string[], around: Omit<Surroundings, "input"> = {}): Running {
  if (!inject("isBuilt")) throw new Error("dist/ may be old here: name the file *.process.test.ts (vitest.config.ts)");
  return start([process.execPath, EXECUTABLE, ...args], around);
}

/** Runs the built executable to its end under a limit of bash's `ulimit`, such as "-f 5". */
export function limited(
  limit: string,
  args: readonly string[],
  around: Omit<Surroundings, "input"> = {},
): Promise<Ran> {
  const line = `ulimit ${limit}; exec "$0" "$@"`;
  return start(["bash", "--norc", "-c", line, process.execPath, EXECUTABLE, ...args], around).end;
}

/** Resolves once a command that runs has written something to a file, or has ended. */
export async function written(path: string, { end }: Running): Promise<void> {
  let hasEnded = false;
  const ended = () => {
    hasEnded = true;
  };
  end.then(ended, ended);
  while (!hasEnded && (!existsSync(path) || statSync(path).size === 0)) await pause(2);
}

/** What `vshift simulate … --format json` prints, for runs that are meant to succeed. */
export async function record(args: readonly string[], around: Surroundings = {}) {
  const { stdout, stderr, code } = await vshift(["simulate", ...args, "--format", "json"], around);
  if (stdout === "") throw new Error(`vshift printed nothing and ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Starts a command. */
export function start(
  [command = "", ...args]: readonly string[],
  { cwd, env, ids }: Omit<Surroundings, "input"> = {},
): Running {
  const child = spawn(command, args, { cwd, ...ids, env: { PATH: process.env.PATH, VSHIFT_NO_CONFIG: "1", ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  // A command that ends before it has read its input is judged by what it wrote.
  child.stdin.on("error", () => {});
  const end = new Promise<Ran>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, end };
}

/** Makes an empty folder each time that it is called; all are removed after the tests of the file. */
export function temporaryFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), "vshift-test-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => mkdtempSync(join(root, "f-"));
}
