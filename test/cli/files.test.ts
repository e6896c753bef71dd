import { copyFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { recordSchema } from "../../src/experiment/record-schema.ts";
import { readTensors } from "../../src/tensor/read.ts";
import { npyOf, type Rows, skewedRows, unequalWeights } from "../skewed-rows.ts";
import { ascii, bytes, float32, npy, npyHeader, safetensors } from "../tensor/files.ts";
import { vshift } from "./in-process.ts";
import { expectOneLine } from "./refusal.ts";
import { temporaryFolders } from "./vshift.ts";

const validate = new Ajv2020().compile(recordSchema());

const folder = temporaryFolders();

const X = skewedRows(200, 8);
const W = unequalWeights(3, 8);
const transposed = (rows: Rows): Rows => (rows[0] ?? []).map((_, unit) => rows.map((row) => row[unit] ?? 0));

/** A pickle that would make a file, were it ever loaded. */
const PICKLE = ascii("cos\nsystem\n(S'touch pickled'\ntR.");

const arrayOf = (shape: string, ...values: number[]) => npy(npyHeader("<f4", shape), float32(...values));
const entry = (begin: number, shape: readonly number[]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, begin + 4 * shape.reduce((product, length) => product * length, 1)],
});

/** Files that are written for each test. */
const FILES: Readonly<Record<string, Uint8Array | string>> = {
  "x.npy": npyOf(X),
  "w.npy": npyOf(W),
  "in-first.npy": npyOf(transposed(W)),
  "w.csv": W.map((row) => `${row.join(",")}\n`).join(""),
  "two.safetensors": safetensors(
    { "fc1.weight": entry(0, [3, 8]), "fc1.bias": entry(96, [3]) },
    bytes(float32(...W.flat()), float32(1, 2, 3)),
  ),
  "narrow.npy": arrayOf("(2, 3)", 1, 2, 3, 4, 5, 6),
  "cut.npy": npy(npyHeader("<f4", "(1000000, 1000000)"), float32(1, 2)),
  "long.npy": bytes(0x93, "NUMPY", 2, 0, 0xff, 0xff, 0xff, 0x7f, "{"),
  "empty.npy": "",
  "empty.npz": "",
  "empty.safetensors": "",
  "empty.csv": "",
  "object.npy": npy(npyHeader("|O", "(1, 1)"), PICKLE),
  "model.pt": "anything",
  "nan.npy": arrayOf("(2, 2)", 1, Number.NaN, 2, 3),
  "infinite.npy": arrayOf("(2, 2)", 1, 2, 3, Number.POSITIVE_INFINITY),
  "scalar.npy": arrayOf("()", 1),
  "vector.npy": arrayOf("(4,)", 1, 2, 3, 4),
  "maps.npy": arrayOf("(2, 2, 2, 1)", 1, 2, 3, 4, 5, 6, 7, 9),
  "kernel.npy": arrayOf("(1, 3, 1, 1)", 1, 2, 3),
  "long.csv": "1,2,3\n4,5,7\n",
  "constant.npy": arrayOf("(2, 2)", 1, 2, 1, 2),
  "twice.npy": arrayOf("(3, 2)", 1, 1, 5, 5, 2, 2),
  "cancel.npy": arrayOf("(1, 2)", 1, -1),
  "zeros.npy": arrayOf("(2, 2)", 0, 0, 0, 0),
};

function filesIn(cwd = folder()): string {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(cwd, name), content);
  return cwd;
}

