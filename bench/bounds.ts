/**
 * Layers of networks against their bounds, on this thread: `npm run bench:bounds`.
 *
 * Prints Markdown tables. CPU time, the least of several runs: of a convolution next to that of its products alone, from a panel that is
 * filled already; of functions of a unit; of a pass through a stack next to that of its products; and of a network with the layers of
 * DenseNet-121 on data, next to as many products in single precision.
 */
import { fittingRows } from "../src/check/audit-rows.ts";
import { functionStep } from "../src/forward/layers/function.ts";
import { convolutionStep } from "../src/forward/layers/products.ts";
import { mapsOf } from "../src/forward/maps.ts";
import { productRoom } from "../src/forward/tile-product.ts";
import { createTiles } from "../src/forward/tiles.ts";
import { createWholeNetwork, wholeBytes } from "../src/forward/whole.ts";
import { createKernel } from "../src/kernel/fastest.ts";
import { type Kernel, PANEL_SLOTS, TILE_NEURONS, TILE_SAMPLES } from "../src/kernel/kernel.ts";
import { readModel } from "../src/model/read-model.ts";
import type { ConvolutionLayer } from "../src/network/network.ts";
import { networkOf } from "../src/network/of-scenario.ts";
import { loaded } from "../src/passes/loaded.ts";
import { measuredSums } from "../src/passes/moments.ts";
import { createNetwork, type NetworkToRun, networkBytes } from "../src/passes/network.ts";
import { markdownTable } from "../src/report/markdown.ts";
import { defineScenario } from "../src/scenario/define.ts";
import { denseNet } from "./harness/dense-net.ts";

const RUNS = 7;
const QUIET = { kind: "quiet" } as const;

/** Milliseconds of CPU time that a call takes: the least of some runs of as many calls as are needed for a tenth of a second. */
function timeOf(call: () => void): number {
  const once = elapsed(call, 1);
  const calls = Math.max(1, Math.ceil(100 / Math.max(once, 0.01)));
  return Math.min(...Array.from({ length: RUNS }, () => elapsed(call, calls)));
}

function elapsed(call: () => void, calls: number): number {
  const before = process.cpuUsage();
  for (let done = 0; done < calls; done++) call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / calls;
}

/** Nanoseconds a multiply-add of products of so many neurons, from a filled panel. */
function productTime(kernel: Kernel, kind: "pairs" | "rows", neurons: number): number {
  const y = kernel.floats(Math.ceil(neurons / TILE_NEURONS) * TILE_NEURONS * TILE_SAMPLES);
  const call = { slots: PANEL_SLOTS, y, stride: TILE_SAMPLES };
  const [pairs, rows] = [kernel.words(PANEL_SLOTS * TILE_SAMPLES), kernel.floats(PANEL_SLOTS * TILE_SAMPLES)];
  const ofPairs = { ...call, panel: pairs, weights: kernel.words((PANEL_SLOTS * y.length) / TILE_SAMPLES) };
  const ofRows = { ...call, panel: rows, weights: kernel.floats((PANEL_SLOTS * y.length) / TILE_SAMPLES) };
  const time = timeOf(() => (kind === "pairs" ? kernel.multiplyPairs(ofPairs) : kernel.multiplyRows(ofRows)));
  return (1e6 * time) / (neurons * TILE_SAMPLES * PANEL_SLOTS * (kind === "pairs" ? 2 : 1));
}

interface Convolution extends Pick<ConvolutionLayer, "kernel" | "stride" | "padding" | "groups"> {
  readonly channels: number;
  readonly neurons: number;
  readonly side: number;
  readonly batchSize: number;
}

const ONE = { stride: 1, padding: 1, groups: 1, batchSize: 16 };
const CONVOLUTIONS: readonly Convolution[] = [
  { ...ONE, channels: 64, neurons: 64, side: 16, kernel: 3 },
  { ...ONE, channels: 256, neurons: 256, side: 8, kernel: 3 },
  { ...ONE, channels: 64, neurons: 64, side: 32, kernel: 3, stride: 2 },
  { ...ONE, channels: 3, neurons: 64, side: 32, kernel: 3 },
  { ...ONE, channels: 16, neurons: 32, side: 14, kernel: 5, padding: 0 },
  { ...ONE, channels: 64, neurons: 64, side: 16, kernel: 1, padding: 0 },
  { ...ONE, channels: 64, neurons: 128, side: 16, kernel: 1, padding: 0, stride: 2 },
  { ...ONE, channels: 64, neurons: 64, side: 16, kernel: 3, groups: 64 },
];

