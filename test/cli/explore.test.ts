import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** The state that a page begins with. */
function stateOf(page: string): Readonly<Record<string, string>> {
  return JSON.parse(parseHTML(page).document.getElementById("first")?.textContent ?? "");
}

describe("vshift explore", () => {
  it("writes vshift-explorer.html, and says so", async () => {
    const cwd = folder();
    const { code, stdout, stderr } = await vshift(["explore"], { cwd });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toMatch(/^vshift: wrote vshift-explorer\.html \(\d+ kB\); open it in a browser\n$/);
    const page = readFileSync(join(cwd, "vshift-explorer.html"), "utf8");
    expect(stateOf(page)).toMatchObject({ keep: "0.5", width: "512" });
    expect(page).toContain("At test time BN's output has half the variance it had during training.");
  });

  it("begins with what flags, variables and configuration say, of all three scenarios", async () => {
    const args = [
      "explore",
      "--drop",
      "0.25",
      "--depth",
      "3",
      "--network",
      "input(8) dropout($q) bn",
      "--set",
      "q=0.1",
    ];
    const cwd = folder();
    writeFileSync(join(cwd, "c.json"), '{ "activation": "relu" }');
    const env = { VSHIFT_RHO: "0.3" };
    const { stdout, stderr, code } = await vshift([...args, "--config", "c.json", "--output", "-"], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stateOf(stdout)).toMatchObject({
      ...{ keep: "0.75", depth: "3", network: "input(8) dropout(0.1) bn", rho: "0.3", activation: "relu" },
    });
  });

  it("makes the same page each time", async () => {
    const [one, other] = await Promise.all([1, 2].map(() => vshift(["explore", "--quiet", "--output", "-"])));
    expect(one?.stdout).toBe(other?.stdout);
  });

  it("leaves no file where it refuses", async () => {
    const cwd = folder();
    const { code } = await vshift(["explore", "--depth", "0"], { cwd });
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "vshift-explorer.html"))).toBe(false);
  });
});