/** Arguments, and what the one line must say, in this order. */
const REFUSALS: readonly (readonly [args: string, ...says: string[]])[] = [
  ["--activation file:gone.npy", "gone.npy", "cannot be read (ENOENT: no such file or directory)", "check the path"],
  ["--weights file:.", "cannot be read (it is a directory)", "check the path"],
  ["--activation file:cut.npy", "cut.npy", "its header declares <f4 of shape (1000000, 1000000), but 8 bytes follow"],
  ["--activation file:long.npy", "long.npy", "declares a header of 2147483647 bytes, but only 1 follow"],
  ["--weights file:empty.npy", "empty.npy", "is empty"],
  ["--weights file:empty.npz", "empty.npz", "is empty"],
  ["--weights file:empty.safetensors", "empty.safetensors", "is empty"],
  ["--weights file:empty.csv", "empty.csv", "does not contain any numbers"],
  [
    "--activation file:object.npy",
    "object.npy",
    "contains Python objects, which can only be read by running untrusted code",
  ],
  [
    "--weights file:model.pt",
    "model.pt",
    "has the file extension .pt, and vshift reads .npy, .npz, .safetensors and .csv",
  ],
  ["--weights file:nan.npy", "nan.npy", "has NaN at index [0, 1], and every value must be finite"],
  ["--activation file:infinite.npy", "infinite.npy", "has Infinity at index [1, 1], and every value must be finite"],
  ["--activation file:scalar.npy", "--activation", "file:scalar.npy has the shape []", "at least 2 axes are needed"],
  [
    "--activation file:vector.npy",
    "--activation",
    "file:vector.npy has the shape [4]",
    "or feature maps [samples, channels, …positions]",
  ],
  [
    "--activation file:maps.npy --weights file:kernel.npy",
    "--weights",
    "file:kernel.npy of shape [1, 3, 1, 1] has 3 input channels, but --activation file:maps.npy of shape [2, 2, 2, 1] has 2",
    "give the kernel of the layer that receives these activations, or add --layout in-first for arrays of Keras",
  ],
  [
    "--activation file:maps.npy --weights file:w.npy",
    "--weights",
    "file:w.npy has 8 inputs per neuron, but --activation file:maps.npy of shape [2, 2, 2, 1] has 2 channels, or 4 units when flattened",
    "give a kernel or a matrix that fits, or reshape the activations to [rows, units]",
  ],
  [
    "--activation file:maps.npy --layer linear",
    "--layer",
    "linear needs weights of its own for --activation file:maps.npy of shape [2, 2, 2, 1]",
    "reshape",
  ],
  [
    "--activation file:x.npy --weights file:w.npy --padding 1",
    "--padding",
    "1 is only for a convolution, and --weights file:w.npy is not a kernel over --activation file:x.npy",
    "leave it out",
  ],
  [
    "--stride 2",
    "--stride",
    "2 is only for a kernel over feature maps, both read from files",
    "add --activation file:NAME and --weights file:NAME, or leave it out",
  ],
  [
    "--activation file:x.npy --test-activation file:long.csv",
    "--test-activation",
    "file:long.csv has the shape [2, 3], but --activation file:x.npy has [200, 8]",
    "export both at the same layer",
  ],
  [
    "--test-activation file:x.npy",
    "--test-activation",
    "file:x.npy is the input at test time, and the input during training is not a file but normal",
    "add --activation file:NAME with the rows exported in training mode",
  ],
  ["--activation file:x.npy --test-activation x.npy", "--test-activation", '"x.npy" is not file:NAME'],
  ["--activation file:x.npy --test-activation file:gone.npy", "gone.npy", "cannot be read", "check the path"],
  [
    "--weights file:vector.npy",
    "--weights",
    "file:vector.npy has the shape [4]",
    "give a matrix with a row per neuron, or a kernel",
  ],
  ["--weights file:scalar.npy --layout in-first", "--weights", "file:scalar.npy has the shape []"],
  [
    "--activation file:constant.npy",
    "--activation",
    "file:constant.npy has the same row throughout, so nothing varies",
    "export many samples, one per row",
  ],
  ["--weights file:zeros.npy", "--weights", "file:zeros.npy has only weights of 0"],
  [
    "--weights file:two.safetensors",
    "two.safetensors",
    "has 2 arrays, and the name of one is missing",
    "write file:two.safetensors#NAME, with one of fc1.weight, fc1.bias",
  ],
  [
    "--weights file:two.safetensors#fc2",
    "two.safetensors: fc2",
    "is not an array of this file",
    "write file:two.safetensors#NAME, with one of fc1.weight, fc1.bias",
  ],
  [
    "--weights file:two.safetensors#fc1.bias",
    "--weights",
    "file:two.safetensors#fc1.bias has the shape [3]; at least 2 axes are needed",
  ],
  [
    "--activation file:twice.npy --weights file:cancel.npy",
    "--activation",
    "file:twice.npy leaves only 0 of its variance at test time, too little for single precision",
    "subtract each unit's mean, or use other weights, because these cancel what the units share",
  ],
  ["--weights file:w.npy --d 9", "--d", "9 contradicts --weights file:w.npy, which has 8", "leave one"],
  ["--weights file:w.npy --neurons 9", "--neurons", "9 contradicts --weights file:w.npy, which has 3"],
  ["--weights file:w.npy --layer none", "--layer", "none contradicts --weights file:w.npy, which has linear"],
  [
    "--weights file:w.npy --alignment 2",
    "--alignment",
    "2 cannot be combined with --weights file:w.npy, whose weights are fixed",
  ],
  [
    "--weights file:w.npy --weight-mean 1",
    "--weight-mean",
    "1 cannot be combined with --weights file:w.npy, whose weights are fixed",
  ],
  ["--activation file:x.npy --mean 1", "--mean", "1 contradicts --activation file:x.npy, which has 1.75311"],
  ["--activation file:x.npy --variance 1", "--variance", "1 contradicts --activation file:x.npy, which has 5.60919"],
  ["--activation file:x.npy --rho 0", "--rho", "0 contradicts --activation file:x.npy, which has 0.162421"],
  ["--activation file:x.npy --d 9", "--d", "9 contradicts --activation file:x.npy, which has 8"],
  [
    "--activation file:x.npy --weights file:narrow.npy",
    "--weights",
    "file:narrow.npy has 3 inputs per neuron, but --activation file:x.npy has 8 units",
  ],
  ["--weights w.npy", "--weights", '"w.npy" is not one of normal', "did you mean file:w.npy?"],
  ["--activation file:", "--activation", '"file:" is not one of normal', "or file:NAME"],
];

