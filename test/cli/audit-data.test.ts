import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { zipSync } from "fflate/browser";
import { beforeEach, describe, expect, it } from "vitest";
import { readTensors } from "../../src/tensor/read.ts";
import { ascii, bytes, float32, npy, npyHeader } from "../tensor/files.ts";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

// Three linear layers with dropout of 0.5 behind the norms of the first and the second, for 26 inputs and one value; and rows of its training.
const DATA = resolve("test/model/data");
const folder = temporaryFolders();
let cwd = "";

beforeEach(() => {
  cwd = folder();
  copyFileSync(join(DATA, "tab-drop-0.5-s0.pt2"), join(cwd, "m.pt2"));
  copyFileSync(join(DATA, "tab-probe.npz"), join(cwd, "x.npz"));
  copyFileSync(join(DATA, "tab-test.npz"), join(cwd, "test.npz"));
});

async function audit(line: string, columns?: number) {
  const given = { cwd, env: { NO_COLOR: "1" }, ...(columns === undefined ? {} : { columns }) };
  return vshift(["audit", "m.pt2", ...line.split(" ").filter((word) => word !== "")], given);
}

async function json(line: string) {
  const { code, stdout } = await audit(`${line} --format json`);
  return { code, ...JSON.parse(stdout) };
}

describe("--data", () => {
  it("measures each norm, with an interval, and a control", async () => {
    const { code, verdict, measurement, norms } = await json("--data x.npz");
    expect({ code, verdict }).toEqual({ code: 1, verdict: "shifted" });
    expect(measurement).toEqual({ inputs: 64, masks: 16, confidence: 0.95, seed: "vshift" });
    const [control, ...shifted] = norms;
    expect(control.measured).toMatchObject({ ratio: 1, interval: [1, 1], meanShift: 0, storedFor: "training" });
    for (const { measured, predicted } of shifted) {
      const [low, high] = measured.interval;
      expect(low).toBeLessThan(measured.ratio);
      expect(measured.ratio).toBeLessThan(high);
      // That of the file is an approximation.
      expect(Math.abs(Math.log(measured.ratio / predicted.ratio))).toBeLessThan(0.15);
    }
  });

  it("is the first of --inputs, with --masks and a --seed, and the same bytes again", async () => {
    const line = "--data x.npz --inputs 20 --masks 4 --seed a";
    const { measurement } = await json(line);
    expect(measurement).toEqual({ inputs: 20, masks: 4, confidence: 0.95, seed: "a" });
    const again = await audit(`${line} --threads 2`);
    expect((await audit(line)).stdout).toBe(again.stdout);
    expect((await audit("--data x.npz --inputs 20 --masks 4 --seed b")).stdout).not.toBe(again.stdout);
  });

  it("may be bytes with a scale, rows of CSV, or one of several arrays", async () => {
    const row = Array.from({ length: 26 }, (_, at) => at);
    const rows = [row, row.toReversed(), row.map((value) => 3 * value)];
    writeFileSync(join(cwd, "b.npy"), npy(npyHeader("|u1", "(3, 26)"), bytes(...rows.flat())));
    writeFileSync(join(cwd, "f.csv"), rows.map((one) => one.map((value) => value / 100).join(",")).join("\n"));
    const scaled = await json("--data b.npy --scale 1/100");
    expect((await json("--data f.csv")).norms).toEqual(scaled.norms);
    expect((await json("--data b.npy --scale 0.01")).norms).toEqual(scaled.norms);
    const x = npy(npyHeader("|u1", "(3, 26)"), bytes(...rows.flat()));
    writeFileSync(join(cwd, "two.npz"), zipSync({ "x.npy": x, "y.npy": npy(npyHeader("<f4", "(1,)"), float32(1)) }));
    expect((await json("--data two.npz#x --scale 1/100")).norms).toEqual(scaled.norms);
  });

  it("in a terminal has the measured Δ, that of the file, and what it was measured by", async () => {
    const { stdout } = await audit("--data x.npz", 140);
    expect(stdout).toMatch(/Δ measured +Δ of the file +mean shift/);
    expect(stdout).toContain(
      "Δ is measured by the same 64 inputs with noise (16 masks each) and without, with intervals of 95 % confidence",
    );
    expect(stdout).toMatch(/Where no noise reaches, the variance of these inputs is [\d.]+ times that of training\./);
    expect(stdout).not.toContain("Fewer than 16 inputs");
    expect((await audit("--data x.npz --inputs 15", 140)).stdout).toContain("Fewer than 16 inputs");
  });

  it("unlike that of training is said to be, and what may be due to it is open", async () => {
    const { code, stdout, stderr } = await audit("--data x.npz --scale 3 --junit j.xml", 140);
    expect(code).toBe(3);
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toContain("so they differ from those of training: check --scale and the preprocessing.");
    expect(text).toContain("repaired already, or measured by inputs unlike those of training");
    expect(text).toContain("1. Measure it by more rows of training: vshift audit m.pt2 --data inputs.npy --inputs 256");
    expect(stderr).not.toContain("as after a repair");
    expect(readFileSync(join(cwd, "j.xml"), "utf8")).toContain("repaired already, or measured by inputs unlike");
    expect((await audit("--data x.npz", 140)).stdout).not.toContain("check --scale");
  });
});

