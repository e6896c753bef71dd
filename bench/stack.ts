/**
 * A deep and wide stack, and the same in PyTorch's modules: `npm run bench:stack`.
 *
 *   npm run bench:stack -- --runs 1      once each, not three times
 *
 * Needs a build. VSHIFT_BENCH_PYTHON names the interpreter with PyTorch [python3]; without it vshift runs alone. Both sides'
 * shifts are held against the mean field before their time counts. Puts its part into results.json, and writes RESULTS.md anew.
 */
import { parseArgs } from "node:util";
import { comparisonOf, passesOf } from "../src/experiment/plan/plan.ts";
import { drawWeights } from "../src/forward/draw-weights.ts";
import { createTileProduct, outputRows, productRoom } from "../src/forward/tile-product.ts";
import { createKernel } from "../src/kernel/fastest.ts";
import { TILE_SAMPLES } from "../src/kernel/kernel.ts";
import { networkOf } from "../src/network/of-scenario.ts";
import { defineScenario } from "../src/scenario/define.ts";
import { type BlockNoise, NO_NOISE } from "../src/theory/stack/block-noise.ts";
import { meanField } from "../src/theory/stack/mean-field.ts";
import { type Command, finish } from "./harness/child-process.ts";
import { describeMachine } from "./harness/machine.ts";
import { render } from "./harness/render.ts";
import { readResults, writeResults } from "./harness/results.ts";

const { values } = parseArgs({ options: { runs: { type: "string", default: "3" } } });
const python = process.env.VSHIFT_BENCH_PYTHON ?? "python3";

const KEEP = 0.8;
const stack = { depth: 20, width: 1024, batches: 200, "batch-size": 256 };
const sizes = Object.entries(stack).flatMap(([name, size]) => [`--${name}`, String(size)]);
const ours: Command = {
  file: process.execPath,
  args: ["dist/bin/vshift.cjs", "stack", "--p", String(KEEP), ...sizes, "--threads", "2", "--format", "json"],
};
const { depth, width, batches } = stack;
const scenario = defineScenario({ depth, width, batches, batchSize: stack["batch-size"], keep: KEEP });
const comparison = comparisonOf(batches);
/** `vshift stack` compares the outputs of some mini-batches with those of noise-free statistics and of many masks. */
const compared = ["--compared", String(comparison.batches), "--masks", String(comparison.masks)];
const shared = ["--keep", String(KEEP), ...sizes, ...compared, "--threads", "2"];
const theirs: Command = { file: python, args: ["bench/peers/torch_stack.py", ...shared] };

const noise = { ...NO_NOISE, relativeVariance: (1 - KEEP) / KEEP };
const expected = meanField({
  activation: "relu",
  noises: new Array<BlockNoise>(stack.depth).fill(noise),
  residual: false,
});

const machine = await describeMachine(python);
const vshift: number[] = [];
const torch: number[] = [];
for (let round = 0; round < Number(values.runs); round++) {
  const run = await finish(ours);
  const records = JSON.parse(run.stdout) as readonly { readonly measured: { readonly shift: number } }[];
  check(
    "vshift",
    records.map(({ measured }) => measured.shift),
  );
  vshift.push(run.seconds);
  process.stderr.write(`vshift ${run.seconds.toFixed(2)} s\n`);
  if (machine.versions.PyTorch === undefined) continue;
  const peer = await finish(theirs);
  check("PyTorch", (JSON.parse(peer.stdout) as { readonly shifts: readonly number[] }).shifts);
  torch.push(peer.seconds);
  process.stderr.write(`PyTorch ${peer.seconds.toFixed(2)} s\n`);
}
const passes = passesOf(batches, scenario);
const results = {
  ...(await readResults()),
  stack: {
    ...stack,
    keep: KEEP,
    passes,
    nanosecondsAMultiplyAdd: productTime(),
    vshift,
    torch,
    date: new Date().toISOString(),
    machine,
  },
};
await writeResults(results);
await render(results);

/** Five standard deviations of what one network of this width differs by, √(blocks/width) of Δ at the most, and a percent. */
function check(who: string, shifts: readonly number[]): void {
  for (const [place, shift] of shifts.entries()) {
    const wanted = expected[place]?.shift ?? Number.NaN;
    const spread = Math.sqrt(place / stack.width);
    if (!(Math.abs(Math.log(shift / wanted)) < 5 * spread + 0.01))
      throw new Error(`${who}: place ${place + 1} has ${shift}, mean field ${wanted}`);
  }
}

/** Nanoseconds a multiply-add of the product of one tile, on this thread. */
function productTime(): number {
  const { seed, nodes } = networkOf(defineScenario({ width: stack.width, depth: 1 }));
  const kernel = createKernel(2 ** 26);
  const [product] = nodes.flatMap(({ layer }) =>
    layer.kind === "linear"
      ? [createTileProduct(kernel, drawWeights(kernel, { seed, layer }), productRoom(kernel))]
      : [],
  );
  const x = kernel.floats(stack.width * TILE_SAMPLES).map((_, at) => Math.sin(at));
  const tile = kernel.floats(x.length);
  tile.set(x);
  const y = kernel.floats(outputRows(stack.width) * TILE_SAMPLES);
  const times = Array.from({ length: 50 }, () => {
    const started = performance.now();
    product?.multiply({ x: tile, y, stride: TILE_SAMPLES });
    return performance.now() - started;
  });
  return (1e6 * Math.min(...times.slice(10))) / (TILE_SAMPLES * stack.width * stack.width);
}