describe("a file that cannot serve is one line that names it, and nothing in it is run", () => {
  it.each(REFUSALS)("%s", async (args, ...says) => {
    const cwd = filesIn();
    expectOneLine(await vshift(["simulate", "--output", "r.json", ...args.split(" ")], { cwd }), says);
    expect(readdirSync(cwd).toSorted()).toEqual(Object.keys(FILES).toSorted());
  });

  it.each([
    [
      "solve --shift 0.9 --solve-for keep --activation file:x.npy",
      "--activation",
      "file:x.npy cannot be used here, because vshift solve inverts a closed form",
    ],
    [
      "solve --shift 0.9 --solve-for keep --weights file:w.npy",
      "--weights",
      "file:w.npy cannot be used here, because vshift solve inverts a closed form",
    ],
    [
      "weights w.npy --activation file:x.npy",
      "--activation",
      "file:x.npy cannot be used here, because these layers have inputs of different widths",
    ],
    ["theory --activation file:gone.npy", "gone.npy", "cannot be read"],
    ["sweep --activation file:gone.npy,normal --p 0.5", "gone.npy", "cannot be read"],
    ["sweep --activation file:x.npy --d 8,9", "--d", "9 contradicts --activation file:x.npy, which has 8 (at --d 9)"],
    ["check --activation file:x.npy --rho 0.5", "--rho", "leave one of them out"],
  ])("vshift %s", async (args, ...says) => {
    expectOneLine(await vshift(args.split(" "), { cwd: filesIn() }), says);
  });
});

const RUN = ["simulate", "--samples", "20000", "--batch-size", "64", "--format", "json"];

async function recordOf(args: string, cwd: string) {
  const { stdout, stderr, code } = await vshift([...RUN, ...args.split(" ")], { cwd });
  expect({ stderr, code: code === 0 || code === 3 }).toEqual({ stderr: "", code: true });
  return JSON.parse(stdout);
}