describe("--fix", () => {
  const LABELLED = "--data test.npz#x --labels test.npz#y";

  it("writes a copy of the model, and says what the loss of other inputs makes of it", async () => {
    const { code, stdout } = await audit(`${LABELLED} --fix fixed.pt2`, 140);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /✓ Repaired 2 batch norms by 64 inputs: the loss of 936 other inputs falls from 0\.039 to 0\.02\d+, error 3\.\d+ % → 2\.\d+ %\. Written to fixed\.pt2\./,
    );
    expect(readFileSync(join(cwd, "fixed.pt2")).length).toBe(readFileSync(join(cwd, "m.pt2")).length);
    const whole = await json(`${LABELLED} --fix fixed.pt2`);
    expect(whole.repair).toMatchObject({
      check: "labels",
      inputs: 936,
      isBetter: true,
      isForced: false,
      file: "fixed.pt2",
    });
    expect(whole.norms.map(({ repaired }: { repaired: unknown }) => repaired !== null)).toEqual([false, true, true]);
  });

  it.each(["safetensors", "npz"])("as .%s writes the new statistics alone", async (ending) => {
    expect((await audit(`${LABELLED} --fix new.${ending}`)).code).toBe(0);
    const file = `new.${ending}`;
    const tensors = await readTensors({ file, bytes: new Uint8Array(readFileSync(join(cwd, file))) });
    expect(tensors.map(({ name }) => name).sort()).toEqual([
      "10.running_mean",
      "10.running_var",
      "6.running_mean",
      "6.running_var",
    ]);
    const before = readFileSync(join(cwd, file));
    await audit(`${LABELLED} --fix new.${ending}`);
    expect(readFileSync(join(cwd, file))).toEqual(before);
  });

  it("is not written, with exit code 1, where the loss of other inputs gets worse; --force writes it", async () => {
    copyFileSync(join(DATA, "pointnet-drop-0.5-s0.pt2"), join(cwd, "m.pt2"));
    for (const of of ["probe", "test"]) copyFileSync(join(DATA, `mnist-${of}.npz`), join(cwd, `${of}.npz`));
    const line = "--data probe.npz --guard-data test.npz#x --labels test.npz#y --fix fixed.pt2";
    const { code, stderr } = await audit(line);
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, " ")).toMatch(
      /✗ Not repaired: the loss of 500 other inputs would rise from 0\.09\d+ to 0\.11\d+, error 3 % → [\d.]+ %\./,
    );
    expect(existsSync(join(cwd, "fixed.pt2"))).toBe(false);
    const forced = await audit(`${line} --force`);
    expect(forced.code).toBe(0);
    expect(forced.stderr.replace(/\s+/g, " ")).toMatch(
      /✗ Repaired 1 batch norm by 64 inputs, although the loss .* rises .* Written to fixed\.pt2\./,
    );
    expect(existsSync(join(cwd, "fixed.pt2"))).toBe(true);
  });

  it("without labels for values is written, and its first line says that it was not checked", async () => {
    const { code, stderr } = await audit("--data test.npz#x --fix fixed.pt2");
    expect(code).toBe(0);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "? Repaired 2 batch norms by 64 inputs, not checked: the model does not return logits of classes. Written to fixed.pt2.",
    );
  });

  it("leaves a file as it is where it fails", async () => {
    writeFileSync(join(cwd, "fixed.pt2"), "kept");
    expect((await audit("--data x.npz --labels x.npz --fix fixed.pt2")).code).toBe(2);
    expect(readFileSync(join(cwd, "fixed.pt2"), "utf8")).toBe("kept");
  });
});

