import { createInlineExecutor } from "../../src/executor/inline.ts";
import { joined } from "../../src/experiment/join.ts";
import type { MeasureOptions, Progress } from "../../src/experiment/measure.ts";
import { partOf, planOf } from "../../src/experiment/plan/plan.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { scenarioWithArrays } from "../../src/scenario/array-input.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { type ComparedRecord, compared, measureOne } from "./measured-one.ts";

const executor = createInlineExecutor(createKernel);
const ARRAYS = {
  "file:x.npy": { shape: [4, 3], values: [0, 1, 2, 0.5, 1, 3, 1, 0, 1, 2, 2, 0] },
  "file:w.npy": { shape: [2, 3], values: [1, -0.5, 0.25, 1, 1, 1] },
};

export function recordOfInput(input: ScenarioInput, options: Partial<MeasureOptions> = {}): Promise<ComparedRecord> {
  const { scenario, arrays } = scenarioWithArrays(input, ARRAYS);
  return measureOne(scenario, { executor, arrays, ...options });
}

const LONG = { width: 64, batchSize: 64, samples: 64 * 2000, rho: 0.1 } as const;

function part(index: number): Promise<ComparedRecord> {
  return recordOfInput(LONG, { part: partOf(planOf(scenarioWithArrays(LONG, ARRAYS).scenario), { index, count: 2 }) });
}

const SECOND_PART = await part(2);

/** What runs of a given length, runs to a precision, parts, and parts that were put together write. */
export const RECORDS: Readonly<Record<string, ComparedRecord>> = {
  "no layer": await recordOfInput({ width: 8, samples: 8192, batchSize: 64 }),
  "to a precision": await recordOfInput({ width: 32, batchSize: 64, precision: 0.01, tolerance: 0.02 }),
  interrupted: await interrupted(),
  "of few mini-batches": await recordOfInput({ width: 4, samples: 512, noise: "gaussian", activation: "relu" }),
  "a linear layer": await recordOfInput({
    width: 16,
    samples: 4096,
    layer: "linear",
    neurons: 8,
    rho: 0.3,
    preset: "keras",
  }),
  "a large linear layer": await recordOfInput({ width: 1024, samples: 512, layer: "linear", neurons: 96, rho: 0.3 }),
  alpha: await recordOfInput({ width: 8, samples: 8192, noise: "alpha", layer: "linear", neurons: 4 }),
  "spatial, classic": await recordOfInput({ width: 8, samples: 4096, noise: "spatial", channelSize: 2, mean: 1 }),
  classic: await recordOfInput({
    width: 8,
    samples: 4096,
    scaling: "classic",
    activation: "lognormal",
    preset: "onnx",
  }),
  uout: await recordOfInput({ width: 8, samples: 4096, noise: "uout", beta: 0.5, mean: -1, seed: 'a "π" 🎲' }),
  dropconnect: await recordOfInput({ width: 8, samples: 4096, noise: "dropconnect", layer: "linear", neurons: 2 }),
  alignment: await recordOfInput({ width: 8, samples: 4096, layer: "linear", neurons: 2, alignment: 1.5, rho: 0.2 }),
  "rows of a file": await recordOfInput({ activation: "file:x.npy", weights: "file:w.npy", samples: 4096 }),
  "weights of a file": await recordOfInput({ weights: "file:w.npy", samples: 4096, rho: 0.2, activation: "relu" }),
  "without noise": await recordOfInput({ width: 4, samples: 2048, noise: "none" }),
  "a shard": SECOND_PART,
  joined: compared(joined(await part(1), SECOND_PART)),
};

async function interrupted(): Promise<ComparedRecord> {
  const abort = new AbortController();
  const onProgress = (progress: Progress) => {
    if (progress.kind === "batches" && progress.sums.n >= 10) abort.abort();
  };
  return recordOfInput({ width: 512, precision: 0.0001 }, { signal: abort.signal, onProgress });
}
