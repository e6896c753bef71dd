import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fittingRows } from "../../src/check/audit-rows.ts";
import { startModelRun } from "../../src/check/model-run.ts";
import { readModel } from "../../src/model/read-model.ts";
import { momentsOf, type PairedSums } from "../../src/passes/moments.ts";
import { readTensors } from "../../src/tensor/read.ts";

// Networks of many operations with random weights, and what PyTorch 2.11 makes of some inputs (test/model/data/operations.py).
const DATA = join(import.meta.dirname, "../model/data");

interface TruthOfNorm {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  /** Over 20,000 noisy samples. */
  readonly noisy_mean: readonly number[];
  readonly noisy_variance: readonly number[];
}

const TRUTH: Readonly<Record<string, Readonly<Record<string, TruthOfNorm>>>> = JSON.parse(
  readFileSync(join(DATA, "operations.truth.json"), "utf8"),
);

const bytesOf = (file: string) => new Uint8Array(readFileSync(join(DATA, file)));

async function arrayNamed(wanted: string) {
  const tensors = await readTensors({ file: "operations.npz", bytes: bytesOf("operations.npz") });
  const tensor = tensors.find(({ name }) => name === wanted)?.open();
  return { shape: tensor?.shape ?? [], values: tensor?.values() ?? new Float64Array(0) };
}

describe.each(["odd", "tok", "up", "c3", "path"])("network %s", (name) => {
  const started = async () => {
    const graph = await readModel({ file: `${name}.pt2`, bytes: bytesOf(`${name}-operations.pt2`) });
    const rows = fittingRows(graph, await arrayNamed(`${name}.x`), "data");
    const output = graph.outputs[0] ?? null;
    return {
      rows,
      ...startModelRun({ model: name, graph, seed: "a", output, inputs: rows, others: rows }, { threads: 1 }),
    };
  };

  it("has the outputs of torch, and its norms receive the same, to single precision", async () => {
    const { rows, norms, outputs, measure, close } = await started();
    const expected = (await arrayNamed(`${name}.y`)).values;
    const found = (await outputs(rows.count)).outputs;
    expect(found.length).toBe(expected.length);
    for (const [at, value] of expected.entries()) expect(Math.abs((found[at] as number) - value)).toBeLessThan(2e-6);
    const { sums } = await measure(1, 0.95);
    close();
    for (const [at, { name: norm, mean }] of norms.entries()) {
      const truth = TRUTH[name]?.[norm] as TruthOfNorm;
      const off = momentsOf((sums[at] as PairedSums).off);
      for (const [channel, variance] of truth.variance.entries()) {
        expect(Math.abs((off.variance[channel] as number) / variance - 1)).toBeLessThan(5e-6);
        const shift = (mean[channel] as number) + (off.mean[channel] as number) - (truth.mean[channel] as number);
        expect(Math.abs(shift) / Math.sqrt(variance)).toBeLessThan(5e-6);
      }
    }
  });

  it("with noise, its norms receive the moments that torch draws", async () => {
    const { norms, measure, close } = await started();
    const { sums } = await measure(1024, 0.95);
    close();
    for (const [at, { name: norm, mean }] of norms.entries()) {
      const truth = TRUTH[name]?.[norm] as TruthOfNorm;
      const on = momentsOf((sums[at] as PairedSums).on);
      for (const [channel, variance] of truth.noisy_variance.entries()) {
        // 20,000 draws of torch have a relative standard error of about 1 % in a variance, where a value is nearly normal.
        expect(Math.abs((on.variance[channel] as number) / variance - 1)).toBeLessThan(0.06);
        const shift = (mean[channel] as number) + (on.mean[channel] as number) - (truth.noisy_mean[channel] as number);
        expect(Math.abs(shift) / Math.sqrt(variance)).toBeLessThan(0.06);
      }
    }
  });
});