it("settings of all commands in the environment ask for nothing", async () => {
  const given = { cwd, env: { NO_COLOR: "1", VSHIFT_THREADS: "1", VSHIFT_SEED: "a", VSHIFT_SCALE: "2" } };
  const { code, stderr } = await vshift(["audit", "m.pt2"], given);
  expect(stderr).not.toContain("needs");
  expect(code).toBe(1);
});

describe("a wrong command line has one line that says what is wrong", () => {
  it.each([
    ["--inputs 8", "--inputs: needs --data"],
    ["--data x.npz --labels x.npz", "--labels: needs --fix"],
    ["--data x.npz --force", "--force: needs --fix"],
    ["--data x.npz --inputs 1", "inputs: 1 is not a whole number from 2"],
    ["--data x.npz --inputs many", 'inputs: "many" is not a whole number from 2'],
    ["--data x.npz --masks 0", "masks: 0 is not a whole number from 1 to 65536"],
    ["--data x.npz --masks 1.5", "masks: 1.5 is not a whole number from 1 to 65536"],
    ["--data x.npz --threads 0", "threads: 0 is not a whole number from 1 to 256"],
    ["--data x.npz --scale 0", "--scale: 0 is not a number other than 0"],
    ["--data x.npz --scale 1/0", '--scale: "1/0" is not a number other than 0'],
    [
      "--data test.npz",
      "test.npz: has 2 arrays, and the name of one is missing; write --data test.npz#NAME, with one of x, y",
    ],
    ["--data none.npy", "none.npy: cannot be read"],
    ["--data m.pt2", "m.pt2: has the file extension .pt2, and vshift reads .npy, .npz, .safetensors and .csv"],
    ["--data x.npz --fix m.pt2", "--fix: m.pt2 is also an input, and would be overwritten"],
    ["--data x.npz --fix x.npz", "--fix: x.npz is also the file of --data, and would be overwritten"],
    [
      "--data x.npz --fix f.onnx",
      "--fix: f.onnx has the file extension .onnx, and a repair is written as .pt2, .safetensors or .npz",
    ],
    ["--data x.npz --fix none/f.pt2", "--fix: cannot write none/f.pt2"],
    ["--data x.npz --fix f.pt2 --labels test.npz#y", "labels: has 1000 numbers, and data has 64 rows"],
    [
      "--data test.npz#x --fix f.pt2 --labels test.npz#y --inputs 1000",
      "labels: are of the 1000 rows that repair the model",
    ],
  ])("%s", async (line, message) => {
    const { code, stdout, stderr } = await audit(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    ["(3, 25)", 75, "data: has the shape [3, 25], and the model reads [inputs, 26]"],
    ["(26,)", 26, "data: has the shape [26], and the model reads [inputs, 26]"],
    ["(1, 26)", 26, "data: has 1 row, and 2 at least have a variance"],
    ["(0, 26)", 0, "data: has no rows, and 2 at least have a variance"],
  ])("rows of shape %s", async (shape, count, message) => {
    writeFileSync(join(cwd, "d.npy"), npy(npyHeader("|u1", shape), new Uint8Array(count)));
    const { code, stderr } = await audit("--data d.npy");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  it("numbers that overflow in the model", async () => {
    writeFileSync(join(cwd, "d.csv"), `${"1e38,".repeat(25)}1e38\n${"-1e38,".repeat(25)}-1e38\n`);
    const { code, stderr } = await audit("--data d.csv");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^vshift: m\.pt2: gives numbers that are not finite at \w+; .*\n$/),
    });
  });

  it("values that are not finite, also only in single precision", async () => {
    writeFileSync(join(cwd, "d.csv"), `${"1,".repeat(25)}1\n${"1,".repeat(25)}1e300\n`);
    expect((await audit("--data d.csv")).stderr).toContain(
      "data: has 1e+300 in row 2, and every value must be finite in single precision",
    );
    writeFileSync(join(cwd, "d.csv"), ascii(`${"1,".repeat(25)}nan\n`));
    expect((await audit("--data d.csv")).stderr).toContain("every value must be finite");
  });
});

