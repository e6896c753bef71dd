import type { ModelFile } from "../check/audit.ts";
import { VshiftError } from "../errors.ts";
import { findNoise } from "../noises/noises.ts";
import {
  isRunningVariance,
  type LayerRecord,
  layerRecord,
  type NormRecord,
  normRecord,
  type WeightsRecord,
  type WeightsSetting,
  weightsRecord,
  weightsSetting,
} from "../report/weights-record.ts";
import {
  FILE,
  listOf,
  NUMBERS,
  namedOf,
  objectOf,
  oneOf,
  optional,
  optionsOf,
  type Rule,
  SHAPE,
  TEXT,
} from "../scenario/arguments.ts";
import { completeScenario } from "../scenario/complete.ts";
import { SETTING_TABLE } from "../scenario/fields.ts";
import { refuseFiles } from "../scenario/refuse-files.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import { shown } from "../scenario/typed.ts";
import { checkedInput } from "../scenario/validate.ts";
import { invalidFile, placeOf } from "../tensor/file-error.ts";
import { type Layout, neuronSums } from "../tensor/neuron-sums.ts";
import { readTensors } from "../tensor/read.ts";
import { elementCount } from "../tensor/shape.ts";
import type { StoredTensor, Tensor } from "../tensor/tensor.ts";
import { createNameFilter } from "./name-filter.ts";

/** Arrays in memory, by their names. */
export interface WeightArrays {
  /** What records and messages call the whole ["arrays"]. */
  readonly file?: string;
  /** The last axis the fastest; finite numbers. */
  readonly arrays: Readonly<Record<string, { readonly shape: readonly number[]; readonly values: ArrayLike<number> }>>;
}

/** Which weights are read, and what they are part of. */
export interface WeightsOptions {
  /** Noise and input that Δ is for: the fields of a scenario that say them [dropout of 0.5, a standard normal input]. */
  readonly scenario?: ScenarioInput;
  /** Which axis counts the neurons: the first, "out-first", as in PyTorch, or the last, "in-first", as in Keras ["out-first"]. */
  readonly layout?: Layout;
  /** Names of the arrays to take, * for any text [all of them]. */
  readonly names?: readonly string[];
}

/**
 * How the layers of a network are aligned, and the Δ that follows, as `vshift weights` gives it: each array of two axes or more is a layer,
 * and a running variance of Batch Normalization is recognized by its name.
 *
 * source  the content of a .npy, .npz, .safetensors or .csv file and its name, arrays in memory, or a list of these
 *
 * Rejects with a `VshiftError` for what is none of these, where there is no layer, and for noise that depends on more than the alignment.
 */
export async function weights(
  source: ModelFile | WeightArrays | readonly (ModelFile | WeightArrays)[],
  options: WeightsOptions = {},
): Promise<WeightsRecord> {
  const { scenario: input = {}, layout = "out-first", names } = OPTIONS(options);
  const sources = [source].flat();
  listOf(SOURCE, { is: "a list of files or arrays", hint: ONE_SOURCE })(sources, "source");
  const given = checkedInput(input, SETTING_TABLE);
  refuseActivations(given);
  const layer = findNoise(given.noise ?? undefined)?.shares === "weight" ? ({ layer: "linear" } as const) : {};
  const setting = weightsSetting(completeScenario({ ...given, ...layer, width: 1 }));
  return weightsOf(
    sources.map((one) => ({
      file: one.file ?? "arrays",
      read: async () => ("arrays" in one ? storedArrays(one) : readTensors(one)),
    })),
    { setting, layout, names },
  );
}

/** A `VshiftError` where the input is that of a file: each layer has a width of its own. */
export function refuseActivations(given: Parameters<typeof refuseFiles>[0]): void {
  refuseFiles(given, "these layers have inputs of different widths");
}

/** Where arrays come from, read when they are due. */
export interface WeightsSource {
  readonly file: string;
  readonly read: () => Promise<readonly StoredTensor[]>;
}

