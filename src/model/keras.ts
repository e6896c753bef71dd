import { excerpt, invalidFile, placeOf } from "../tensor/file-error.ts";
import type { ZipMember } from "../tensor/zip.ts";
import type { ModelGraph } from "./graph.ts";
import { type Hdf5File, openHdf5 } from "./hdf5.ts";
import { kerasModel, SAVE_AGAIN } from "./keras-config.ts";
import { contentOf, kerasFile, SMALLER } from "./keras-file.ts";
import { kerasGraph, type Variables } from "./keras-graph.ts";
import { modelJson } from "./model-json.ts";
import { SAVE } from "./read-model.ts";

/**
 * The network in a file of model.save: .keras of Keras 3, or .h5. Names and statistics of norms are read at once; weights when their
 * values are asked for. Code in a file (of a Lambda layer) is a text like any other.
 */
export function readKeras(bytes: Uint8Array, where: string): ModelGraph {
  const file = kerasFile(bytes, where);
  const hdf5 = openHdf5(file.weights);
  if (file.kind === "hdf5") return graphInHdf5(hdf5, where);
  const json = (name: string): unknown => {
    const member = file.member(name);
    const place = { where: placeOf(where, name), again: SAVE_AGAIN, smaller: SMALLER };
    return member && modelJson(sized(bytes, member, where), place);
  };
  return kerasGraph(kerasModel(json("config.json"), placeOf(where, "config.json")), {
    where,
    version: versionIn(json("metadata.json")),
    variables: variablesInArchive(hdf5, where),
  });
}

function sized(bytes: Uint8Array, member: ZipMember, where: string) {
  return { size: member.size, bytes: () => contentOf(bytes, member, where) };
}

function versionIn(metadata: unknown): string | undefined {
  const isObject = typeof metadata === "object" && metadata !== null && "keras_version" in metadata;
  return isObject && typeof metadata.keras_version === "string" ? metadata.keras_version : undefined;
}

/** Everything in one file: the model as an attribute, each layer's weights in a group. keras/src/legacy/saving/legacy_h5_format.py */
function graphInHdf5(hdf5: Hdf5File, where: string): ModelGraph {
  const text = hdf5.text("", "model_config");
  if (text === undefined) {
    throw invalidFile({
      where,
      problem: "has weights, but not the layers that use them",
      hint: SAVE,
    });
  }
  const content = new TextEncoder().encode(text);
  const place = { where: placeOf(where, "model_config"), again: SAVE_AGAIN, smaller: SMALLER };
  const config = modelJson({ size: content.length, bytes: () => content }, place);
  return kerasGraph(kerasModel(config, place.where), {
    where,
    version: hdf5.text("", "keras_version"),
    variables: variablesByName(hdf5),
  });
}

/** By the folders of models and layers: "layers/functional/layers/dense_1/vars/0". */
function variablesInArchive(hdf5: Hdf5File, where: string): Variables {
  // Of Keras 2.12 and 2.13.
  const container = hdf5.has(EARLIER_LAYERS) ? EARLIER_LAYERS : "layers";
  return (path, _names, index) => {
    const folder = `${path.map((one) => `${container}/${one.folder}`).join("/")}/vars`;
    const name = path.at(-1)?.layer.name;
    const stored = hdf5.text(folder, "name");
    if (stored !== undefined && stored !== name) {
      const problem = `belongs to layer ${excerpt(stored)}, and not to ${excerpt(name ?? "")}`;
      throw invalidFile({ where: placeOf(where, folder), problem, hint: SAVE_AGAIN });
    }
    return hdf5.array(`${folder}/${index}`);
  };
}

const EARLIER_LAYERS = "_layer_checkpoint_dependencies";

/** By the names of variables, in the group of the outermost layer: "model_weights/dense_1/dense_1/kernel:0". */
function variablesByName(hdf5: Hdf5File): Variables {
  const seen = new Map<string, ReadonlyMap<string, string | null>>();
  return (path, names) => {
    const layers = path.map(({ layer }) => layer.name);
    const group = `model_weights/${layers[0]}`;
    const known = seen.get(group) ?? byEnds(hdf5.arraysBelow(group));
    seen.set(group, known);
    for (const name of names) {
      // Layers of different models in it may have the same name: that with the most of the path is meant. A layer of the whole is alone
      // in its group, and may have had another name once.
      const ends = layers.map((_, from) => [...layers.slice(from), name].join("/"));
      const found = (layers.length === 1 ? [...ends, name] : ends)
        .map((end) => known.get(end))
        .find((one) => one !== undefined);
      const array = typeof found === "string" ? hdf5.array(`${group}/${found}`) : undefined;
      if (array !== undefined) return array;
    }
    return undefined;
  };
}

/** Paths by their last names, without the ":0" of TensorFlow; null where several end so. */
function byEnds(paths: readonly string[]): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  for (const path of paths) {
    const parts = path.replace(/:\d+$/, "").split("/").slice(-MOST_PARTS);
    for (const from of parts.keys()) {
      const end = parts.slice(from).join("/");
      found.set(end, found.has(end) ? null : path);
    }
  }
  // One that is all of a path is meant before those that end so.
  for (const path of paths) found.set(path.replace(/:\d+$/, ""), path);
  return found;
}

/** Of a layer's name and a variable's. */
const MOST_PARTS = 8;