describe("numbers of a file", () => {
  it("are the same from any format, layout or place in a file", async () => {
    const cwd = filesIn();
    const [first, ...others] = await Promise.all(
      ["file:w.npy", "file:in-first.npy --layout in-first", "file:w.csv", "file:two.safetensors#fc1.weight"].map(
        (weights) => recordOf(`--activation file:x.npy --weights ${weights}`, cwd),
      ),
    );
    expect(first.scenario).toMatchObject({ width: 8, neurons: 3, layer: "linear", activation: "file:x.npy" });
    for (const { id, sums, theory } of others)
      expect({ id, sums, theory }).toEqual({ id: first.id, sums: first.sums, theory: first.theory });
  });

  it("are drawn the same on any number of threads, and whatever the file is called", async () => {
    const cwd = filesIn();
    const args = [...RUN, "--samples", "3000000", "--activation", "file:x.npy", "--weights", "file:w.npy"];
    const one = await vshift([...args, "--threads", "1"], { cwd });
    expect(await vshift([...args, "--threads", "2"], { cwd })).toEqual(one);
    renameSync(join(cwd, "x.npy"), join(cwd, "y.npy"));
    const renamed = args.map((arg) => (arg === "file:x.npy" ? "file:y.npy" : arg));
    const { stdout } = await vshift([...renamed, "--threads", "2"], { cwd });
    expect(stdout.replaceAll("file:y.npy", "file:x.npy")).toBe(one.stdout);
  });

  it("make a record that is valid against the published schema", async () => {
    const printed = await recordOf("--activation file:x.npy --weights file:two.safetensors#fc1.weight", filesIn());
    expect(validate(printed), JSON.stringify(validate.errors)).toBe(true);
    // Negative control: a digest that is none.
    const { scenario } = printed;
    expect(validate({ ...printed, scenario: { ...scenario, weightsDigest: "abc" } })).toBe(false);
  });

  it("are in the table of a result and in the steps of theory by their name", async () => {
    const cwd = filesIn();
    const files = ["--activation", "file:x.npy", "--weights", "file:w.npy"];
    const { stdout } = await vshift([...RUN.slice(0, 5), "--format", "table", ...files], { cwd });
    expect(stdout).toMatch(/input {8}8 units ~ rows of x\.npy, mean .*, variance .*,\s+correlation /);
    expect(stdout).toMatch(/layer {8}linear, 3 neurons, weights of w\.npy, alignment d·cos²θ /);
    const steps = await vshift(["theory", "--format", "table", ...files], { cwd });
    expect(steps.stdout).toContain("⟨wᵀΣw⟩");
    expect(steps.stdout).toContain("Var_test + σ²·⟨Σw²·E x²⟩");
    const direct = await vshift(["theory", "--format", "table", ...files.slice(0, 2)], { cwd });
    expect(direct.stdout).toContain("Var_test + σ²·⟨E x²⟩");
  });
});

/** Files with right answers that were worked out elsewhere, from the definitions. */
function casesIn(cwd: string): string {
  for (const name of ["feature-maps.npz", "two-modes.npz"]) copyFileSync(`test/theory/data/${name}`, join(cwd, name));
  return cwd;
}

const MAPS = "--activation file:feature-maps.npz#maps";
const KERNEL = "--weights file:feature-maps.npz#kernel --padding 1";
const MODES = "--activation file:two-modes.npz#train --test-activation file:two-modes.npz#eval";

async function theoryOf(args: string, cwd: string) {
  const { stdout, stderr, code } = await vshift(["theory", "--format", "json", ...args.split(" ")], { cwd });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  return JSON.parse(stdout);
}

