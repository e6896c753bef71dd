import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();

/** A folder with an opener that does what a line of a shell says. */
function withOpener(line: string): string {
  const bin = join(folder(), "bin");
  mkdirSync(bin);
  for (const name of ["xdg-open", "open"]) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return bin;
}

describe("vshift explore --open", () => {
  it("hands the page to what opens files", async () => {
    const bin = withOpener('printf %s "$1" > opened');
    const cwd = dirname(bin);
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const { code, stderr } = await vshift(["explore", "--open", "--output", "x.html"], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "vshift: opened x.html\n" });
    expect(readFileSync(join(cwd, "opened"), "utf8")).toMatch(/^\/.*\/x\.html$/);
  });

  it.each([
    ["fails", "exit 3", /no browser could be started \((xdg-)?open ended with code 3\)/],
    ["is missing", undefined, /no browser could be started \(spawn (xdg-)?open ENOENT\)/],
  ])("says so where it %s, and keeps the page", async (_, line, words) => {
    const bin = line === undefined ? folder() : withOpener(line);
    const cwd = dirname(bin);
    // Nothing else is looked for: the executable is started by its path.
    const { code, stderr } = await vshift(["explore", "--open", "--output", "y.html"], {
      cwd,
      env: { PATH: `${bin}:/nowhere` },
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(words);
    expect(readFileSync(join(cwd, "y.html"), "utf8")).toContain("</html>");
  });
});
