/**
 * Nanoseconds of the kernel's loops and of whole blocks, in this process and on one thread: `npm run bench:in-process`.
 *
 * Puts its part into results.json, and writes RESULTS.md anew.
 */

import { drawWeights } from "../src/forward/draw-weights.ts";
import { createTileProduct, outputRows, productRoom } from "../src/forward/tile-product.ts";
import { createKernel } from "../src/kernel/fastest.ts";
import { maskWords, PANEL_SLOTS, STAGE_FLOATS, TILE_SAMPLES } from "../src/kernel/kernel.ts";
import { networkOf } from "../src/network/of-scenario.ts";
import { STATE_WORDS } from "../src/random/streams.ts";
import { defineScenario } from "../src/scenario/define.ts";
import { runnerOf } from "../test/experiment/measured-one.ts";
import { WORKLOADS } from "./cases/simulate.ts";
import { publish } from "./harness/results.ts";

/** Each figure is the least of so many measurements of about so many milliseconds. */
const MEASUREMENTS = 7;
const MILLISECONDS = 30;

await publish({
  figures: {
    id: "in-process",
    title: "In process, one thread",
    note: "Nanoseconds an element for the loops of the kernel, nanoseconds a drawn activation for whole blocks.",
    tables: [table("loop", [...loops(), tileProduct()]), table("block", blocks())],
  },
});

function table(name: string, figures: readonly Figure[]) {
  return { columns: [name, "ns"] as const, rows: figures.map((one) => [one.name, one.nanoseconds] as const) };
}

interface Figure {
  readonly name: string;
  readonly nanoseconds: number;
}

function loops(): readonly Figure[] {
  const kernel = createKernel(1 << 22);

  const seeded = () => {
    const state = kernel.words(STATE_WORDS);
    for (let index = 0; index < STATE_WORDS; index++) state[index] = Math.imul(0x9e3779b9, index + 1);
    return state;
  };
  const [radius, angle, choice] = [seeded(), seeded(), seeded()];
  const x = kernel.floats(STAGE_FLOATS);
  const deviation = kernel.floats(STAGE_FLOATS);
  const noisy = kernel.floats(STAGE_FLOATS);
  const rows = STAGE_FLOATS / TILE_SAMPLES;
  const words = kernel.words(rows * maskWords(TILE_SAMPLES));
  const sums = kernel.doubles(2 * rows);
  const neurons = 64;
  const weights = kernel.floats(neurons * PANEL_SLOTS).fill(0.01);
  const pairedWeights = kernel.words(neurons * PANEL_SLOTS).fill(0x00070003);
  const panel = kernel.floats(PANEL_SLOTS * TILE_SAMPLES).fill(1);
  const pairedPanel = kernel.words(PANEL_SLOTS * TILE_SAMPLES).fill(0x00110013);
  const y = kernel.floats(neurons * TILE_SAMPLES);
  const moments = { stride: TILE_SAMPLES, samples: TILE_SAMPLES, sums, first: 0 };
  const oneMask = { words, threshold: 2 ** 31, masks: 1, isKept: true };
  // One object for all calls: to gather it for each would take longer than the call.
  const maskCall = { ...oneMask, mask: 0, kept: 1, dropped: -1, stride: TILE_SAMPLES, out: deviation };
  const masked = {
    ...{ x, stride: TILE_SAMPLES, samples: TILE_SAMPLES, keep: 0.5, centre: 0.5, first: 0 },
    ...{ isComplement: false, isMirrored: true, clean: sums, own: kernel.doubles(2 * rows) },
    others: kernel.doubles(22 * rows),
  };
  const maskedOnce = { ...masked, ...oneMask };
  const maskedOften = { ...masked, ...oneMask, masks: 11 };
  const units = 512;
  const matrix = () => kernel.floats(units * units);
  const unitPanel = kernel.words((units * TILE_SAMPLES) / 2).fill(0x00110013);
  const scatter = { panel: unitPanel, units, stride: TILE_SAMPLES, scatter: matrix(), isFirst: true };
  const packing = { stride: TILE_SAMPLES, x };
  // Stage after stage goes to the next slots of a panel.
  let stage = 0;
  const slotsOf = (slotsPerStage: number) => (stage++ * slotsPerStage) % PANEL_SLOTS;
  const product = { slots: PANEL_SLOTS, y, stride: TILE_SAMPLES };
  const products = neurons * PANEL_SLOTS * TILE_SAMPLES;
  const figure = (name: string, elements: number, call: () => void): Figure => ({
    name,
    nanoseconds: leastNanoseconds(call) / elements,
  });
  return [
    figure("normals", STAGE_FLOATS, () => kernel.normals({ radius, angle, out: x })),
    figure("words of masks", STAGE_FLOATS, () => kernel.random({ stream: choice, out: words })),
    figure("mask", STAGE_FLOATS, () => kernel.mask(maskCall)),
    figure("addMaskedMoments, one mask", STAGE_FLOATS, () => kernel.addMaskedMoments(maskedOnce)),
    figure("addMaskedMoments, eleven", STAGE_FLOATS, () => kernel.addMaskedMoments(maskedOften)),
    figure("addMoments", STAGE_FLOATS, () => kernel.addMoments({ x, ...moments })),
    figure("addNoisyMoments", STAGE_FLOATS, () => kernel.addNoisyMoments({ x, deviation, centre: 0.5, ...moments })),
    figure("applyNoise", STAGE_FLOATS, () => kernel.applyNoise({ x, deviation, centre: 0.5, noisy })),
    figure("packRows", STAGE_FLOATS, () => kernel.packRows({ ...packing, first: slotsOf(rows), panel })),
    figure("packPairs", STAGE_FLOATS, () =>
      kernel.packPairs({ ...packing, first: slotsOf(rows / 2), scale: 4000, bound: 32_767, panel: pairedPanel }),
    ),
    figure("multiplyRows, a product", products, () => kernel.multiplyRows({ weights, panel, ...product })),
    figure("multiplyPairs, a product", 2 * products, () =>
      kernel.multiplyPairs({ weights: pairedWeights, panel: pairedPanel, ...product }),
    ),
    figure("addScatter, d 512, a product", (units * units * TILE_SAMPLES) / 2, () => kernel.addScatter(scatter)),
  ];
}

