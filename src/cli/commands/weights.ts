import { VshiftError } from "../../errors.ts";
import { findNoise } from "../../noises/noises.ts";
import { FORMATS } from "../../report/formats.ts";
import { weightsDocument } from "../../report/weights-document.ts";
import {
  isRunningVariance,
  type LayerRecord,
  layerRecord,
  type NormRecord,
  normRecord,
  weightsRecord,
  weightsSetting,
} from "../../report/weights-record.ts";
import { refuseFiles } from "../../scenario/refuse-files.ts";
import { type Layout, neuronSums } from "../../tensor/neuron-sums.ts";
import { readTensors } from "../../tensor/read.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { createNameFilter } from "../name-filter.ts";
import { readBytes } from "../read-bytes.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift weights`: how the layers of weight files are aligned, and the Δ that follows. */
export async function weightsCommand(flags: Flags, streams: Streams, files: readonly string[]): Promise<number> {
  // The scenario's own width stands for none of these layers: each is checked against ρ by its own.
  refuseFiles({ activation: flags.activation }, "these layers have inputs of different widths");
  const layer = findNoise(flags.noise)?.shares === "weight" ? { layer: "linear" } : {};
  const { scenario } = await scenarioFrom({ ...flags, ...layer, layout: undefined, width: "1" });
  const setting = weightsSetting(scenario);
  const layout = (flags.layout ?? "out-first") as Layout;
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const layers: LayerRecord[] = [];
    const norms: NormRecord[] = [];
    let skippedArrays = 0;
    for await (const { file, tensor } of tensorsIn(files, flags.name as readonly string[] | undefined)) {
      const { name, shape } = tensor;
      if (isRunningVariance(tensor)) {
        norms.push(normRecord({ file, name }, tensor.values()));
        continue;
      }
      if (!isLayer(tensor)) {
        skippedArrays++;
        continue;
      }
      layers.push(layerRecord({ file, name, shape, sums: neuronSums(tensor, layout) }, setting));
    }
    if (layers.length === 0 && norms.length === 0) throw noLayer(files, skippedArrays);
    const record = weightsRecord({ setting, layout, layers, norms, skippedArrays });
    return { exitCode: EXIT.fine, document: weightsDocument(record) };
  });
}

/** The arrays whose names match, file after file; one is opened at a time. */
async function* tensorsIn(files: readonly string[], patterns: readonly string[] | undefined) {
  const filter = createNameFilter(patterns);
  for (const file of files) {
    for (const { name, open } of await readTensors({ file, bytes: readBytes(file) })) {
      if (filter.takes(name)) yield { file, tensor: open() };
    }
  }
  filter.requireAllUsed();
}

/** Whether it is a matrix or a kernel: biases and the parameters of Batch Normalization have one axis. */
function isLayer({ shape }: Tensor): boolean {
  return shape.length >= 2 && !shape.includes(0);
}

function noLayer(files: readonly string[], skippedArrays: number): VshiftError {
  const only =
    skippedArrays === 0
      ? "or any other array"
      : `only ${skippedArrays === 1 ? "1 array" : `${skippedArrays} arrays`} with fewer than two axes or no elements`;
  return new VshiftError({
    code: "invalid-file",
    field: files.join(", "),
    problem: `does not contain a layer, ${only}`,
    hint: "give a matrix or a kernel, with two axes or more",
  });
}