describe("feature maps and rows of both modes", () => {
  // To the digits of the right answers.
  it.each([
    ["at a BN2d straight behind dropout", `--drop 0.5 ${MAPS}`, 0.40046],
    ["behind a convolution, with dropout of units", `--drop 0.3 ${MAPS} ${KERNEL}`, 0.6232],
    ["behind a convolution, with dropout of channels", `--drop 0.3 --noise spatial ${MAPS} ${KERNEL}`, 0.65198],
    ["of the second block of a network", `--drop 0.5 ${MODES}`, 0.17504],
  ])("%s", async (_, args, shift) => {
    const { theory, steps } = await theoryOf(args, casesIn(folder()));
    expect(Math.abs(theory.shift - shift)).toBeLessThan(5.1e-6);
    expect(steps.at(-1)).toMatchObject({ symbol: "Δ", value: theory.shift });
  });

  it("have a mean shift where there are rows of both modes, and none where there are not", async () => {
    const cwd = casesIn(folder());
    const { theory, steps } = await theoryOf(`--drop 0.5 ${MODES}`, cwd);
    expect(Math.abs(theory.meanShift - 0.01872)).toBeLessThan(5.1e-6);
    expect(steps.at(-2)).toMatchObject({ symbol: "mean shift", value: theory.meanShift });
    const [train] = MODES.split(" --test");
    expect((await theoryOf(`--drop 0.5 ${train}`, cwd)).theory.meanShift).toBeNull();
    const table = await vshift(["theory", "--format", "table", "--drop", "0.5", ...MODES.split(" ")], { cwd });
    expect(table.stdout).toMatch(/⟨v′⟩ +\d/);
    expect(table.stdout).toMatch(/mean shift +0\.01872\d*\n(.*\n)+? +.*⟨\(mean_test − mean_train\)²⟩ \/ Var_train/);
  });

  it("are another thing than flattened: a BN1d sees each position as a unit of its own", async () => {
    const cwd = casesIn(folder());
    const file = "feature-maps.npz";
    const [maps] = await readTensors({ file, bytes: readFileSync(join(cwd, file)) });
    const values = maps?.open().values() ?? new Float64Array();
    writeFileSync(join(cwd, "flat.npy"), npy(npyHeader("<f4", "(150, 144)"), float32(...values)));
    const { theory } = await theoryOf("--drop 0.5 --activation file:flat.npy", cwd);
    expect(Math.abs(theory.shift - 0.2554)).toBeLessThan(5.1e-6);
  });

  it("say what rows they were cut into", async () => {
    const cwd = casesIn(folder());
    const maps = await theoryOf(`--drop 0.5 ${MAPS}`, cwd);
    expect(maps.scenario).toMatchObject({ width: 4, stride: null, padding: null, testActivation: null });
    const convolved = await theoryOf(`--drop 0.3 --noise spatial ${MAPS} ${KERNEL}`, cwd);
    expect(convolved.scenario).toMatchObject({ width: 36, neurons: 6, channelSize: 9, stride: 1, padding: 1 });
    expect((await theoryOf(`--drop 0.3 --noise spatial --channel-size 9 ${MAPS} ${KERNEL}`, cwd)).theory).toEqual(
      convolved.theory,
    );
  });

  it("are measured, in both modes, and make records that are valid and can be read again", async () => {
    const cwd = casesIn(folder());
    for (const args of [MODES, `--noise spatial ${MAPS} ${KERNEL}`]) {
      const record = await recordOf(args, cwd);
      expect(validate(record), JSON.stringify(validate.errors)).toBe(true);
      writeFileSync(join(cwd, "r.ndjson"), `${JSON.stringify(record)}\n`);
      const read = await vshift(["records", "r.ndjson", "--format", "json"], { cwd });
      expect({ code: read.code, stderr: read.stderr }).toEqual({ code: 0, stderr: "" });
    }
  });

  it("can be swept: each cell has the rows that its own kernel sees", async () => {
    const cwd = casesIn(filesIn());
    writeFileSync(join(cwd, "point.npy"), npyOf(unequalWeights(3, 4)));
    const weights = "file:feature-maps.npz#kernel,file:point.npy";
    const args = [...MAPS.split(" "), "--weights", weights, "--p", "0.5,0.8", ...SIZE];
    const { stdout, code } = await vshift(["sweep", ...args, "--format", "ndjson", "--threads", "2"], { cwd });
    expect([0, 3]).toContain(code);
    const widths = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).scenario.width);
    expect(widths.toSorted()).toEqual([36, 36, 4, 4]);
  });
});

