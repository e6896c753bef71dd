import { describe, expect, it } from "vitest";
import { diagnose } from "../../src/model/diagnose.ts";
import { writeOnnx } from "../../src/model/onnx-write.ts";
import { readModel } from "../../src/model/read-model.ts";
import { withNoiseOf } from "../../src/model/with-noise-of.ts";
import { trained } from "../check/trained.ts";
import { sketch } from "./archive.ts";
import { dropout, GELU, graphOf, INPUT, norm, RELU, tensor, type Written } from "./graphs.ts";
import { exported } from "./onnx-models.ts";

describe.each(["cnnel", "dense", "tab"] as const)("%s exported to ONNX, with the noise of its .pt2", (name) => {
  const both = async () => ({
    quiet: await readModel({ file: "m.onnx", bytes: exported(name) }),
    noisy: await readModel({ file: "m.pt2", bytes: trained(name) }),
  });

  it("has the layers of the .pt2, in the same order", async () => {
    const { quiet, noisy } = await both();
    expect(sketch(withNoiseOf(quiet, noisy))).toEqual(sketch(noisy));
  });

  it("has the diagnosis of the .pt2 alone", async () => {
    const { quiet, noisy } = await both();
    const found = diagnose(withNoiseOf(quiet, noisy));
    expect(found.some(({ noise }) => noise.length > 0)).toBe(true);
    expect(found).toEqual(diagnose(noisy));
  });

  it("is the same network with repaired statistics, which it keeps", async () => {
    const { quiet, noisy } = await both();
    const changes = quiet.nodes.flatMap(({ layer }) =>
      layer.kind === "batch-norm"
        ? [{ norm: layer, mean: layer.mean, variance: layer.variance.map((v) => v / 2) }]
        : [],
    );
    const bytes = writeOnnx("m.onnx", exported(name), changes);
    const repaired = withNoiseOf(await readModel({ file: "m.onnx", bytes }), noisy);
    const variances = repaired.nodes.flatMap(({ layer }) => (layer.kind === "batch-norm" ? [layer.variance] : []));
    expect(variances).toEqual(changes.map(({ variance }) => variance));
  });
});

it("of another network it is refused, by the layer that differs", async () => {
  const quiet = await readModel({ file: "m.onnx", bytes: exported("tab") });
  const noisy = await readModel({ file: "m.pt2", bytes: trained("mlp") });
  expect(() => withNoiseOf(quiet, noisy)).toThrow(
    "noiseFrom: is of another network: its linear (13) and the model's linear (13) differ in shape; export both files from the same trained model",
  );
});

const W = tensor([2, 2], [1, -2, 3, 0.5]);
const LINEAR = { kind: "linear", weight: W, bias: null } as const;
const BN = norm({ mean: [0, 0], variance: [1, 1] });
const ADD = { kind: "add" } as const;

const of = (layer: Written["layer"], ...from: readonly number[]): Written =>
  from.length === 0 ? { layer, shape: [null, 2] } : { layer, shape: [null, 2], from };

describe("noise stands where it stands in the other file", () => {
  it.each<readonly [string, readonly Written[], readonly Written[], readonly string[]]>([
    [
      "on one of two branches",
      [of(INPUT), of(LINEAR), of(BN), of(ADD, 1, 2)],
      [of(INPUT), of(LINEAR), of(dropout(0.2)), of(BN, 2), of(ADD, 1, 3)],
      ["1 linear ← 0", "2 dropout 0.2 by unit ← 1", "3 batch-norm ← 2", "4 add ← 1 3"],
    ],
    [
      "before both branches, with one draw for both",
      [of(INPUT), of(LINEAR), of(BN), of(ADD, 1, 2)],
      [of(INPUT), of(LINEAR), of(dropout(0.2)), of(BN, 2), of(ADD, 2, 3)],
      ["1 linear ← 0", "2 dropout 0.2 by unit ← 1", "3 batch-norm ← 2", "4 add ← 2 3"],
    ],
    [
      "on the branch that leads past a layer",
      [of(INPUT), of(LINEAR), of(BN), of(ADD, 1, 2)],
      [of(INPUT), of(LINEAR), of(BN), of(dropout(0.2), 1), of(ADD, 3, 2)],
      ["1 linear ← 0", "2 batch-norm ← 1", "3 dropout 0.2 by unit ← 1", "4 add ← 3 2"],
    ],
    [
      "twice in a row, the first of them for another layer, too",
      [of(INPUT), of(LINEAR), of(BN), of(ADD, 1, 2)],
      [of(INPUT), of(LINEAR), of(dropout(0.2)), of(dropout(0.3)), of(BN), of(ADD, 2, 4)],
      ["1 linear ← 0", "2 dropout 0.2 by unit ← 1", "3 dropout 0.3 by unit ← 2", "4 batch-norm ← 3", "5 add ← 2 4"],
    ],
    [
      "at the input and at the output",
      [of(INPUT), of(BN)],
      [of(INPUT), of(dropout(0.2)), of(BN), of(dropout(0.3))],
      ["1 dropout 0.2 by unit ← 0", "2 batch-norm ← 1", "3 dropout 0.3 by unit ← 2"],
    ],
    [
      "where an axis of length 1 comes and goes",
      [of(INPUT), { layer: { kind: "reshape" }, shape: [null, 2, 1] }, { layer: BN, shape: [null, 2, 1] }],
      [of(INPUT), of(dropout(0.2)), of(BN)],
      ["1 reshape ← 0", "2 dropout 0.2 by unit ← 1", "3 batch-norm ← 2"],
    ],
  ])("%s", (_, quiet, noisy, expected) => {
    const { mode, ...graph } = withNoiseOf(graphOf(...quiet), { ...graphOf(...noisy), mode: "training" });
    expect(sketch({ mode, ...graph })).toEqual(expected);
    expect(mode).toBe("training");
    expect(graph.outputs).toEqual([graph.nodes.length - 1]);
  });

  it("has its module and line, as all layers have those of the other file, and the shape of what it is applied to", () => {
    const shape = [7, 2];
    const quiet = graphOf({ layer: INPUT, shape }, { layer: BN, shape });
    const { nodes } = withNoiseOf(quiet, graphOf(of(INPUT), of(BN), of(LINEAR, 0), of(dropout(0.2), 1)));
    expect(nodes.map(({ module, source }) => [module, source])).toEqual([
      ["m0", "net.py:0"],
      ["m1", null],
      ["m3", null],
    ]);
    expect(nodes[2]?.shape).toEqual(shape);
  });
});

