import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";

const installed = inject("installed");
const SWEEP = ["sweep", "--p", "0.5", "--engine"];

/** What the installed executable, or one in another folder, says on stderr, and its exit code. */
function run(
  executable: string,
  args: readonly string[],
): Promise<{ readonly code: unknown; readonly stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, VSHIFT_NO_CONFIG: "1" };
    execFile(process.execPath, [executable, ...args], { cwd: tmpdir(), env }, (error, _, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stderr }),
    );
  });
}

describe("the installed package, and queues", () => {
  const executable = join(installed, "node_modules/vshift/bin/vshift.cjs");

  it.each([
    ["redis://127.0.0.1:1", "bullmq", "bullmq ioredis"],
    ["postgres://127.0.0.1:1/q", "bullmq", "bullmq pg"],
  ])("says what %s needs", async (url, missing, packages) => {
    const expected = `${url} needs the package ${missing}, which is not installed next to vshift; run npm install ${packages}\n`;
    expect(await run(executable, [...SWEEP, url])).toEqual({ code: 2, stderr: `vshift: --engine: ${expected}` });
    expect(await run(executable, ["worker", url])).toEqual({ code: 2, stderr: `vshift: url: ${expected}` });
  });

  const root = mkdtempSync(join(tmpdir(), "vshift-peers-"));
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    ["redis://127.0.0.1:1", "ioredis"],
    ["postgres://127.0.0.1:1/q", "pg"],
  ])("finds it where it is installed: %s", async (url, client) => {
    const folder = mkdtempSync(join(root, "f-"));
    // Not by a link: Node looks for packages where a file really is.
    cpSync(join(installed, "node_modules/vshift"), join(folder, "node_modules/vshift"), { recursive: true });
    for (const name of ["bullmq", client])
      symlinkSync(resolve("node_modules", name), join(folder, "node_modules", name));
    const own = join(folder, "node_modules/vshift/bin/vshift.cjs");
    const { code, stderr } = await run(own, [...SWEEP, url]);
    expect(stderr).toBe(
      `vshift: --engine: ${url} does not answer (ECONNREFUSED); start the server, or correct the address\n`,
    );
    expect(code).toBe(2);
  });
});