const GRID = [
  "--activation",
  "file:x.npy",
  "--layer",
  "linear",
  "--weights",
  "file:w.npy,normal",
  "--neurons",
  "3",
  "--p",
  "0.5,0.8",
];
const SIZE = ["--samples", "20000", "--batch-size", "64"];

describe("records of files", () => {
  it("are resumed, united, drawn and compared without the file", async () => {
    const cwd = filesIn();
    const swept = await vshift(["sweep", ...GRID, ...SIZE, "--output", "s.ndjson"], { cwd });
    expect(swept.stderr).toMatch(/scenarios/);
    const before = readFileSync(join(cwd, "s.ndjson"), "utf8");
    expect(before.trim().split("\n").length).toBe(4);
    const again = await vshift(["sweep", ...GRID, ...SIZE, "--output", "s.ndjson"], { cwd });
    expect(again.stderr).toContain("4 of 4 scenarios are already in s.ndjson");
    for (const name of Object.keys(FILES)) rmSync(join(cwd, name));
    const united = await vshift(["records", "s.ndjson", "--format", "ndjson"], { cwd });
    expect(united).toEqual({ code: 0, stdout: before, stderr: "" });
    for (const format of ["table", "csv", "markdown", "parquet"]) {
      const { code, stderr } = await vshift(
        ["records", "s.ndjson", "--format", format, "--output", `s.${format}.out`],
        { cwd },
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    }
    const plot = await vshift(["plot", "s.ndjson", "--format", "svg"], { cwd });
    expect({ code: plot.code, stderr: plot.stderr }).toEqual({ code: 0, stderr: "" });
    for (const text of ["rows of x.npy", "weights of w.npy", "normal weights"]) expect(plot.stdout).toContain(text);
    const compared = await vshift(["check", "s.ndjson", "--baseline", "s.ndjson", "--quiet"], { cwd });
    expect({ code: compared.code, stderr: compared.stderr }).toEqual({ code: 0, stderr: "" });
    expectOneLine(await vshift(["check", ...GRID, ...SIZE, "--baseline", "s.ndjson"], { cwd }), [
      "x.npy",
      "cannot be read",
    ]);
  });

  it("are measured again from the file as a baseline has them", async () => {
    const cwd = filesIn();
    await vshift(["sweep", ...GRID, ...SIZE, "--output", "s.ndjson"], { cwd });
    const again = ["check", ...GRID, ...SIZE, "--baseline", "s.ndjson", "--threads", "2", "--quiet"];
    const { code, stderr } = await vshift(again, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

it.each(["--activation file:x.npy --weights file:w.npy --p 0.5", MODES])(
  "another program's variances are compared with the exact form of %s",
  async (args) => {
    const cwd = casesIn(filesIn());
    const files = args.split(" ");
    const { stdout } = await vshift(["theory", ...files, "--format", "json"], { cwd });
    const { trainVariance, testVariance } = JSON.parse(stdout).theory;
    const line = (factor: number) => `${trainVariance * factor},${testVariance}\n`;
    const lines = Array.from({ length: 400 }, (_, index) => line(index % 2 === 0 ? 0.99 : 1.01)).join("");
    writeFileSync(join(cwd, "right.csv"), `trainVariance,testVariance\n${lines}`);
    writeFileSync(
      join(cwd, "wrong.csv"),
      `trainVariance,testVariance\n${lines.replaceAll(/,.*$/gm, `,${testVariance * 1.1}`)}`,
    );
    expect((await vshift(["check", ...files, "--measured", "right.csv"], { cwd })).code).toBe(0);
    expect((await vshift(["check", ...files, "--measured", "wrong.csv"], { cwd })).code).toBe(1);
  },
);
