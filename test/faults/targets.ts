import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate/browser";
import { readMeasured } from "../../src/check/read-measured.ts";
import { readRecords } from "../../src/cli/read-records.ts";
import { gridFrom, scenarioFrom, stacksFrom } from "../../src/cli/scenario-input.ts";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { measure } from "../../src/experiment/measure.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import type { OutputDistance, ShiftRecord } from "../../src/experiment/record.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { readModel } from "../../src/model/read-model.ts";
import { layOut } from "../../src/notation/lay-out.ts";
import { parseNetwork } from "../../src/notation/parse.ts";
import { identify } from "../../src/scenario/canonical.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { openJournal } from "../../src/sweep/journal.ts";
import { unite } from "../../src/sweep/unite.ts";
import { readTensors } from "../../src/tensor/read.ts";
import { trained } from "../check/trained.ts";
import { kfun } from "../model/keras-archive.ts";
import { exported, floats, ints, onnx } from "../model/onnx-models.ts";
import { sampleSweep } from "../sweep/sample-cells.ts";
import { stored } from "../tensor/files.ts";

/** A reader of files from outside, with files that it reads. */
export interface Target {
  readonly name: string;
  readonly files: readonly Uint8Array[];
  /** Reads a file to its end; throws what the reader throws. */
  readonly read: (content: Uint8Array) => unknown;
}

