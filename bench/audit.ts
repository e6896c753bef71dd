/**
 * How good an audit of a file alone is, and what it costs.
 *
 *   npm run audit-study
 *
 * Prints three Markdown tables. The first sets Δ of each norm against what torch measured of the same networks over
 * test rows (test/model/data). Those are not the rows of training: the norm before all noise, the control, shows how far their
 * variance differs, and the comparison is relative to it. The second has time and memory of a network with the layers of
 * DenseNet-121 (Huang et al. 2017, table 1) and dropout of 0.2 in each block, with random weights; the third what it takes to measure
 * it.
 */
import { availableParallelism } from "node:os";
import { fittingRows } from "../src/check/audit-rows.ts";
import { startModelRun } from "../src/check/model-run.ts";
import { diagnose } from "../src/model/diagnose.ts";
import { readModel } from "../src/model/read-model.ts";
import { meanOf } from "../src/numeric/mean.ts";
import { markdownTable } from "../src/report/markdown.ts";
import { modelOf, TRAINED, type TruthOfNorm, truthOf } from "../test/check/trained.ts";
import { denseNet } from "./harness/dense-net.ts";
import { spreadOf } from "./harness/statistics.ts";

const MASKS = 4;

const rows: string[][] = [];
for (const network of TRAINED.toSorted()) {
  const truth = truthOf(network);
  const found = diagnose(await readModel(modelOf(network)));
  const measured = found.map(({ norm }) => {
    const { running_var: stored, inference_var: test } = truth.bn[norm.name] as TruthOfNorm;
    return test.map((value, at) => value / (stored[at] as number));
  });
  const ofRows = meanOf(measured[0] ?? []);
  for (const [index, { norm, noise, prediction }] of found.entries()) {
    const { channels, method, ratio, low, high } = prediction;
    const ratios = (measured[index] ?? []).map((value) => value / ofRows);
    const errors = ratios.map((value, at) => Math.abs(Math.log((channels?.ratio[at] ?? Number.NaN) / value)));
    const interval = low === null || high === null ? "" : `${shown(low)} to ${shown(high)}`;
    rows.push([
      `${network} ${norm.name}`,
      noise.length === 0 ? "control" : method,
      ratio === null ? "" : shown(ratio),
      noise.length === 0 ? "" : interval,
      shown(meanOf(measured[index] ?? [])),
      shown(meanOf(ratios)),
      channels === null ? "" : shown(spreadOf(errors).median),
    ]);
  }
}
process.stdout.write(
  `${markdownTable(["norm", "method", "Δ", "any data", "test rows", "relative to the control", "median error of ln Δ"], rows)}\n\n`,
);

const bytes = denseNet();
const start = performance.now();
const graph = await readModel({ file: "densenet.pt2", bytes });
const read = performance.now();
const norms = diagnose(graph);
const end = performance.now();
process.stdout.write(
  `${markdownTable(
    ["DenseNet-121", "MB", "nodes", "norms", "read, ms", "diagnosed, ms", "memory, MiB"],
    [
      [
        "random weights",
        (bytes.length / 1e6).toFixed(0),
        String(graph.nodes.length),
        String(norms.length),
        (read - start).toFixed(0),
        (end - read).toFixed(0),
        (process.memoryUsage().rss / 2 ** 20).toFixed(0),
      ],
    ],
  )}\n\n`,
);

const inputs = fittingRows(
  graph,
  { shape: [16, 3, 8, 8], values: Float32Array.from({ length: 16 * 192 }, (_, at) => (at % 17) / 9 - 1) },
  "data",
);
const model = { model: "densenet.pt2", graph, seed: "study", output: null, inputs, others: null };
const threads = availableParallelism();
const runner = startModelRun(model, { threads });
const started = performance.now();
await runner.measure(MASKS, 0.95);
const seconds = (performance.now() - started) / 1000;
runner.close();
const passes = inputs.count * (1 + MASKS);
process.stdout.write(
  `${markdownTable(
    ["DenseNet-121 on 8 × 8", "inputs × masks", "threads", "s", "10⁹ multiply-adds/s"],
    [
      [
        "random weights",
        `${inputs.count} × ${MASKS}`,
        String(threads),
        seconds.toFixed(1),
        ((passes * runner.workOfSample) / seconds / 1e9).toFixed(1),
      ],
    ],
  )}\n`,
);

function shown(value: number): string {
  return value.toFixed(3);
}
