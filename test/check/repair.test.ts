import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { audit } from "../../src/check/audit.ts";
import { fittingRows } from "../../src/check/audit-rows.ts";
import { startModelRun } from "../../src/check/model-run.ts";
import { type Repair, repair } from "../../src/check/repair.ts";
import { readModel } from "../../src/model/read-model.ts";
import { momentsOf, type PairedSums } from "../../src/passes/moments.ts";
import { auditSummaryRecord } from "../../src/report/audit-record.ts";
import { auditSchema } from "../../src/report/audit-schema.ts";
import { keras, kfun, type SmallLayer, vector } from "../model/keras-archive.ts";
import { first, modelOf, rowsOf, TRAINED, type Trained, type Truth, type TruthOfNorm, truthOf } from "./trained.ts";

it.each(TRAINED)("what the norms of %s receive of the test rows is what torch measured", async (name) => {
  const graph = await readModel(modelOf(name));
  const rows = await rowsOf(name, "test");
  const inputs = fittingRows(graph, rows, "data");
  const runner = startModelRun({ model: name, graph, seed: "a", output: null, inputs, others: null }, { threads: 1 });
  const { sums } = await runner.measure(1, 0.95);
  runner.close();
  for (const [at, { name: norm, mean }] of runner.norms.entries()) {
    const truth = truthOf(name).bn[norm] as TruthOfNorm;
    const off = momentsOf((sums[at] as PairedSums).off);
    for (const [channel, variance] of truth.inference_var.entries()) {
      // The truth has six digits; torch's sums are in single precision, too.
      expect(Math.abs((off.variance[channel] as number) / variance - 1)).toBeLessThan(1e-4);
      const shift =
        (mean[channel] as number) + (off.mean[channel] as number) - (truth.inference_mean[channel] as number);
      expect(Math.abs(shift) / Math.sqrt(variance)).toBeLessThan(1e-4);
    }
  }
});

/** |ln| of repaired variances to those of all rows of training without noise, over channels that vary at all. */
function errorsOf({ arrays }: Repair, { bn }: Truth, norms: readonly string[]): readonly number[] {
  return norms.flatMap((norm) => {
    const { corrected_var: truth, running_var: running } = bn[norm] as TruthOfNorm;
    const variances = arrays.get(`${norm}.running_var`) ?? running;
    const least = 1e-3 * Math.max(...truth);
    return truth.flatMap((variance, at) =>
      variance > least ? [Math.abs(Math.log((variances[at] as number) / variance))] : [],
    );
  });
}

describe.each(TRAINED)("a repair of %s by rows of training without labels", (name) => {
  it.each([
    [64, 0.03],
    [16, 0.05],
  ])("of %i rows has the variances of all rows without noise, but for a median of %f", async (inputs, most) => {
    const [data, truth] = [await rowsOf(name, "probe"), truthOf(name)];
    for (const seed of ["vshift", "another"]) {
      const repaired = await repair(modelOf(name), { data: first(data, inputs), inputs, seed });
      expect(median([...errorsOf(repaired, truth, Object.keys(truth.bn))])).toBeLessThan(most);
      // Those that are repaired would not be so near without it.
      const behind = Object.keys(truth.bn).filter((norm) => repaired.arrays.has(`${norm}.running_var`));
      const unchanged = { ...repaired, arrays: new Map() };
      expect(median([...errorsOf(unchanged, truth, behind)])).toBeGreaterThan(2 * most);
    }
  });
});

describe("the loss on test rows", () => {
  const lossOf = async (name: Trained) => {
    const test = await rowsOf(name, "test");
    const { record } = await repair(modelOf(name), {
      data: await rowsOf(name, "probe"),
      guard: test,
      labels: test.labels,
      force: true,
    });
    return record.repair;
  };

  it.each(TRAINED)("of %s as it is stored is what torch computed, as is the error", async (name) => {
    const [found, truth] = [await lossOf(name), truthOf(name)];
    expect(found?.loss?.stored).toBeCloseTo(truth.stored.loss, 5);
    // Torch's variance of the targets, in R², is the unbiased one.
    expect(found?.error?.stored).toBeCloseTo(1 - truth.stored.acc, name === "tab" ? 4 : 5);
  });

  it.each([
    ["cnnel", 0.03],
    ["dense", 0.03],
    ["tab", 0.06],
  ] as const)("of %s repaired is hardly above that of statistics of all rows of training: %f", async (name, most) => {
    const { stored, repaired } = (await lossOf(name))?.loss ?? { stored: 0, repaired: 1 };
    const all = truthOf(name).reestimated_all_train.loss;
    expect(repaired / all).toBeLessThan(1 + most);
    expect(stored / all).toBeGreaterThan(1 + most);
  });
});

