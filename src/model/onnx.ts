import { invalidFile } from "../tensor/file-error.ts";
import type { ModelGraph } from "./graph.ts";
import type { Node } from "./onnx_pb.ts";
import { type OnnxFile, onnxFileOf } from "./onnx-file.ts";
import { graphOf } from "./onnx-graph.ts";
import { EXPORT } from "./read-model.ts";

/**
 * The network in an ONNX file that still has its batch norms, with the running statistics of training. Only lengths and statistics are
 * read at once; weights when their values are asked for. An export that has folded or moved the statistics is refused.
 */
export function readOnnx(bytes: Uint8Array, where: string): ModelGraph {
  const file = onnxFileOf(bytes, where);
  requireStatistics(file, where);
  return graphOf(file, where);
}

function requireStatistics({ graph }: OnnxFile, where: string): void {
  const norms = graph.nodes.filter(({ operation }) => operation === "BatchNormalization");
  if (norms.length === 0) {
    const problem = "is ONNX, whose export removes Dropout and folds Batch Normalization into the layer before it";
    throw invalidFile({ where, problem, hint: EXPORT });
  }
  if (!norms.some(isTraining)) return;
  const problem =
    "is an ONNX export in training mode, which ran one training step on the example input and so moved the running statistics";
  throw invalidFile({ where, problem, hint: EXPORT });
}

/** By its attribute, or, before version 14 of the operators, by having new statistics among its outputs. */
function isTraining({ attributes, outputs }: Node): boolean {
  const mode = attributes.find(({ name }) => name === "training_mode")?.integer ?? 0n;
  return mode !== 0n || outputs.filter((name) => name !== "").length > 1;
}
