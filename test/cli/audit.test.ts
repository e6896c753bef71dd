import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";

/** Flatten, then three times Linear → BN → ReLU → Dropout(0.5), then Linear; trained on digits and exported in evaluation mode. */
const MLP = resolve("test/model/data/mlp-drop-0.5-s0.pt2");

describe("an MLP that PyTorch exported, with dropout behind each norm", () => {
  it("has a control before all noise, and two norms that dropout has shifted", async () => {
    const { code, stdout } = await vshift(["audit", MLP, "--format", "json"]);
    expect(code).toBe(1);
    const { writer, mode, verdict, norms } = JSON.parse(stdout);
    expect({ mode, verdict }).toEqual({ mode: "evaluation", verdict: "shifted" });
    expect(writer).toMatch(/^torch 2\./);
    const dropout = { kind: "dropout", shares: "unit", drop: 0.5 };
    expect(norms).toMatchObject([
      { norm: "2", channels: 96, control: true, noise: [], verdict: "clean" },
      { norm: "6", channels: 96, control: false, verdict: "shifted" },
      { norm: "10", channels: 64, control: false, verdict: "shifted" },
    ]);
    expect(norms[1].noise).toMatchObject([{ ...dropout, module: "4" }]);
    expect(norms[2].noise.at(-1)).toMatchObject({ ...dropout, module: "8" });
    for (const { predicted } of norms.slice(1)) expect(predicted.ratio).toBeLessThan(0.95);
  });

  it("is shifted on the screen too, with the dropout that causes it", async () => {
    const { code, stdout, stderr } = await vshift(["audit", MLP], { columns: 100 });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain("2 of 3 batch norms receive less variance at test time");
    expect(stdout).toContain("nn.Dropout(0.5) at 4");
  });
});

it.each(["keras", "h5"])("a network that Keras saved as .%s, with Keras's names of its noise", async (ending) => {
  const file = resolve(`test/model/data/kfun-0.3.${ending}`);
  const { code, stdout, stderr } = await vshift(["audit", file], { columns: 120 });
  expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  expect(stdout).toContain(`kfun-0.3.${ending}, keras 3.15.1\n`);
  expect(stdout).toContain("2 of 3 batch norms receive less variance at test time");
  expect(stdout).toContain("\n      Dropout(0.3) at dropout_2\n");
});