describe("whether a repair is taken", () => {
  const checked = async (name: Trained, { from = 0, labelled = false, force = false } = {}) => {
    const { shape, values, labels } = await rowsOf(name, "test");
    const size = values.length / (shape[0] ?? 1);
    const guard = {
      shape: [256, ...shape.slice(1)],
      values: Array.from(values).slice(from * size, (from + 256) * size),
    };
    return repair(modelOf(name), {
      ...{ data: await rowsOf(name, "probe"), guard, force },
      ...(labelled ? { labels: labels.slice(from, from + 256) } : {}),
    });
  };

  it.each([
    ["cnnel", true, [0]],
    ["dense", true, [0]],
    ["mlp", false, [0, 244]],
    ["pointnet", false, [0, 244]],
  ] as const)("without labels the shape of the answers of %s says %s, as labels do", async (name, isBetter, parts) => {
    for (const from of parts) {
      const { record, isTaken } = await checked(name, { from });
      expect(record.repair).toMatchObject({ check: "shape", inputs: 256, isBetter, loss: null });
      expect(isTaken).toBe(isBetter);
    }
    expect((await checked(name, { labelled: true })).record.repair).toMatchObject({ check: "labels", isBetter });
  });

  it("force takes it all the same, and says so", async () => {
    const { record, isTaken } = await checked("pointnet", { labelled: true, force: true });
    expect({ isTaken, ...record.repair }).toMatchObject({ isTaken: true, isBetter: false, isForced: true });
    expect((await checked("cnnel", { labelled: true, force: true })).record.repair?.isForced).toBe(false);
  });

  it("nothing decides for values, or by fewer than 64 other rows: it is taken, and not checked", async () => {
    const table = await repair(modelOf("tab"), { data: await rowsOf("tab", "test") });
    expect(table.record.repair).toMatchObject({ check: "none", isBetter: null, inputs: 0 });
    expect(table.record.repair?.reason).toContain("does not return logits of classes");
    const few = await repair(modelOf("cnnel"), { data: first(await rowsOf("cnnel", "test"), 127) });
    expect(few.record.repair).toMatchObject({ check: "none", isBetter: null });
    expect(few.record.repair?.reason).toContain("63 inputs beyond those that it comes from, and 64 are needed");
    expect([table.isTaken, few.isTaken]).toEqual([true, true]);
    const enough = await repair(modelOf("cnnel"), { data: first(await rowsOf("cnnel", "test"), 128) });
    expect(enough.record.repair).toMatchObject({ check: "shape", inputs: 64 });
  });
});