/** Every reader that there is; `folder` is one to write mutants to. */
export async function targetsIn(folder: string): Promise<readonly Target[]> {
  const { cells, records } = await sampleSweep({
    width: "2:4:1",
    keep: [0.5, 0.7],
    layer: "linear",
    neurons: 2,
    samples: 512,
    seed: "π 🎲",
  });
  const places = new Map(cells.flatMap(({ ids, index }) => ids.map((id) => [id, index] as const)));
  const lines = records.map(lineOf);
  const sweepOfRecords = Buffer.from(lines.join(""));
  const executor = createInlineExecutor(createKernel);
  const stack = await measure(defineScenario({ width: 8, depth: 2, batches: 8, batchSize: 32 }), { executor });
  const reader = createRecordReader();
  const readRecord = await reader;

  /** A path that holds a mutant. */
  function at(name: string, content: Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  async function readTensorsOf(file: string, bytes: Uint8Array): Promise<void> {
    for (const { open } of await readTensors({ file, bytes })) open().values();
  }

  async function readModelOf(bytes: Uint8Array, file = "m.pt2"): Promise<void> {
    for (const { layer } of (await readModel({ file, bytes })).nodes) {
      if (layer.kind === "linear" || layer.kind === "convolution") layer.weight.values();
    }
  }

  const text = (...contents: readonly string[]) => contents.map((content) => Buffer.from(content));
  const config = {
    json: '{ "keep": 0.5, "width": 64, "activation": "relu", "rho": 0.2, "layer": "linear", "neurons": 8 }',
    grid: '{ "$schema": "s", "keep": [0.3, 0.5], "width": "8..16*2", "zip": [["keep", "width"]], "samples": 1024 }',
    yaml: "keep: [0.3, &half 0.5]\nwidth: 8..16*2\nmean: *half\nseed: a # b\nzip:\n  - [keep, width]\n",
  };
  return [
    ...(
      [
        [".npy", ["matrix-lf4.npy", "matrix-bf8.npy", "matrix-version-3.npy", "matrix-fortran.npy"]],
        [".npz", ["model.npz", "model-compressed.npz"]],
        [".safetensors", ["model.safetensors", "halves.safetensors"]],
        [".csv", ["matrix.csv"]],
      ] as const
    ).map(
      ([ending, files]): Target => ({
        name: `weights in ${ending}`,
        files: files.map(stored),
        read: (content) => readTensorsOf(`w${ending}`, content),
      }),
    ),
    {
      name: "a model in .pt2",
      files: [trained("tab")],
      read: (content) => readModelOf(content),
    },
    ...["models/model.json", "data/weights/model_weights_config.json"].map((member): Target => {
      const archive = unzipSync(trained("dense"));
      const path = Object.keys(archive).find((name) => name.endsWith(member)) ?? member;
      return {
        name: `${member} of a model`,
        files: [archive[path] ?? new Uint8Array()],
        read: (content) => readModelOf(zipSync({ ...archive, [path]: content }, { level: 0 })),
      };
    }),
    {
      name: "a model in .onnx",
      files: [exported("tab"), exported("cnnel"), SMALL_ONNX],
      read: (content) => readModelOf(content, "m.onnx"),
    },
    {
      name: "a model in .keras",
      files: [kfun("keras")],
      read: (content) => readModelOf(content, "m.keras"),
    },
    {
      name: "a model in .h5",
      files: [kfun("h5")],
      read: (content) => readModelOf(content, "m.h5"),
    },
    ...["config.json", "model.weights.h5"].map((member): Target => {
      const archive = unzipSync(kfun("keras"));
      return {
        name: `${member} of a model`,
        files: [archive[member] ?? new Uint8Array()],
        read: (content) => readModelOf(zipSync({ ...archive, [member]: content }, { level: 0 }), "m.keras"),
      };
    }),
    {
      name: "a record",
      files: text(...lines),
      read: (content) => readRecord(Buffer.from(content).toString(), "r.ndjson:1"),
    },
    {
      name: "a file of records",
      files: [sweepOfRecords, Buffer.from(JSON.stringify(records, null, 2))],
      read: (content) => unite(readRecords([at("r.ndjson", content)], reader)),
    },
    {
      name: "a file of stacks",
      files: text(stack.map(lineOf).join("")),
      read: (content) => unite(readRecords([at("stacks.ndjson", content)], reader)),
    },
    {
      name: "a file of stacks by an earlier version",
      files: text(earlierLine(stack)),
      read: (content) => unite(readRecords([at("earlier.ndjson", content)], reader)),
    },
    {
      name: "a journal",
      files: [sweepOfRecords, sweepOfRecords.subarray(0, sweepOfRecords.length - 500)],
      read: async (content) => {
        const path = at("journal.ndjson", content);
        const journal = await openJournal({ path, resumes: true, cells: places, read: readRecord, onRecord() {} });
        journal.arrange();
        journal.close();
      },
    },
    {
      name: "variances that were measured elsewhere",
      files: text(
        "trainVariance,testVariance\n2.31,1.02\n2.19,0.97\n",
        '{"trainVariance": 2.31, "testVariance": 1.02}\n{"trainVariance": 2.19, "testVariance": 0.97}\n',
      ),
      read: (content) => readMeasured({ text: Buffer.from(content).toString(), place: "m.csv" }),
    },
    {
      name: "the text of a network",
      files: text(
        "input(512, relu, rho=0.2, noise=dropout(0.1)) repeat(2, residual(bn relu linear(512, alignment=8) droppath(0.2))) bn",
        "input(3x8x8) conv(16, 3, stride=2) concat(conv(4, 1) dropconnect(0.1) conv(2, 1)) avgpool linear(4) as last",
      ),
      read: (content) => layOut(parseNetwork(Buffer.from(content).toString())),
    },
    {
      name: "a configuration in JSON",
      files: text(config.json),
      read: (content) => scenarioFrom({ config: at("c.json", content) }),
    },
    {
      name: "a grid in JSON",
      files: text(config.grid),
      read: (content) => gridFrom({ config: at("g.json", content) }),
    },
    {
      name: "a grid in YAML",
      files: text(config.yaml),
      read: (content) => gridFrom({ config: at("g.yaml", content) }),
    },
    {
      name: "stacks in YAML",
      files: text("keep: [0.3, 0.5]\ndepth: 4\nnonlinearity: gelu\nnoiseAt: 1,2\n"),
      read: (content) => stacksFrom({ config: at("s.yaml", content) }, {}, () => {}),
    },
  ];
}

/** With little but structure, so that most changes are of that. */
const SMALL_ONNX = onnx({
  input: [null, 4, 6],
  tensors: {
    one: floats([], 1),
    root2: floats([], Math.SQRT2),
    to: ints(0, -1),
    w: floats([1, 24], ...Array.from({ length: 24 }, () => 1)),
    axis: ints(0),
  },
  nodes: [
    { operation: "Div", inputs: ["x", "root2"], outputs: ["a"] },
    { operation: "Erf", inputs: ["a"], outputs: ["b"] },
    { operation: "Add", inputs: ["b", "one"], outputs: ["c"] },
    { operation: "MaxPool", inputs: ["c"], outputs: ["d"], attributes: { kernel_shape: [3], pads: [1, 1] } },
    { operation: "Shape", inputs: ["d"], outputs: ["e"] },
    { operation: "Slice", inputs: ["e", "axis", "to"], outputs: ["f"] },
    { operation: "Dropout", inputs: ["d"], outputs: ["g", "mask"] },
    { operation: "Reshape", inputs: ["g", "to"], outputs: ["h"] },
    { operation: "Gemm", inputs: ["h", "w"], attributes: { transB: { int: 1 } } },
  ],
});

function lineOf(record: object): string {
  return `${JSON.stringify(record)}\n`;
}

/** The records of a stack in the one that versions before them wrote. */
function earlierLine(records: readonly ShiftRecord[]): string {
  const [{ kernel, scenario, measured, outputs }] = records.slice(-1) as [ShiftRecord];
  const { seed, noise, keep, drop, beta, relativeVariance, width, depth, nonlinearity, connection } = scenario;
  const { noiseAt, norm, normAt, groups, statistics, reestimateBatches, batchSize, batches, confidence } = scenario;
  const earlier = {
    ...{ seed, noise, keep, drop, beta, relativeVariance, width, depth, activation: nonlinearity, connection },
    ...{ noiseAt, norm, normAt, groups, statistics, reestimateBatches, batchSize, batches, confidence },
  };
  const errorOf = ({ value, interval, sums }: OutputDistance) => ({ value, interval, sums });
  return lineOf({
    ...{ schema: "vshift.stack/2", kernel, id: identify(earlier), scenario: earlier },
    places: records.map(({ position, theory, measured: place }, index) => ({
      ...{ block: index + 1, meets: position?.norm ?? "output", theory },
      measured: { ...place, foldedShift: Math.max(place.shift, 1 / place.shift), logShift: Math.log(place.shift) },
    })),
    outputError: outputs && { masks: outputs.masks, ...errorOf(outputs.training) },
    noiseFreeError: outputs && errorOf(outputs.noiseFree),
    batches: { train: measured.batches, test: measured.batches },
  });
}
