import { expect, it } from "vitest";
import { vshift } from "./vshift.ts";

it("a dry run of 20,000 cells fits into a heap of 18 MB", async () => {
  // It takes 11 MB; the scenarios of all cells would be another 10.
  const args = ["--p", "0.0005:1:0.0005", "--d", "16..8192*2", "--dry-run", "--format", "table"];
  const { code, stdout, stderr } = await vshift(["sweep", ...args], {
    env: { NODE_OPTIONS: "--max-old-space-size=18" },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("20,000 scenarios, about");
});