describe("networks that are not the same are refused by one line", () => {
  const quiet = [of(INPUT), of(LINEAR), of(BN)];
  const noise = of(dropout(0.2));

  it.each<readonly [string, readonly Written[], readonly Written[], RegExp]>([
    [
      "another kind",
      [...quiet, of(RELU)],
      [of(INPUT), of(LINEAR), noise, of(BN), of(ADD, 3)],
      /its add \(m4\) and the model's activation \(m3\) differ in kind/,
    ],
    [
      "another function",
      [...quiet, of(RELU)],
      [of(INPUT), of(LINEAR), noise, of(BN), of(GELU)],
      /activation \(m4\) .* differ in weights or settings/,
    ],
    [
      "other weights",
      quiet,
      [of(INPUT), of({ ...LINEAR, weight: tensor([2, 2], [1, -2, 3, 0.5001]) }), noise, of(BN)],
      /its linear \(m1\) and the model's linear \(m1\) differ in weights or settings/,
    ],
    [
      "a bias",
      quiet,
      [of(INPUT), of({ ...LINEAR, bias: tensor([2], [0, 1]) }), noise, of(BN)],
      /linear \(m1\) .* weights/,
    ],
    [
      "another γ",
      quiet,
      [of(INPUT), of(LINEAR), noise, of({ ...BN, gain: Float64Array.of(1, 2) })],
      /batch-norm \(m3\)/,
    ],
    [
      "another shape",
      quiet,
      [of(INPUT), of(LINEAR), noise, { layer: BN, shape: [null, 3] }],
      /batch-norm .* differ in shape/,
    ],
    [
      "fewer layers",
      quiet,
      [of(INPUT), noise, of(BN)],
      /its input \(m0\) and the model's linear \(m1\) differ in kind/,
    ],
    ["no noise", quiet, quiet, /noiseFrom: contains no noise; export with model\.train\(\)/],
    [
      "noise in both",
      [of(INPUT), noise, of(BN)],
      [of(INPUT), noise, of(BN)],
      /is not needed, because the model has noise/,
    ],
    [
      "noise that two values of the model share",
      [of(INPUT), { layer: { kind: "reshape" }, shape: [null, 2] }, of(BN), of(ADD, 0, 2)],
      [of(INPUT), noise, of(BN), of(ADD, 1, 2)],
      /has noise \(m1\) that several values of the model share; export it with model\.eval\(\)/,
    ],
    [
      "draws that are applied to no value",
      quiet,
      [of(INPUT), of(LINEAR), { ...noise, from: [] }, of(BN, 1)],
      /has noise written by hand \(m2\) that belongs to no single value/,
    ],
  ])("%s", (_, one, other, message) => {
    expect(() => withNoiseOf(graphOf(...one), graphOf(...other))).toThrow(message);
  });

  it("a bias of zeros and none are the same, as are γ of ones and none", () => {
    const other = [
      of(INPUT),
      of({ ...LINEAR, bias: tensor([2], [0, 0]) }),
      noise,
      of({ ...BN, gain: Float64Array.of(1, 1), bias: new Float64Array(2) }),
    ];
    expect(withNoiseOf(graphOf(...quiet), graphOf(...other)).nodes.length).toBe(4);
  });
});
