import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolders, vshift } from "./vshift.ts";

// The rasteriser loads its WebAssembly once in a process.
const folder = temporaryFolders();

it("plot --output in .png is a PNG, the same each time", async () => {
  const cwd = folder();
  const { stdout } = await vshift(["sweep", "--p", "0.2,0.4", "--d", "4", "--samples", "1024"]);
  for (const name of ["a.png", "b.png"]) {
    const ran = await vshift(["plot", "--output", name], { cwd, input: stdout });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  }
  const [one, other] = ["a.png", "b.png"].map((name) => readFileSync(join(cwd, name)));
  expect(one?.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
});

it("plot --output in .pdf is a PDF, the same each time", async () => {
  const cwd = folder();
  const { stdout } = await vshift(["sweep", "--p", "0.2,0.4", "--d", "4", "--samples", "1024"]);
  for (const name of ["a.pdf", "b.pdf"]) {
    const ran = await vshift(["plot", "--output", name], { cwd, input: stdout });
    expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  }
  const [one, other] = ["a.pdf", "b.pdf"].map((name) => readFileSync(join(cwd, name)));
  expect(one?.subarray(0, 5).toString("latin1")).toBe("%PDF-");
  expect(other?.equals(one ?? Buffer.alloc(0))).toBe(true);
});

it("stack --output in .png is a PNG", async () => {
  const cwd = folder();
  const sizes = ["--d", "32", "--depth", "3", "--batches", "8", "--batch-size", "32"];
  await vshift(["stack", ...sizes, "--p", "0.5", "--output", "depth.png"], { cwd });
  expect(readFileSync(join(cwd, "depth.png")).subarray(1, 4).toString()).toBe("PNG");
});