function convolutionRow(shape: Convolution, kind: "pairs" | "rows"): string[] {
  const { channels, neurons, side, kernel: taps, stride, padding, groups, batchSize } = shape;
  const after = Math.floor((side + 2 * padding - taps) / stride) + 1;
  const width = (channels / groups) * taps * taps;
  const kernel = createKernel(2 ** 28);
  const inputs = mapsOf(
    { channels, sizes: [side, side] },
    batchSize,
    createTiles(kernel, channels, batchSize * side ** 2),
  );
  const outputs = mapsOf(
    { channels: neurons, sizes: [after, after] },
    batchSize,
    createTiles(kernel, neurons, batchSize * after ** 2),
  );
  for (const { x } of inputs.tiles) for (let at = 0; at < x.length; at++) x[at] = Math.sin(at);
  const step = kind === "pairs" ? 2 ** -12 : undefined;
  const values = Float32Array.from({ length: neurons * width }, (_, at) => Math.round(200 * Math.sin(at)) / 4096);
  const room = productRoom(kernel);
  const [node] = networkOf(defineScenario({ network: "input(2x4x4) conv(2, 3) bn" })).nodes.flatMap(({ layer }) =>
    layer.kind === "convolution" ? [layer] : [],
  );
  if (node === undefined) throw new Error("the text has a convolution");
  const layer: ConvolutionLayer = { ...node, ...shape, width };
  const weights = { values, width, neurons, step };
  const run = convolutionStep(
    { kernel, weights, inputs, outputs, room, onWeights: undefined, units: undefined },
    layer,
  );
  const reached = (1e6 * timeOf(() => run(0, QUIET))) / (neurons * width * batchSize * after ** 2);
  const bound = productTime(kernel, kind, neurons / groups);
  return [
    `${channels} → ${neurons} of ${taps} × ${taps}${stride > 1 ? `, every ${stride}` : ""}${groups > 1 ? `, ${groups} groups` : ""}, maps of ${side} × ${side}`,
    kind === "pairs" ? "integers" : "single precision",
    bound.toFixed(4),
    reached.toFixed(4),
    (reached / bound).toFixed(2),
  ];
}

function functionRow(name: "silu" | "sigmoid" | "elu" | "leaky_relu" | "hardswish"): string[] {
  const kernel = createKernel(2 ** 22);
  const maps = mapsOf({ channels: 64, sizes: [] }, TILE_SAMPLES, createTiles(kernel, 64, TILE_SAMPLES));
  const run = functionStep(kernel, { kind: "function", function: { name, parameters: [] } }, maps);
  const [tile] = maps.tiles;
  const x = tile?.x ?? new Float32Array(0);
  const values = x.map((_, at) => 3 * Math.sin(12.9898 * at));
  const copy = timeOf(() => x.set(values));
  const all = timeOf(() => {
    x.set(values);
    run(0, QUIET);
  });
  return [name, ((1e6 * (all - copy)) / x.length).toFixed(2)];
}

function stackRow(): string[] {
  const { depth, width, batchSize } = { depth: 20, width: 1024, batchSize: 256 };
  const network = networkOf(defineScenario({ depth, width, batchSize, keep: 0.8 }));
  const kernel = createKernel(wholeBytes({ network, batchSize }) + 2 ** 26);
  const { forward } = createWholeNetwork(kernel, { network, batchSize });
  let batch = 0;
  const reached = (1e6 * timeOf(() => forward(batch++, { kind: "train", mask: 0 }))) / (depth * width ** 2 * batchSize);
  const bound = productTime(kernel, "pairs", width);
  return [
    `${depth} blocks of ${width}`,
    "integers",
    bound.toFixed(4),
    reached.toFixed(4),
    (reached / bound).toFixed(2),
  ];
}

async function denseNetRow(): Promise<string[]> {
  const graph = await readModel({ file: "densenet.pt2", bytes: denseNet() });
  const values = Float32Array.from({ length: 4 * 192 }, (_, at) => (at % 17) / 9 - 1);
  const inputs = fittingRows(graph, { shape: [4, 3, 8, 8], values }, "data");
  const setting: NetworkToRun = {
    ...{ model: "densenet.pt2", nodes: loaded(graph.nodes), inputShape: inputs.shape, output: null, seed: "bench" },
  };
  const kernel = createKernel(networkBytes(setting) + 2 ** 20);
  const network = createNetwork(kernel, setting);
  const masks = 4;
  const time = timeOf(() => measuredSums(network, { x: inputs.values, from: 0, to: 4, masks }));
  const reached = (1e6 * time) / (4 * (1 + masks) * network.workOfSample);
  const bound = productTime(kernel, "rows", 128);
  return [
    "DenseNet-121 on data",
    "single precision",
    bound.toFixed(4),
    reached.toFixed(4),
    (reached / bound).toFixed(2),
  ];
}

const columns = ["", "products", "bound, ns a multiply-add", "reached", "reached / bound"];
const rows = [
  ...CONVOLUTIONS.flatMap((shape) => [convolutionRow(shape, "pairs"), convolutionRow(shape, "rows")]),
  stackRow(),
  await denseNetRow(),
];
process.stdout.write(`${markdownTable(columns, rows)}\n\n`);
const functions = ["silu", "sigmoid", "elu", "leaky_relu", "hardswish"] as const;
process.stdout.write(`${markdownTable(["function", "ns a unit"], functions.map(functionRow))}\n`);