describe("in a pipeline", () => {
  const withJson = async (file: string, line = "") =>
    writeFileSync(join(cwd, file), (await audit(`${line} --format json`)).stdout);

  it("a model whose Δ is that of --baseline passes, though its norms are shifted", async () => {
    await withJson("before.json");
    writeFileSync(join(cwd, "before.ndjson"), (await audit("")).stdout);
    for (const before of ["before.json", "before.ndjson"]) {
      const { code, stderr } = await audit(`--baseline ${before}`);
      expect(code).toBe(0);
      expect(stderr).toContain("✓ All 3 batch norms have the Δ of the baseline within 5 %.");
    }
    const { code, norms, baseline } = await json("--baseline before.json");
    expect({ code, baseline }).toEqual({ code: 0, baseline: "before.json" });
    for (const norm of norms) expect(norm.baseline).toBe(norm.predicted.ratio);
  });

  it("one that has another fails, and says which", async () => {
    await withJson("before.json");
    const before = readFileSync(join(cwd, "before.json"), "utf8");
    const { norms, ...whole } = JSON.parse(before);
    norms[1].predicted.ratio = 0.95;
    writeFileSync(join(cwd, "before.json"), JSON.stringify({ ...whole, norms }));
    const { code, stderr } = await audit("--baseline before.json");
    expect(code).toBe(1);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      "✗ 1 of 3 batch norms has another Δ than in the baseline. Norm 6 has about 0.83 instead of 0.95.",
    );
    norms[1].predicted.ratio = null;
    writeFileSync(join(cwd, "before.json"), JSON.stringify({ ...whole, norms }));
    expect((await audit("--baseline before.json")).code).toBe(3);
  });

  it.each(["", "{", "[]", "{}", '{"schema":"vshift.audits/1","norms":[{"schema":"vshift.audit/1"}]}', "null"])(
    "a baseline of %j has one line",
    async (text) => {
      writeFileSync(join(cwd, "before.json"), text);
      const { code, stderr } = await audit("--baseline before.json");
      expect(code).toBe(2);
      expect(stderr).toMatch(/^vshift: before\.json: .*; give what vshift audit model\.pt2 --format json wrote\n$/);
    },
  );

  it("has a JUnit file, a summary in Markdown, and annotations", async () => {
    const { code, stderr } = await audit("--junit j.xml --summary s.md --annotations github");
    expect(code).toBe(1);
    const xml = readFileSync(join(cwd, "j.xml"), "utf8");
    expect(xml).toContain('<testsuite name="vshift audit" tests="3" failures="2" errors="0" time="0">');
    expect(xml).toContain(
      '<testcase classname="m.pt2" name="2" time="0"><system-out>clean: Δ = 1, no noise before it</system-out>',
    );
    expect(xml).toContain('<failure type="disagrees" message="shifted: Δ = 0.833, behind nn.Dropout(0.5) at 4">');
    expect(readFileSync(join(cwd, "s.md"), "utf8")).toContain("| norm | verdict |");
    expect(stderr.split("\n").filter((line) => line.startsWith("::error title=m.pt2%3A "))).toHaveLength(2);
  });

  it("a repair that is refused is a failure, and one that is taken is none", async () => {
    const line = "--data test.npz#x --labels test.npz#y --fix f.pt2 --junit j.xml";
    await audit(line);
    expect(readFileSync(join(cwd, "j.xml"), "utf8")).toMatch(/tests="1" failures="0" errors="0"/);
    copyFileSync(join(DATA, "pointnet-drop-0.5-s0.pt2"), join(cwd, "m.pt2"));
    for (const of of ["probe", "test"]) copyFileSync(join(DATA, `mnist-${of}.npz`), join(cwd, `${of}.npz`));
    await audit("--data probe.npz --guard-data test.npz#x --labels test.npz#y --fix g.pt2 --junit j.xml");
    expect(readFileSync(join(cwd, "j.xml"), "utf8")).toMatch(/tests="1" failures="1" errors="0"/);
  });
});
