import { refuseActivations, weightsOf } from "../../library/weights.ts";
import { findNoise } from "../../noises/noises.ts";
import { FORMATS } from "../../report/formats.ts";
import { weightsDocument } from "../../report/weights-document.ts";
import { weightsSetting } from "../../report/weights-record.ts";
import type { Layout } from "../../tensor/neuron-sums.ts";
import { readTensors } from "../../tensor/read.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { readBytes } from "../read-bytes.ts";
import { type Flags, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** `vshift weights`: how the layers of weight files are aligned, and the Δ that follows. */
export async function weightsCommand(flags: Flags, streams: Streams, files: readonly string[]): Promise<number> {
  // The scenario's own width stands for none of these layers: each is checked against ρ by its own.
  refuseActivations({ activation: flags.activation });
  const layer = findNoise(flags.noise)?.shares === "weight" ? { layer: "linear" } : {};
  const { scenario } = await scenarioFrom({ ...flags, ...layer, layout: undefined, width: "1" });
  const setting = weightsSetting(scenario);
  const layout = (flags.layout ?? "out-first") as Layout;
  const sources = files.map((file) => ({ file, read: () => readTensors({ file, bytes: readBytes(file) }) }));
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const record = await weightsOf(sources, { setting, layout, names: flags.name as readonly string[] | undefined });
    return { exitCode: EXIT.fine, document: weightsDocument(record) };
  });
}
