import { expect, it } from "vitest";
import { start, temporaryFolders, vshift } from "./vshift.ts";

const folder = temporaryFolders();

it.each(["bash", "zsh", "fish", "powershell"])("complete %s prints a script that asks vshift", async (shell) => {
  const { code, stdout, stderr } = await vshift(["complete", shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("vshift");
  expect(stdout).toContain("complete");
});

it("the completion script of bash is one that bash can read", async () => {
  const { stdout } = await vshift(["complete", "bash"]);
  const { child, end } = start(["bash", "-n"], { cwd: folder() });
  child.stdin?.end(stdout);
  expect(await end).toEqual({ code: 0, stdout: "", stderr: "" });
});

it.each([
  [
    ["simulate", "--noise", ""],
    ["bernoulli", "gaussian", "uout", "spatial", "dropconnect", "alpha", "none"],
  ],
  [["simulate", "--layer", "l"], ["linear"]],
  [
    ["theory", "--weight"],
    ["--weights", "--weight-mean"],
  ],
  [["sim"], ["simulate"]],
])("after %j completion offers %j", async (words, offered) => {
  const { code, stdout } = await vshift(["complete", "--", ...words]);
  expect(code).toBe(0);
  const lines = stdout.split("\n").filter((line) => line !== "" && !line.startsWith(":"));
  expect(lines.map((line) => line.split("\t")[0])).toEqual(offered);
});
