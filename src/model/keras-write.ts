import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import { withContents } from "../tensor/zip.ts";
import { type Hdf5File, openHdf5 } from "./hdf5.ts";
import { SAVE_AGAIN } from "./keras-config.ts";
import { type KerasWeights, kerasFile } from "./keras-file.ts";
import type { NewStatistics } from "./new-statistics.ts";

/**
 * A copy of a Keras file in which some norms have other moving means and variances, rounded to the type that each is stored in. Only
 * their bytes differ and, in an archive, the checksum of the member that they lie in.
 *
 * A `VshiftError` where they cannot be replaced in place: in a compressed member, or in chunks.
 */
export async function writeKeras(
  file: string,
  bytes: Uint8Array,
  changes: readonly NewStatistics[],
): Promise<Uint8Array> {
  const where = excerpt(file);
  const { weights } = kerasFile(bytes, where);
  const { member } = weights;
  if (member !== null && member.packedSize !== member.size) {
    const problem = "is compressed, so that its statistics cannot be replaced in place";
    throw invalidFile({
      where: weights.where,
      problem,
      hint: "save it again with model.save, which does not compress",
    });
  }
  const content = new Uint8Array(weights.bytes);
  const copy = { hdf5: openHdf5(weights), weights, content };
  for (const { norm, mean, variance } of changes) {
    replace(copy, norm.arrays.mean, mean);
    replace(copy, norm.arrays.variance, variance);
  }
  return member === null ? content : withContents(bytes, new Map([[member, content]]), { where });
}

interface Copy {
  readonly hdf5: Hdf5File;
  readonly weights: KerasWeights;
  /** Of the weights, and changed. */
  readonly content: Uint8Array;
}

function replace({ hdf5, weights, content }: Copy, name: string, values: Float64Array): void {
  const where = placeOf(weights.where, name);
  const { type, storage, shape } = hdf5.array(name) ?? {};
  const { write } = type ?? {};
  if (type === undefined || write === undefined || storage === undefined || shape?.join() !== `${values.length}`) {
    throw invalidFile({ where, problem: `is not a vector of ${values.length} numbers`, hint: SAVE_AGAIN });
  }
  const { byteOffset, byteLength } = storage.bytes();
  const view = new DataView(content.buffer, byteOffset - weights.bytes.byteOffset, byteLength);
  for (const [index, value] of values.entries()) {
    write(view, index * type.bytes, value, storage.littleEndian);
    if (Number.isFinite(type.read(view, index * type.bytes, storage.littleEndian))) continue;
    const problem = `would have ${value} at index [${index}], which its ${8 * type.bytes} bits cannot hold`;
    throw invalidFile({ where, problem, hint: "save the model with weights in float32" });
  }
}
