import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMeasured } from "../../src/check/read-measured.ts";
import { readAll } from "../../src/cli/read-records.ts";
import { gridFrom, scenarioFrom } from "../../src/cli/scenario-input.ts";
import { stacksFrom } from "../../src/cli/stack-input.ts";
import { createStackExecutor } from "../../src/executor/stacks.ts";
import { createRecordReader } from "../../src/experiment/read-record.ts";
import { measureStack } from "../../src/experiment/stack/measure.ts";
import { createStackReader } from "../../src/experiment/stack/read-record.ts";
import { gridOfKind } from "../../src/scenario/grid.ts";
import { STACKS } from "../../src/scenario/stack/define.ts";
import { openJournal } from "../../src/sweep/journal.ts";
import { unite } from "../../src/sweep/unite.ts";
import { readTensors } from "../../src/tensor/read.ts";
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
  const places = new Map(cells.map(({ id, index }) => [id, index]));
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  const sweepOfRecords = Buffer.from(lines.join(""));
  const stack = gridOfKind(STACKS, { width: 8, depth: 2, batches: 8 }, []).cell(0);
  const stacks = Buffer.from(
    `${JSON.stringify(await measureStack(stack, { executor: createStackExecutor({ threads: 1 }) }))}\n`,
  );
  const readRecord = await createRecordReader();
  const readStack = await createStackReader();

  /** A path that holds a mutant. */
  function at(name: string, content: Uint8Array): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  async function readTensorsOf(file: string, bytes: Uint8Array): Promise<void> {
    for (const { open } of await readTensors({ file, bytes })) open().values();
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
      name: "a record",
      files: text(...lines),
      read: (content) => readRecord(Buffer.from(content).toString(), "r.ndjson:1"),
    },
    {
      name: "a file of records",
      files: [sweepOfRecords, Buffer.from(JSON.stringify(records, null, 2))],
      read: (content) => unite(readAll([at("r.ndjson", content)], readRecord)),
    },
    {
      name: "a file of stacks",
      files: [stacks],
      read: async (content) => {
        for await (const _ of readAll([at("stacks.ndjson", content)], readStack));
      },
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
      files: text("keep: [0.3, 0.5]\ndepth: 4\nactivation: gelu\nnoiseAt: 1,2\n"),
      read: (content) => stacksFrom({ config: at("s.yaml", content) }),
    },
  ];
}
