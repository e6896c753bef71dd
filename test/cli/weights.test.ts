import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();

/** A folder with some of the files that test/tensor/data/make.py wrote. */
function folderWith(...files: readonly string[]): string {
  const cwd = folder();
  for (const file of files) copyFileSync(resolve("test/tensor/data", file), join(cwd, file));
  return cwd;
}

async function weights(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await vshift(["weights", ...args, "--format", "json"], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

it("weights prints the alignment of each layer and the Δ that follows", async () => {
  const cwd = folderWith("model.npz");
  const found = await weights(["model.npz", "--keep", "0.5", "--rho", "0.2", "--mean", "1"], cwd);
  expect(found).toMatchObject({ schema: "vshift.weights/1", layout: "out-first" });
  expect(found.setting).toMatchObject({
    keep: 0.5,
    relativeVariance: 1,
    inputMean: 1,
    inputVariance: 1,
    inputRho: 0.2,
  });
  expect(found.layers).toMatchObject([
    { file: "model.npz", name: "fc.weight", shape: [3, 4], inputs: 4, neurons: 3, zeroNeurons: 0 },
    { file: "model.npz", name: "conv.weight", shape: [2, 2, 2, 2], inputs: 8, neurons: 2, zeroNeurons: 0 },
  ]);
  // By hand: alignments 100/30, 0 and 1; pooled (100 + 0 + 4)/(30 + 4 + 4).
  const [fc, conv] = found.layers;
  expect(fc.alignment.mean).toBeCloseTo((100 / 30 + 0 + 1) / 3, 14);
  expect(fc.cosineSquared.mean).toBeCloseTo(fc.alignment.mean / 4, 15);
  expect(fc.pooledAlignment).toBeCloseTo(104 / 38, 14);
  expect(conv.pooledAlignment).toBeCloseTo((36 * 36 + 100 * 100) / (204 + 1292), 14);
  // Li et al. 2019, eq. 12, with c = v = 1, σ² = 1, ρ = 0.2.
  const test = 1 + 0.2 * (104 / 38 - 1);
  expect(fc.shift).toBeCloseTo(test / (test + 2), 14);
  expect(found.summary).toEqual({
    layers: 2,
    skippedArrays: 2,
    meanCosineSquared: (fc.cosineSquared.mean + conv.cosineSquared.mean) / 2,
    meanAlignment: (fc.alignment.mean + conv.alignment.mean) / 2,
  });
});

it("the same model in three formats has the same numbers, and theory agrees", async () => {
  const cwd = folderWith("model.npz", "model-compressed.npz", "model.safetensors", "matrix.csv");
  const args = ["model.npz", "model-compressed.npz", "model.safetensors", "--rho", "0.2", "--activation", "relu"];
  const found = await weights([...args, "--name", "fc.*"], cwd);
  const [first, ...others] = found.layers;
  for (const { file, ...layer } of others) expect({ ...layer, file: "model.npz" }).toEqual(first);
  expect(others).toHaveLength(2);
  expect(found.summary).toMatchObject({ layers: 3, skippedArrays: 3 });
  const theory = await vshift(
    ["theory", "--rho", "0.2", "--activation", "relu", "--layer", "linear", "--d", "4"].concat([
      "--alignment",
      String(first.pooledAlignment),
    ]),
  );
  // The theory's weights are drawn in single precision: half of 2⁻²³, relative, in each.
  expect(JSON.parse(theory.stdout).theory.shift).toBeCloseTo(first.shift, 6);
});

describe("running variances of norms", () => {
  it("are shown beside the layers, and not counted among what is skipped", async () => {
    const { layers, norms, summary } = await weights(["state.npz"], folderWith("state.npz"));
    expect(layers).toHaveLength(3);
    // As NumPy reads them: all 2.
    const runningVariance = { mean: 2, least: 2, most: 2 };
    expect(norms).toEqual([
      { file: "state.npz", name: "bn1.running_var", channels: 16, runningVariance },
      { file: "state.npz", name: "bn2.running_var", channels: 32, runningVariance },
    ]);
    // 13 arrays, of which 3 are layers and 2 these.
    expect(summary.skippedArrays).toBe(8);
  });

  it("alone are no error, and lead to a check", async () => {
    const cwd = folderWith("state.npz");
    for (const format of ["table", "markdown", "csv"]) {
      const { code, stdout } = await vshift(["weights", "state.npz", "--name", "bn2.*", "--format", format], { cwd });
      expect(code).toBe(0);
      if (format !== "csv") expect(stdout).toContain("vshift check … --measured 2,VAR");
    }
  });
});

it("--layout in-first takes the last axis for the neurons", async () => {
  const cwd = folderWith("matrix-lf4.npy", "matrix-fortran.npy");
  const { layers, layout } = await weights(["matrix-lf4.npy", "matrix-fortran.npy", "--layout", "in-first"], cwd);
  expect(layout).toBe("in-first");
  // Columns (1, 1, 2), (2, −1, 0), (3, 1, 0), (4, −1, 0).
  const mean = (16 / 6 + 1 / 5 + 16 / 10 + 9 / 17) / 4;
  for (const layer of layers) {
    expect(layer).toMatchObject({ inputs: 3, neurons: 4 });
    expect(layer.alignment.mean).toBeCloseTo(mean, 14);
  }
});

it.each([
  ["table", / d {2}neurons .* pooled {4}Δ {2}shape {4}layer\n.* 3×4 {6}fc\.weight\n.*mean of 2 layers: cos²θ 0\.621/s],
  ["ndjson", /^\{"schema":"vshift\.weights\/1".*\}\n$/],
  ["csv", /^file,name,shape,inputs,neurons,zeroNeurons,.*\nmodel\.npz,fc\.weight,3x4,4,3,0,0\.36.*\n.*\n$/],
  [
    "markdown",
    /^## At test time .*\n\n\| d \|.*\| shape \| layer \|\n.*\n\| 4 \| 3 \| 0\.3611 \|.*\| 3×4 \| fc\.weight \|\n.*2 arrays of fewer than two/s,
  ],
])("weights has the format %s", async (format, look) => {
  const { code, stdout } = await vshift(["weights", "model.npz", "--format", format], { cwd: folderWith("model.npz") });
  expect(code).toBe(0);
  expect(stdout).toMatch(look);
});

it("a layer of zeros has no angle and no Δ, and a neuron of zeros is left out", async () => {
  const cwd = folder();
  writeFileSync(join(cwd, "zeros.csv"), "0,0\n0,0\n");
  writeFileSync(join(cwd, "pruned.csv"), "0,0\n1,1\n");
  const { layers, summary } = await weights(["zeros.csv", "pruned.csv", "--rho", "1"], cwd);
  const nothing = { cosineSquared: null, alignment: null, pooledAlignment: null, shift: null };
  expect(layers).toMatchObject([
    { zeroNeurons: 2, ...nothing },
    { zeroNeurons: 1, pooledAlignment: 2, cosineSquared: { mean: 1, standardDeviation: 0 } },
  ]);
  expect(summary).toMatchObject({ layers: 2, meanAlignment: 2 });
});

it.each(["dropconnect", "bernoulli --scaling classic"])("--noise %s has the Δ of dropout", async (noise) => {
  const flags = ["--keep", "0.7", "--rho", "0.2"];
  const dropout = await weights(["model.npz", ...flags], folderWith("model.npz"));
  const { layers } = await weights(["model.npz", ...flags, "--noise", ...noise.split(" ")], folderWith("model.npz"));
  expect(layers).toEqual(dropout.layers);
});

it("--output's ending says the format", async () => {
  const cwd = folderWith("model.npz");
  expect(await vshift(["weights", "model.npz", "--output", "w.md"], { cwd })).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  expect(readFileSync(join(cwd, "w.md"), "utf8")).toMatch(/^\| .*\| layer \|$/m);
});

describe("bad input is one line, exits with 2 and leaves no file", () => {
  it.each([
    ["missing.npy", "missing.npy: cannot be read (ENOENT: no such file or directory); check the path"],
    [".", ".: cannot be read (it is a directory"],
    [
      "model.pt",
      "model.pt: has the file extension .pt, and vshift reads .npy, .npz, .safetensors and .csv; save it as",
    ],
    ["empty.npy", "empty.npy: is empty; save it with numpy.save"],
    ["objects.npy", "objects.npy: contains Python objects, which can only be read by running untrusted code"],
    ["bias.npy", "bias.npy: does not contain a layer, only 1 array with fewer than two axes or no elements"],
    ["nan.csv", "nan.csv: has NaN at index [0, 1], and every value must be finite"],
    ["model.npz --name fc.wieght", "--name: fc.wieght does not match any array; choose from fc.weight, fc.bias, conv"],
    ["model.npz --noise spatial", "--noise: spatial depends on more than the alignment"],
    ["model.npz --noise alpha", "--noise: alpha depends on more than the alignment"],
    ["model.npz --keep 0", "--keep: 0 is not a number from 0.0001 to 1; try 0.5"],
    ["model.npz --rho -0.4", "--rho: -0.4 is below -0.33333333333333"],
    ["model.npz --layout last", '--layout: "last" is not one of out-first, in-first'],
    ["", "files: are missing; write vshift weights FILE, or - for standard input"],
  ])("%s", async (args, message) => {
    const cwd = folderWith("objects.npy", "bias.npy", "model.npz");
    for (const [file, content] of Object.entries({ "model.pt": "x", "empty.npy": "", "nan.csv": "1,nan\n" })) {
      writeFileSync(join(cwd, file), content);
    }
    const before = readdirSync(cwd);
    const words = args.split(" ").filter((word) => word !== "");
    const { code, stdout, stderr } = await vshift(["weights", ...words, "--output", "out.json"], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^vshift: [^\n]+\n$/);
    expect(stderr).toContain(`vshift: ${message}`);
    expect(readdirSync(cwd)).toEqual(before);
  });
});
