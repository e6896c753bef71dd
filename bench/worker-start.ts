/**
 * What it costs until a worker thread answers: one of Node alone, and one that has vshift's code and a small network:
 * `npm run bench:worker-start`.
 *
 * Puts its part into results.json, and writes RESULTS.md anew.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { WORKER_SOURCE } from "../src/executor/block-worker-source.ts";
import { createCrew } from "../src/executor/crew.ts";
import type { BlockWork } from "../src/executor/handed-over.ts";
import type { BlockResult } from "../src/experiment/block.ts";
import { settingOf } from "../src/experiment/setting.ts";
import { simdModule } from "../src/kernel/simd.ts";
import { defineScenario } from "../src/scenario/define.ts";
import { publish } from "./harness/results.ts";

/** Each figure is the least of so many starts; both kinds take turns. */
const STARTS = 40;

const { run } = settingOf(defineScenario({ width: 8, batchSize: 8, samples: 64 }));
const module = simdModule();
const KINDS: readonly (readonly [name: string, answered: () => Promise<() => Promise<void>>])[] = [
  ["Node alone", nodeAlone],
  ["vshift, its first block", vshift],
];

const least = new Map(
  KINDS.map(([name]) => [name, { name, cpu: Number.POSITIVE_INFINITY, wall: Number.POSITIVE_INFINITY }]),
);
for (let start = 0; start < STARTS; start++) {
  for (const [name, answered] of KINDS) {
    const used = process.cpuUsage();
    const started = performance.now();
    const end = await answered();
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(used);
    const before = least.get(name);
    if (before !== undefined)
      least.set(name, { name, cpu: Math.min(before.cpu, (user + system) / 1e3), wall: Math.min(before.wall, wall) });
    await end();
  }
}

const kinds = [...least.values()];
await publish({
  figures: {
    id: "worker-start",
    title: "Start of a worker thread",
    note: `Milliseconds until it answers, the least of ${STARTS} starts in one process.`,
    tables: [
      { columns: ["", "CPU ms"], rows: kinds.map(({ name, cpu }) => [name, cpu]) },
      { columns: ["", "ms"], rows: kinds.map(({ name, wall }) => [name, wall]) },
    ],
  },
});

/** Starts a worker and waits for its answer; what it returns ends it. */
async function nodeAlone(): Promise<() => Promise<void>> {
  const worker = new Worker('require("node:worker_threads").parentPort.postMessage(null)', {
    eval: true,
    execArgv: [],
  });
  await once(worker, "message");
  return async () => void (await worker.terminate());
}

async function vshift(): Promise<() => Promise<void>> {
  const crew = createCrew<BlockWork, BlockResult>(
    { run, arrays: undefined, module },
    {
      workerSource: WORKER_SOURCE,
      onWorkerLost(reason) {
        throw reason;
      },
    },
  );
  crew.enlarge(1);
  crew.give({ task: { block: 0, first: 0, batches: 1, pass: { kind: "both" } }, spare: undefined });
  await crew.news();
  return async () => crew.dismiss();
}
