import type { NormDiagnosis, Prediction } from "../../src/model/diagnosis.ts";
import type { BatchNormOfModel, ModelNode, NoiseOfModel } from "../../src/model/graph.ts";

/** A noise layer of a trained model. */
export function noiseNode(
  { noise = "dropout", shares = "unit", drop = 0.5, variance }: Partial<NoiseOfModel>,
  { module = "drop", source = "net.py:20" as string | null } = {},
): ModelNode {
  return {
    layer: {
      ...{ kind: "noise", noise, shares, drop, draws: null },
      variance: variance ?? (drop === null || noise !== "dropout" ? null : drop / (1 - drop)),
    },
    from: [0],
    shape: [null, 2],
    module,
    source,
  };
}

/** A norm of two channels, and what is predicted of it. */
export function diagnosis(
  name: string,
  noise: readonly ModelNode[],
  prediction: Pick<Prediction, "method"> & Partial<Prediction>,
): NormDiagnosis {
  const norm: BatchNormOfModel = {
    kind: "batch-norm",
    name,
    arrays: { mean: `${name}.running_mean`, variance: `${name}.running_var` },
    gain: null,
    bias: null,
    mean: Float64Array.of(-1, 2),
    variance: Float64Array.of(1, 3),
    epsilon: 1e-5,
  };
  const node: ModelNode = { layer: norm, from: [1], shape: [null, 2], module: name, source: null };
  const unknown = { ratio: null, low: null, high: null, meanShift: null, channels: null, reason: null };
  return { norm, node, noise, prediction: { ...unknown, ...prediction } };
}

/** No noise reaches it. */
export const CONTROL = diagnosis("bn1", [], { method: "exact", ratio: 1, meanShift: 0 });

/** Directly behind Dropout(0.5), with a mean of 0: Δ is 1 − 0.5. */
export const HALVED = diagnosis("bn2", [noiseNode({}, { module: "drop1" })], {
  method: "exact",
  ratio: 0.5,
  meanShift: 0,
});

export const CARRIED = diagnosis(
  "bn3",
  [
    noiseNode({}, { module: "drop1" }),
    noiseNode({ shares: "channel", drop: 0.3 }, { module: "drop2", source: "net.py:26" }),
  ],
  { method: "transport", ratio: 0.97, meanShift: 0.02134 },
);

export const WIDE = diagnosis("bn4", [noiseNode({})], { method: "bound", low: 0.3, high: 0.98 });

export const UNKNOWN = diagnosis("bn5", [noiseNode({ noise: "alpha-dropout", drop: 0.1 })], {
  method: "needs-data",
  reason: "alpha dropout (drop, net.py:20)",
});
