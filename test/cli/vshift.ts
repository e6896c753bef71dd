import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, inject } from "vitest";

export const EXECUTABLE = resolve("dist/bin/vshift.cjs");

export interface Surroundings {
  readonly cwd?: string;
  /** Nothing of the tests' own environment but PATH is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built executable to its end. */
export async function vshift(args: readonly string[], { input = "", ...around }: Surroundings = {}): Promise<Ran> {
  if (!inject("isBuilt")) throw new Error("dist/ may be old here: name the file *.process.test.ts (vitest.config.ts)");
  const { child, end } = start([process.execPath, EXECUTABLE, ...args], around);
  child.stdin?.end(input);
  return end;
}

/** What `vshift simulate … --format json` prints, for runs that are meant to succeed. */
export async function record(args: readonly string[], around: Surroundings = {}) {
  const { stdout, stderr, code } = await vshift(["simulate", ...args, "--format", "json"], around);
  if (stdout === "") throw new Error(`vshift printed nothing and ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Starts a command; `end` holds what it wrote, once it has ended. */
export function start(
  [command = "", ...args]: readonly string[],
  { cwd, env }: Omit<Surroundings, "input"> = {},
): { readonly child: ChildProcess; readonly end: Promise<Ran> } {
  const child = spawn(command, args, { cwd, env: { PATH: process.env.PATH, ...env } });
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
