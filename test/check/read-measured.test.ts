import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { quantityOf } from "../../src/check/column-names.ts";
import type { MeasuredBatches } from "../../src/check/measured.ts";
import { readMeasured } from "../../src/check/read-measured.ts";

const MEASURED = { trainVariances: [2.5, 1e-3], testVariances: [1, 0], pairing: "paired", rows: "mini-batches" };
const read = (text: string, columns = {}) => readMeasured({ text, place: "x" }, columns);

test.each([
  ["CSV", "trainVariance,testVariance\n2.5,1\n1e-3,0\n"],
  ["its columns in another order, among others", "batch,testVariance,note,trainVariance\n0,1,x,2.5\n1,0,,0.001"],
  ["semicolons, spaces and CRLF", "trainVariance; testVariance\r\n2.5; 1\r\n0.001; 0\r\n"],
  ["tabs and quotes", '"trainVariance"\t"testVariance"\n"2.5"\t1\n0.001\t0\n'],
  ["a byte order mark and empty lines", "\uFEFFtrainVariance,testVariance\n\n2.5,1\n\n1e-3,0\n\n"],
  ["NDJSON", '{"trainVariance":2.5,"testVariance":1}\n{"testVariance":0,"trainVariance":0.001,"epoch":2}\n'],
  [
    "NDJSON with a mark and empty lines",
    '\uFEFF\n{"trainVariance":2.5,"testVariance":1}\r\n\r\n{"trainVariance":1e-3,"testVariance":0}',
  ],
])("reads %s", async (_, text) => {
  expect(await read(text)).toEqual({ layers: [{ name: null, measured: MEASURED }], unmatched: [] });
});

describe("errors name the line", () => {
  test.each([
    ["x:1", "has no column with a known name for training and test variances, only train, test", "train,test\n1,2\n"],
    [
      "x:1",
      "has two columns for the training variance, train_var and running_var",
      "train_var,running_var,test_var\n1,2,3",
    ],
    ["x", "lacks testVariance, or another column for the test variance", "train_var,loss\n1,2\n"],
    ["x:3", "lacks trainVariance", "layer,train_var,test_var\na,2,1\nb,,1\n"],
    [
      "x",
      "has training variances of a, b, and test variances of c, d",
      "a.train_var,b.train_var,c.test_var,d.test_var\n1,2,3,4",
    ],
    ["x", "has a test variance of 0", "train_var,test_var\n1,0"],
    ["x:1", "has 2 columns named testVariance", "trainVariance,testVariance,testVariance\n1,2,3\n"],
    ["x:3", 'has testVariance "no", which is not a variance', "trainVariance,testVariance\n1,2\n3,no\n"],
    ["x:4", 'has trainVariance "-1"', "trainVariance,testVariance\n1,2\n\n-1,2\n"],
    ["x:2", 'has trainVariance "1,5"', "trainVariance;testVariance\n1,5;2\n"],
    ["x:2", "lacks testVariance", "trainVariance,testVariance\n1,\n"],
    ["x:3", "is not CSV", "trainVariance,testVariance\n1,2\n1,2,3\n"],
    ["x:3", "is not CSV", 'trainVariance,testVariance\n1,"2\n3,4\n'],
    ["x", "does not contain any rows", ""],
    ["x", "does not contain any rows", "trainVariance,testVariance\n"],
    ["x:2", "is not JSON", '{"trainVariance":1,"testVariance":1}\n{"trainVariance":1,\n'],
    ["x:2", "is JSON, but not an object with variances", '{"trainVariance":1,"testVariance":1}\n[1,2]\n'],
    ["x", "lacks testVariance", '{"trainVariance":1}\n'],
    ["x:1", "has trainVariance true", '{"trainVariance":true,"testVariance":1}\n'],
    ["x:1", "lacks trainVariance", '{"trainVariance":null,"testVariance":1}\n'],
  ])("%s %s", async (field, problem, text) => {
    await expect(read(text)).rejects.toMatchObject({
      name: "VshiftError",
      code: "invalid-file",
      field,
      problem: expect.stringContaining(problem),
    });
  });
});

const dataOf = (name: string) => readFileSync(new URL(`data/${name}.csv`, import.meta.url), "utf8");
const layersOf = async (text: string, columns = {}) => (await read(text, columns)).layers;
const batches = (trainVariances: number[], testVariances: number[], pairing = "paired", rows = "mini-batches") => ({
  trainVariances,
  testVariances,
  pairing,
  rows,
});

describe("columns are known by what their names say", () => {
  test.each([
    ["train_variance,test_variance"],
    ["trainVar,evalVar"],
    ["Training Variance,Inference Variance"],
    ["running_var,eval_var"],
    ["moving_variance,val_var"],
    ["var_train,var_test"],
    ["TRAIN_VAR,TEST_VAR"],
    ["bn1.running_var,bn1.eval_var"],
    ['"run-a - bn1.running_var","run-a - bn1.eval_var"'],
    ["train/bn1/var,val/bn1/var"],
  ])("%s", async (header) => {
    expect((await layersOf(`${header}\n2,1\n3,2`))[0].measured).toEqual(batches([2, 3], [1, 2]));
  });

  // Negative controls: a word within another, no phase, both phases.
  test.each([
    "constrainVariance",
    "trainVariable",
    "latest_var",
    "variance",
    "train_loss",
    "train_test_var",
    "train_var__MAX",
  ])("%s says nothing", (name) => {
    expect(quantityOf(name)).toBeUndefined();
  });

  test("those that are given need not say anything, and win", async () => {
    const text = "train_var,a,b\n9,2,1\n9,3,2";
    expect((await layersOf(text, { train: "a", test: "b" }))[0].measured).toEqual(batches([2, 3], [1, 2]));
    await expect(read(text, { train: "a", test: "c" })).rejects.toThrow(/^x:1: lacks the column c, and has/);
    await expect(read(text, { train: "a", test: "b", layer: "c" })).rejects.toThrow(
      /^x:1: lacks the column c, and has/,
    );
  });
});

