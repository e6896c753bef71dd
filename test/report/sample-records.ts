import { type ShiftRecord, simulate } from "../../src/index.ts";

const ARRAYS = {
  "file:x.npy": { shape: [3, 2], values: [0, 1, 2, 0.5, 1, 3] },
  "file:eval.npy": { shape: [2, 2], values: [0, 1, 1, 0.5] },
  "file:maps.npy": { shape: [2, 1, 2, 2], values: [0, 1, 2, 0.5, 1, 3, 0, 1] },
  "file:kernel.npy": { shape: [1, 1, 2, 2], values: [1, -0.5, 0.5, 2] },
  "file:w.npy": { shape: [1, 2], values: [1, -0.5] },
};

const MEASURED = await Promise.all([
  simulate({ width: 2, samples: 512, seed: "=1+1" }),
  simulate({ width: 3, samples: 512, layer: "linear", neurons: 2, alignment: 1.5, seed: 'a "b", c|d\nπ 🎲' }),
  simulate({ width: 2, samples: 1024, noise: "uout", mean: -1, rho: -0.1, seed: "" }),
  simulate({
    width: 4,
    precision: 0.4,
    maxSamples: 1024,
    activation: "relu",
    mean: -1,
    noise: "gaussian",
    seed: "0.10",
  }),
  simulate({ width: 2, samples: 512, layer: "linear", neurons: 1, weightMean: 0.5, preset: "keras", mean: -0 }),
  simulate({ width: 4, samples: 512, noise: "spatial", channelSize: 2 }),
  simulate({ width: 2, samples: 512, scaling: "classic" }),
  simulate({ activation: "file:x.npy", weights: "file:w.npy", samples: 512 }, { arrays: ARRAYS }),
  simulate({ activation: "file:x.npy", testActivation: "file:eval.npy", samples: 512 }, { arrays: ARRAYS }),
  simulate({ activation: "file:maps.npy", weights: "file:kernel.npy", padding: 1, samples: 512 }, { arrays: ARRAYS }),
]);

/** A record that was put together from several, of a channel that did not vary lately. */
function withNulls(record: ShiftRecord): ShiftRecord {
  const nothing = { runningVariance: 0, runningShift: null, outputMean: null, outputVariance: null };
  return { ...record, measured: { ...record.measured, ...nothing } };
}

/** Records of all kinds: between them each column that may be null is null in one and not in another. */
export const SAMPLE_RECORDS: readonly ShiftRecord[] = [...MEASURED, ...MEASURED.slice(0, 1).map(withNulls)];