/** The product of a tile in a stack of wide blocks, with what it packs. */
function tileProduct(): Figure {
  const width = 1024;
  const { seed, nodes } = networkOf(defineScenario({ width, depth: 1 }));
  const kernel = createKernel(2 ** 26);
  const [product] = nodes.flatMap(({ layer }) =>
    layer.kind === "linear"
      ? [createTileProduct(kernel, drawWeights(kernel, { seed, layer }), productRoom(kernel))]
      : [],
  );
  const x = kernel.floats(width * TILE_SAMPLES);
  for (const at of x.keys()) x[at] = Math.sin(at);
  const y = kernel.floats(outputRows(width) * TILE_SAMPLES);
  const nanoseconds = leastNanoseconds(() => product?.multiply({ x, y, stride: TILE_SAMPLES }));
  return { name: "a tile's product, d 1024, a product", nanoseconds: nanoseconds / (TILE_SAMPLES * width * width) };
}

function blocks(): readonly Figure[] {
  return WORKLOADS.filter(({ id }) => ["W1", "W2", "W3", "k2048"].includes(id)).map(({ title, width, neurons }) => {
    const layer = neurons === null ? {} : ({ layer: "linear", neurons } as const);
    const scenario = defineScenario({ mean: 0.5, keep: 0.5, width, masks: "independent", ...layer });
    const run = runnerOf(createKernel, scenario);
    const nanoseconds = leastNanoseconds(() => run({ block: 0, first: 0, batches: 1 })) / (width * scenario.batchSize);
    return { name: title.replace(/, [\d,]+ samples$/, ""), nanoseconds };
  });
}

function leastNanoseconds(call: () => void): number {
  const calls = callsIn(call, MILLISECONDS);
  let least = Number.POSITIVE_INFINITY;
  for (let measurement = 0; measurement < MEASUREMENTS; measurement++) {
    const started = performance.now();
    for (let index = 0; index < calls; index++) call();
    least = Math.min(least, (1e6 * (performance.now() - started)) / calls);
  }
  return least;
}

/** How often a call fits into a time; finding out warms it up. */
function callsIn(call: () => void, milliseconds: number): number {
  const started = performance.now();
  let calls = 0;
  while (performance.now() - started < milliseconds) {
    call();
    calls++;
  }
  return calls;
}