describe("a repaired file", () => {
  it.each(TRAINED)("of %s has the length of the model's, and other statistics and checksums alone", async (name) => {
    const model = modelOf(name);
    const options = { data: await rowsOf(name, "probe") };
    const repaired = await repair(model, options);
    const bytes = await repaired.file();
    expect(bytes.length).toBe(model.bytes.length);
    const [before, after] = [await readModel(model), await readModel({ file: model.file, bytes })];
    for (const [at, node] of before.nodes.entries()) {
      const { layer } = after.nodes[at] as typeof node;
      if (node.layer.kind !== "batch-norm" || layer.kind !== "batch-norm") continue;
      const { mean, variance, ...rest } = layer;
      expect(rest).toEqual({ ...node.layer, mean: undefined, variance: undefined });
      expect(mean).toEqual(repaired.arrays.get(layer.arrays.mean) ?? node.layer.mean);
      expect(variance).toEqual(repaired.arrays.get(layer.arrays.variance) ?? node.layer.variance);
    }
    // Four bytes for each statistic, and two checksums of four bytes for each array.
    const changed = bytes.reduce((count, byte, at) => count + Number(byte !== model.bytes[at]), 0);
    const numbers = [...repaired.arrays.values()].reduce((sum, { length }) => sum + length, 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(4 * numbers + 8 * repaired.arrays.size);
    expect(await (await repair(model, options)).file()).toEqual(bytes);
  });

  it("is clean by inputs: its statistics are those without noise", async () => {
    const model = modelOf("dense");
    const data = await rowsOf("dense", "probe");
    const bytes = await (await repair(model, { data })).file();
    const before = await audit(model, { data });
    const after = await audit({ file: model.file, bytes }, { data });
    expect([before.verdict, after.verdict]).toEqual(["shifted", "clean"]);
    for (const [at, { measured, control }] of after.norms.entries()) {
      if (control) continue;
      expect(measured?.storedFor).toBe("test");
      // Δ itself, of the same noise, stays as far from 1.
      expect(measured?.ratio).toBeLessThan(0.8);
      expect(before.norms[at]?.measured?.storedFor).toBe("training");
    }
  });
});

const scaled = (rows: Awaited<ReturnType<typeof rowsOf>>, of: (value: number) => number) => ({
  ...rows,
  values: Float64Array.from(rows.values, of),
});

// Inputs that training never had: a shifted model must not pass as repaired by them.
it.each<readonly [string, Trained, (value: number) => number]>([
  ["of a tenth of the scale", "mlp", (value) => value / 10],
  ["of 1.2 times the scale", "mlp", (value) => value * 1.2],
  ["of twice the scale", "mlp", (value) => value * 2],
  ["of a scale near the largest number", "mlp", (value) => value * 1e30],
  ["of twice the scale", "tab", (value) => value * 2],
  ["of another mean", "tab", (value) => value + 1],
  ["of 1.5 times the scale", "cnnel", (value) => value * 1.5],
  ["with the sign turned", "cnnel", (value) => -value],
  ["with the sign turned", "dense", (value) => -value],
])("inputs %s make no norm of %s clean that is shifted", async (_, name, of) => {
  const data = scaled(first64(await rowsOf(name, "test")), of);
  for (const { control, verdict, measured } of (await audit(modelOf(name), { data })).norms) {
    if (control) continue;
    expect(measured?.storedFor).not.toBe("test");
    expect(verdict).not.toBe("clean");
  }
});

function first64(rows: Awaited<ReturnType<typeof rowsOf>>) {
  return { ...rows, ...first(rows, 64) };
}

it("of a repaired model, inputs unlike those of training leave the verdict open", async () => {
  const model = modelOf("dense");
  const bytes = await (await repair(model, { data: await rowsOf("dense", "probe") })).file();
  const data = scaled(first64(await rowsOf("dense", "test")), (value) => value * 1.5);
  const { verdict, norms } = await audit({ file: model.file, bytes }, { data });
  expect(verdict).toBe("needs-data");
  expect(norms[1]?.measured?.storedFor).toBe("unclear");
});

it("a model that was repaired is not repaired again", async () => {
  const model = modelOf("dense");
  const data = await rowsOf("dense", "probe");
  const bytes = await (await repair(model, { data })).file();
  await expect(repair({ file: model.file, bytes }, { data })).rejects.toThrow("as after a repair");
});

it("inputs that are all the same are refused: they have no variance", async () => {
  const data = { shape: [64, 1, 14, 14], values: new Float64Array(64 * 196).fill(0.5) };
  await expect(audit(modelOf("mlp"), { data })).rejects.toThrow("the same values in each of its first 64 rows");
  await expect(repair(modelOf("mlp"), { data })).rejects.toThrow("the same values in each of its first 64 rows");
});

it("classes may be rows with a 1 for the class, with the same loss", async () => {
  const data = first64(await rowsOf("mlp", "probe"));
  const guard = await rowsOf("mlp", "test");
  const rows = Array.from(guard.labels, (label) => Array.from({ length: 10 }, (_, at) => Number(at === label))).flat();
  const [byClass, byRow] = [
    await repair(modelOf("mlp"), { data, guard, labels: guard.labels }),
    await repair(modelOf("mlp"), { data, guard, labels: rows }),
  ];
  expect(byRow.record.repair).toEqual(byClass.record.repair);
});

/** Dropout and a batch norm of two channels, and what comes behind. */
async function headed(input: readonly (number | null)[], ...head: readonly SmallLayer[]) {
  const norm = {
    class: "BatchNormalization",
    config: { axis: -1, epsilon: 1e-3 },
    variables: [vector(1, 1), vector(0, 0), vector(0, 0), vector(2, 2)],
  };
  const layers = [{ class: "Dropout", config: { rate: 0.5 } }, norm, ...head];
  return { file: "head.keras", bytes: await keras({ input, layers }) };
}

/** Numbers without a pattern, in (−1, 1). */
const spread = (count: number) => Float64Array.from({ length: count }, (_, at) => Math.sin(at * at + at));

it("values that a sigmoid makes are compared with values, and its logits with classes 0 and 1", async () => {
  const dense = { class: "Dense", config: { activation: "sigmoid" } };
  const model = await headed([null, 2], { ...dense, variables: [{ shape: [2, 1], values: [1, -1] }, vector(0)] });
  const options = { data: { shape: [72, 2], values: spread(144) }, inputs: 64, force: true };
  const half = await repair(model, { ...options, labels: new Float64Array(72).fill(0.5) });
  // A sigmoid is within (0, 1): no value is farther than 0.5 from 0.5, as logits are.
  expect(half.record.repair?.error).toBeNull();
  const sum = (f: (z: number) => number) => {
    const rows = Array.from({ length: 8 }, (_, row) => spread(144).slice(2 * (64 + row), 2 * (65 + row)));
    // γ = 1, β = 0, RM = 0, RV + ε = 2.001.
    return rows.reduce((total, [a = 0, b = 0]) => total + f((a - b) / Math.sqrt(2.001)), 0) / 8;
  };
  expect(half.record.repair?.loss?.stored).toBeCloseTo(
    sum((z) => (1 / (1 + Math.exp(-z)) - 0.5) ** 2),
    6,
  );
  const ones = await repair(model, { ...options, labels: new Float64Array(72).fill(1) });
  expect(ones.record.repair?.loss?.stored).toBeCloseTo(
    sum((z) => Math.log(1 + Math.exp(-z))),
    6,
  );
});

it("answers with several axes are no logits of classes: a repair without labels is not checked", async () => {
  const model = await headed([null, 3, 2]);
  const { record } = await repair(model, { data: { shape: [160, 3, 2], values: spread(960) } });
  expect(record.repair).toMatchObject({ check: "none", isBetter: null });
  const flat = await repair(await headed([null, 2]), { data: { shape: [160, 2], values: spread(320) } });
  expect(flat.record.repair?.check).toBe("shape");
});

it("records of a measurement and of a repair are of the schema", async () => {
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(auditSchema());
  const data = await rowsOf("mlp", "test");
  const records = [
    await audit(modelOf("mlp"), { data }),
    (await repair(modelOf("mlp"), { data })).record,
    (await repair(modelOf("mlp"), { data, labels: data.labels })).record,
    await audit(modelOf("mlp"), { data: first(data, 2) }),
  ];
  for (const record of records) {
    for (const value of [record, ...record.norms, auditSummaryRecord(record)]) {
      expect({ isValid: isValid(JSON.parse(JSON.stringify(value))), errors: isValid.errors }).toEqual({
        isValid: true,
        errors: null,
      });
    }
  }
  expect(isValid({ ...records[0], measurement: {} })).toBe(false);
});

it("threads change no number, nor does the memory that they take", async () => {
  const data = first(await rowsOf("cnnel", "test"), 128);
  const record = async (threads: number) => (await repair(modelOf("cnnel"), { data, threads })).record;
  expect(await record(2)).toEqual(await record(1));
}, 60_000);

it("a signal ends it", async () => {
  const controller = new AbortController();
  const data = await rowsOf("cnnel", "test");
  const run = audit(modelOf("cnnel"), {
    data,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow("enough");
});

it("progress goes up to all of the work", async () => {
  const shares: number[] = [];
  const test = await rowsOf("mlp", "test");
  const options = { data: test, onProgress: (share: number) => void shares.push(share) };
  await audit(modelOf("mlp"), options);
  expect(shares.at(-1)).toBeCloseTo(1, 12);
  await repair(modelOf("mlp"), options);
  expect(shares.at(-1)).toBeCloseTo(1, 12);
  await repair(modelOf("mlp"), { ...options, labels: test.labels });
  expect(shares.at(-1)).toBeCloseTo(1, 12);
  for (const count of [70, 200]) {
    await repair(modelOf("tab"), { ...options, data: first(await rowsOf("tab", "test"), count) });
    expect(shares.at(-1)).toBeCloseTo(1, 12);
  }
});

it("an ONNX file with the noise of a .pt2 is repaired in place, as that is", async () => {
  const read = (name: string) => new Uint8Array(readFileSync(`test/model/data/${name}`));
  const bytes = read("dense-drop-0.5-s0.eval.onnx");
  const data = await rowsOf("dense", "probe");
  const model = { file: "dense.onnx", bytes };
  const repaired = await repair(model, { data, noiseFrom: modelOf("dense") });
  const same = await repair(modelOf("dense"), { data });
  const withoutModel = ({ record: { norms } }: Repair) =>
    norms.map(({ predicted, measured }) => ({ predicted, measured }));
  expect(withoutModel(repaired)).toEqual(withoutModel(same));
  const written = await repaired.file();
  expect(written.length).toBe(bytes.length);
  const { nodes } = await readModel({ file: "dense.onnx", bytes: written });
  const found = nodes.flatMap(({ layer }) => (layer.kind === "batch-norm" ? [[...layer.variance]] : []));
  const wanted = [...same.arrays].filter(([name]) => name.endsWith("running_var")).map(([, variance]) => [...variance]);
  expect(found.slice(1)).toEqual(wanted);
  await expect(repair(model, { data })).rejects.toThrow("add `noiseFrom` model.pt2");
});

describe.each(["keras", "h5"] as const)("a .%s of Keras", (ending) => {
  const model = { file: `kfun.${ending}`, bytes: kfun(ending) };
  /** The same digits with the channel last. */
  const digits = async (of: "probe" | "test") => {
    const { shape, values, labels } = await rowsOf("mlp", of);
    return { shape: [shape[0] ?? 0, 14, 14, 1], values, labels };
  };

  it("is run as Keras runs it: its norms receive what Keras measured, over other rows of the same test set", async () => {
    const graph = await readModel(model);
    const inputs = fittingRows(graph, await digits("test"), "data");
    const runner = startModelRun({ model: "k", graph, seed: "a", output: null, inputs, others: null }, { threads: 1 });
    const { sums } = await runner.measure(1, 0.95);
    runner.close();
    const truth = JSON.parse(readFileSync("test/model/data/kfun-0.3.truth.json", "utf8"));
    for (const [at, { name }] of runner.norms.entries()) {
      const measured = truth.bn[name].eval_test;
      const { variance } = momentsOf((sums[at] as PairedSums).off);
      const logs = [...variance].map((value, channel) => Math.log(value / measured.var[channel]));
      // 500 of its 2,500 rows: a variance of theirs is off by some per cent, and by a tenth for few channels.
      expect(median(logs.map(Math.abs))).toBeLessThan(0.05);
      expect(Math.max(...logs.map(Math.abs))).toBeLessThan(0.3);
    }
  });

  it("is repaired in place, which lowers the loss and the error of test rows", async () => {
    const test = await digits("test");
    const options = { data: await digits("probe"), guard: test, labels: test.labels };
    const repaired = await repair(model, options);
    const { loss, error, isBetter } = repaired.record.repair ?? {};
    expect(isBetter).toBe(true);
    expect(loss?.repaired).toBeLessThan((loss?.stored ?? 0) * 0.98);
    expect(error?.repaired ?? 1).toBeLessThan(error?.stored ?? 0);
    const bytes = await repaired.file();
    expect(bytes.length).toBe(model.bytes.length);
    const found = (await readModel({ file: model.file, bytes })).nodes.flatMap(({ layer }) =>
      layer.kind === "batch-norm" ? [[...layer.variance]] : [],
    );
    expect(found.slice(1)).toEqual(
      [...repaired.arrays.values()].filter((_, at) => at % 2 === 1).map((one) => [...one]),
    );
    expect(await (await repair(model, options)).file()).toEqual(bytes);
  });
});