describe("tables", () => {
  test("wide: columns of each layer are a measurement each", async () => {
    const layers = await layersOf(
      "step,bn1.train_var,bn2.train_var,bn1.eval_var,bn2.eval_var\n0,2,4,1,3\n1,2.5,5,1.5,3.5",
    );
    expect(layers).toEqual([
      { name: "bn1", measured: batches([2, 2.5], [1, 1.5]) },
      { name: "bn2", measured: batches([4, 5], [3, 3.5]) },
    ]);
  });

  test("wide: a column of layers groups the rows, and a row alone has no error", async () => {
    expect(await layersOf("layer,train_var,test_var\na,2,1\nb,4,3\nb,5,2\n")).toEqual([
      { name: "a", measured: { trainVariance: 2, testVariance: 1 } },
      { name: "b", measured: batches([4, 5], [3, 2]) },
    ]);
    expect(await layersOf("what,train_var,test_var\na,2,1\nb,4,3\n", { layer: "what" })).toHaveLength(2);
  });

  test("long: by tags, by phases, and by runs", async () => {
    const wanted = batches([2, 2.5], [1, 1.5]);
    const tags =
      "Wall time,Step,Value,Tag\n0,0,2,bn/train_var\n0,0,1,bn/eval_var\n0,1,2.5,bn/train_var\n0,1,1.5,bn/eval_var\n";
    expect(await layersOf(tags)).toEqual([{ name: "bn", measured: wanted }]);
    expect(await layersOf(tags, { train: "bn/train_var", test: "bn/eval_var" })).toEqual([
      { name: null, measured: wanted },
    ]);
    const phases = "layer,phase,step,variance\na,train,0,2\na,eval,0,1\na,train,1,2.5\na,eval,1,1.5\n";
    expect(await layersOf(phases)).toEqual([{ name: "a", measured: wanted }]);
    const runs =
      "run,tag,step,value\ntrain,bn/var,0,2\ntrain,bn/var,1,2.5\nvalidation,bn/var,0,1\nvalidation,bn/var,1,1.5\n";
    expect(await layersOf(runs)).toEqual([{ name: "bn", measured: wanted }]);
  });

  test("cells that are empty were not logged then, and what is left are no pairs", async () => {
    const text = "step,train_var,val_var\n0,2,\n1,3,\n1,,1\n2,4,\n3,,2\n";
    expect((await layersOf(text))[0].measured).toEqual(batches([2, 3, 4], [1, 2], "independent"));
  });

  test("channels of a step are averaged; without steps they are the rows", async () => {
    const steps = "step,channel,train_var,test_var\n0,0,2,1\n0,1,4,3\n1,0,3,1\n1,1,5,2\n";
    expect((await layersOf(steps))[0].measured).toEqual(batches([3, 4], [2, 1.5]));
    const channels = "channel,train_var,test_var\n0,2,1\n1,4,3\n";
    expect((await layersOf(channels))[0].measured).toEqual(batches([2, 4], [1, 3], "paired", "channels"));
  });

  test("what has a variance in one phase alone is left out, and named", async () => {
    const { layers, unmatched } = await read("a.train_var,a.test_var,b.train_var\n2,1,4\n2,1,4");
    expect(layers.map(({ name }) => name)).toEqual(["a"]);
    expect(unmatched).toEqual(["b"]);
  });
});

describe("what tools export", () => {
  const file = (name: string) => ({ text: dataOf(name), place: `${name}.csv` });

  test("a line a channel, of a model's own running_var", async () => {
    const [{ measured }] = await layersOf(dataOf("per_channel"));
    expect(measured).toMatchObject({ rows: "channels", pairing: "paired" });
    expect((measured as MeasuredBatches).trainVariances).toHaveLength(32);
  });

  test("TensorBoard's one tag a file, each phase its own, paired by steps; W&B's without its extremes", async () => {
    const [both] = (await readMeasured({ train: file("tb_running_var"), test: file("wandb") })).layers;
    const { trainVariances, testVariances, pairing } = both.measured as MeasuredBatches;
    expect([trainVariances.length, testVariances.length, pairing]).toEqual([40, 40, "paired"]);
    expect([trainVariances[0], testVariances[0]]).toEqual([2.00214, 2.00673]);
  });

  test("a number beside a file is exact", async () => {
    const [{ measured }] = (await readMeasured({ train: file("tb_running_var"), test: { value: 1 } })).layers;
    const { testVariances } = measured as MeasuredBatches;
    expect(testVariances).toEqual(Array(40).fill(1));
    const pair = await readMeasured({ train: { value: 1.57 }, test: { value: 1 } });
    expect(pair.layers).toEqual([{ name: null, measured: { trainVariance: 1.57, testVariance: 1 } }]);
  });
});
