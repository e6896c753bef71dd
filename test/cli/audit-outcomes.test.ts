import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { pt2, type SmallCall, stored, tensor } from "../model/archive.ts";
import { vshift } from "./in-process.ts";
import { temporaryFolders } from "./vshift.ts";

const folder = temporaryFolders();
let cwd = "";

beforeEach(() => {
  cwd = folder();
});

/** Layers one behind the other: a norm with mean 0 and variance 1, or dropout of some kind with its rate. */
type SmallLayer = "norm" | "norm in training" | readonly [noise: "dropout" | "alpha_dropout", drop: number];

const NORM: SmallLayer = "norm";
const HALF: SmallLayer = ["dropout", 0.5];
const ALPHA: SmallLayer = ["alpha_dropout", 0.1];
/** Straight before a norm of mean 0, Δ is 0.97. */
const LITTLE: SmallLayer = ["dropout", 0.03];

/** Writes m.pt2. */
function given(...layers: readonly SmallLayer[]): void {
  const calls = layers.map((layer, at): SmallCall => {
    const before = tensor(at === 0 ? "x" : `l${at - 1}`);
    const shape = [null, 2];
    if (typeof layer !== "string") {
      const [noise, drop] = layer;
      const inputs = { input: before, p: { as_float: drop }, train: { as_bool: false } };
      return { name: `l${at}`, operation: `${noise}.default`, inputs, shape };
    }
    const inputs = {
      ...{ input: before, running_mean: tensor(`bn${at}.running_mean`), running_var: tensor(`bn${at}.running_var`) },
      ...{ training: { as_bool: layer === "norm in training" }, eps: { as_float: 0 } },
    };
    return { name: `l${at}`, operation: "batch_norm.default", inputs, shape };
  });
  const statistics = layers.flatMap((layer, at) =>
    typeof layer === "string"
      ? [
          [`bn${at}.running_mean`, { ...stored([2], 0, 0), kind: "buffer" }] as const,
          [`bn${at}.running_var`, { ...stored([2], 1, 1), kind: "buffer" }] as const,
        ]
      : [],
  );
  writeFileSync(join(cwd, "m.pt2"), pt2({ calls, weights: Object.fromEntries(statistics) }));
}

describe("the exit code", () => {
  it.each([
    [0, [NORM, LITTLE, NORM]],
    [0, [NORM, HALF]],
    [1, [NORM, HALF, NORM, ALPHA, NORM]],
    [3, [LITTLE, NORM, ALPHA, NORM]],
  ] as const)("is %i behind %j", async (expected, layers) => {
    given(...layers);
    expect((await vshift(["audit", "m.pt2"], { cwd })).code).toBe(expected);
  });

  it("follows --tolerance", async () => {
    given(LITTLE, NORM);
    expect((await vshift(["audit", "m.pt2", "--tolerance", "0.02"], { cwd })).code).toBe(1);
  });
});

describe("what cannot be judged is refused in one line", () => {
  it.each<[string, readonly SmallLayer[], string]>([
    [
      "no Batch Normalization",
      [HALF],
      "contains no Batch Normalization; export a model that has one, before it is fused into other layers",
    ],
    [
      "no noise",
      [NORM],
      "contains no noise, so its batch norms cannot be judged; export with model.train() to include noise written by hand",
    ],
    [
      "only noise that drops nothing",
      [["dropout", 0], NORM],
      "contains no noise, so its batch norms cannot be judged; export with model.train() to include noise written by hand",
    ],
    [
      "no noise in training mode",
      ["norm in training"],
      "contains no noise that vshift knows, although it was exported in training mode; check that its drop rates are above 0, and see docs/AUDIT.md for the noise that is recognized",
    ],
  ])("%s", async (_, layers, says) => {
    given(...layers);
    expect(await vshift(["audit", "m.pt2"], { cwd })).toEqual({
      code: 2,
      stdout: "",
      stderr: `vshift: m.pt2: ${says}\n`,
    });
  });
});

describe("in a pipe", () => {
  it("the result is a line for each norm, and stderr ends with the conclusion", async () => {
    given(NORM, HALF, NORM);
    const { stdout, stderr } = await vshift(["audit", "m.pt2"], { cwd });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { schema: "vshift.audit/1", norm: "bn0", verdict: "clean", control: true },
      { schema: "vshift.audit/1", norm: "bn2", verdict: "shifted", control: false },
      { schema: "vshift.audit-summary/1", model: "m.pt2", verdict: "shifted" },
    ]);
    expect(stderr.replace(/\s+/g, " ").trim()).toMatch(
      /^✗ 1 of 2 batch norms receives less variance .* 0\.5 at norm bn2\.$/,
    );
  });

  it("--quiet suppresses the conclusion, and a terminal has it once", async () => {
    given(HALF, NORM);
    expect((await vshift(["audit", "m.pt2", "--quiet"], { cwd })).stderr).toBe("");
    const { stdout, stderr } = await vshift(["audit", "m.pt2"], { cwd, columns: 80 });
    expect({ stderr, count: stdout.split("✗ 1 batch norm").length }).toEqual({ stderr: "", count: 2 });
  });

  it("JSON is one document with the file, its export and the verdict on the whole", async () => {
    given(NORM, HALF, NORM);
    const { stdout } = await vshift(["audit", "m.pt2", "--format", "json"], { cwd });
    const { norms, ...whole } = JSON.parse(stdout);
    expect(whole).toEqual({
      schema: "vshift.audits/1",
      model: "m.pt2",
      writer: "torch 2.15.0",
      mode: "evaluation",
      tolerance: 0.05,
      verdict: "shifted",
      measurement: null,
      baseline: null,
      repair: null,
    });
    expect(norms).toHaveLength(2);
  });
});