/** The record of all arrays whose names match, source after source; one is opened at a time. */
export async function weightsOf(
  sources: readonly WeightsSource[],
  {
    setting,
    layout,
    names,
  }: { readonly setting: WeightsSetting; readonly layout: Layout; readonly names: readonly string[] | undefined },
): Promise<WeightsRecord> {
  const layers: LayerRecord[] = [];
  const norms: NormRecord[] = [];
  let skippedArrays = 0;
  for await (const { file, tensor } of tensorsIn(sources, names)) {
    const { name, shape } = tensor;
    if (isRunningVariance(tensor)) norms.push(normRecord({ file, name }, tensor.values()));
    else if (isLayer(tensor))
      layers.push(layerRecord({ file, name, shape, sums: neuronSums(tensor, layout) }, setting));
    else skippedArrays++;
  }
  if (layers.length === 0 && norms.length === 0) throw noLayer(sources, skippedArrays);
  return weightsRecord({ setting, layout, layers, norms, skippedArrays });
}

async function* tensorsIn(sources: readonly WeightsSource[], names: readonly string[] | undefined) {
  const filter = createNameFilter(names);
  for (const { file, read } of sources) {
    for (const { name, open } of await read()) {
      if (filter.takes(name)) yield { file, tensor: open() };
    }
  }
  filter.requireAllUsed();
}

/** Whether it is a matrix or a kernel: biases and the parameters of Batch Normalization have one axis. */
function isLayer({ shape }: Tensor): boolean {
  return shape.length >= 2 && !shape.includes(0);
}

function noLayer(sources: readonly WeightsSource[], skippedArrays: number): VshiftError {
  const only =
    skippedArrays === 0
      ? "or any other array"
      : `only ${skippedArrays === 1 ? "1 array" : `${skippedArrays} arrays`} with fewer than two axes or no elements`;
  return new VshiftError({
    code: "invalid-file",
    field: sources.map(({ file }) => file).join(", "),
    problem: `does not contain a layer, ${only}`,
    hint: "give a matrix or a kernel, with two axes or more",
  });
}

/** Arrays in memory as those of a file. */
function storedArrays({ file = "arrays", arrays }: WeightArrays): readonly StoredTensor[] {
  return Object.entries(arrays).map(([name, { shape, values }]) => ({
    name,
    open() {
      const where = placeOf(file, name);
      if (values.length !== elementCount(shape)) {
        const problem = `has the shape [${shape.join(", ")}], but ${values.length} numbers`;
        throw invalidFile({ where, problem, hint: "give as many numbers as the shape needs" });
      }
      return { name, shape, order: "C", values: () => doubles(values, where) };
    },
  }));
}

function doubles(values: ArrayLike<unknown>, where: string): Float64Array {
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    const problem = `has ${shown(values[at])} as element ${at + 1}, and every number must be finite`;
    throw invalidFile({ where, problem, hint: "clean the array" });
  }
  return Float64Array.from(values as ArrayLike<number>);
}

const ONE_SOURCE =
  'write for example { file: "model.safetensors", bytes } or { arrays: { fc1: { shape: [128, 784], values } } }';

const IN_MEMORY = objectOf(
  {
    file: optional(TEXT),
    arrays: namedOf(
      objectOf(
        { shape: SHAPE, values: NUMBERS },
        { is: "an array", hint: "write for example { shape: [2, 3], values }" },
      ),
      { is: "an object of arrays by their names", hint: ONE_SOURCE },
    ),
  },
  { is: "a file or arrays", hint: ONE_SOURCE },
);

const SOURCE: Rule = (value, place) => {
  const isInMemory = typeof value !== "object" || value === null || "arrays" in value;
  (isInMemory ? IN_MEMORY : FILE)(value, place);
};

const OPTIONS = optionsOf<WeightsOptions>({
  // Its fields are checked one by one.
  scenario: () => {},
  layout: optional(oneOf(["out-first", "in-first"])),
  names: optional(listOf(TEXT, { is: "a list of names", hint: 'write for example ["fc*"]' })),
});
