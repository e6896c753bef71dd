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

  it("takes a configuration with a network, a stack, or a layer, and flags next to it", async () => {
    const cwd = folder();
    const configured = async (text: string, ...flags: readonly string[]) => {
      writeFileSync(join(cwd, "c.json"), text);
      const { stdout, stderr } = await vshift(["explore", ...flags, "--config", "c.json", "--output", "-"], { cwd });
      expect(stderr).toBe("");
      return stateOf(stdout);
    };
    const network = "input(16) dropout(0.3) bn";
    expect(await configured(JSON.stringify({ network }), "--keep", "0.4")).toMatchObject({ network, keep: "0.4" });
    expect(await configured('{ "depth": 3, "nonlinearity": "gelu" }')).toMatchObject({
      depth: "3",
      nonlinearity: "gelu",
    });
    expect(await configured('{ "noise": "none" }')).toMatchObject({ noise: "none", width: "512" });
  });

  it.each([
    ["--noise", "spatial"],
    ["--noise", "none"],
    ["--layer", "linear", "--weights", "constant"],
    ["--layer", "linear", "--weight-mean", "0.5"],
    ["--noise-in-test"],
    ["--statistics", "corrected"],
    ["--scaling", "classic"],
    ["--nonlinearity", "gelu"],
  ])("begins with %s %s %s %s", async (...flags) => {
    const args = flags.filter((flag) => flag !== undefined);
    expect(await vshift(["explore", ...args, "--quiet", "--output", "x.html"], { cwd: folder() })).toEqual({
      ...{ code: 0, stdout: "", stderr: "" },
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
