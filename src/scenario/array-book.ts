import { VshiftError } from "../errors.ts";
import { type FileFacts, printFiles } from "../notation/files.ts";
import type { Shape } from "../notation/graph.ts";
import { parseNetwork } from "../notation/parse.ts";
import { printNetwork } from "../notation/print.ts";
import type { Tree } from "../notation/tree.ts";
import { NO_VARIABLES, parseVariables } from "../notation/variables.ts";
import { axesOf, type Window } from "../tensor/unfold.ts";
import { factsOf, type NamedArray } from "./array-facts.ts";
import { ARRAY_FIELDS, type ArrayField, type Arrays, digestOf, isArrayName, type RealArray } from "./arrays.ts";
import { type Cuts, cutsFor, matrixOf, type NamedShapes, type ShapedArray } from "./lay-out.ts";
import { networkText } from "./layer-lists.ts";
import { filesOfNetwork } from "./network-files.ts";
import { isGiven } from "./refusal.ts";
import type { ArrayName, CompletedInput, Scenario } from "./scenario.ts";

/** Arrays, and what scenarios that name them say of them. */
export interface ArrayBook {
  /** The matrices of the scenarios that were completed so far. */
  readonly arrays: Arrays;
  /** The input with the facts of the arrays that it names; a `VshiftError` where it says otherwise. */
  complete(input: CompletedInput): CompletedInput;
}

/** Arrays by their names, for each field that may name one. */
export type ArraysByName = { readonly [Field in ArrayField]: ReadonlyMap<string, ShapedArray> };

/**
 * digest   works out `digestOf`, maybe by faster means
 *
 * What matrix an array is depends on the others that a scenario names with it: each is made when it is first asked for.
 */
export function createArrayBook(byName: ArraysByName, digest: (array: RealArray) => string = digestOf): ArrayBook {
  const arrays = new Map<string, RealArray>();
  const known = new Map<string, CompletedInput>();

  /** What a scenario says of an array that is a matrix by these windows. */
  function factsBy(field: ArrayField, { name, array, window }: Named): CompletedInput {
    const key = JSON.stringify([field, name, array.shape, window]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const matrix = matrixOf(array, window);
    const named: NamedArray = { name, array: matrix, digest: digest(matrix) };
    const facts = factsOf(field, named);
    arrays.set(named.digest, matrix);
    known.set(key, facts);
    return facts;
  }

  /** The text with the shape of an input that it leaves to its file, and what is known of all files. */
  function completeNetwork(input: CompletedInput): CompletedInput {
    const { network, variables } = input;
    const named = filesOfNetwork(network);
    if (ARRAY_FIELDS.every((field) => named[field].length === 0)) return input;
    const text = networkText(network ?? []);
    const known = new Map<string, FileFacts>();
    let completed = parseNetwork(text, isGiven(variables) ? parseVariables(variables as string) : NO_VARIABLES);
    const facts: CompletedInput[] = [];
    for (const field of ["activation", "weights"] as const) {
      for (const name of named[field]) {
        const array = byName[field].get(name);
        // Whoever defines the scenario says that the numbers are missing.
        if (array === undefined) continue;
        const ofFile = factsBy(field, { name, array, window: wholeOf(array) });
        const digest = (field === "weights" ? ofFile.weightsDigest : ofFile.activationDigest) as string;
        const { rows, columns } = arrays.get(digest) as RealArray;
        known.set(name, { rows, columns, digest });
        if (field === "weights") continue;
        requireNoOther({ ...input, activation: name }, "activation", ofFile);
        facts.push(ofFile);
        completed = withShape(completed, shapeOfRows(array));
      }
    }
    const said = known.size === 0 ? {} : { files: printFiles(known) };
    return Object.assign({}, input, { network: printNetwork(completed) }, said, ...facts);
  }

  return {
    arrays,
    complete(input) {
      if (isGiven(input.network)) return completeNetwork(input);
      const named = ARRAY_FIELDS.flatMap((field) => {
        const name = input[field];
        const array = isArrayName(name) ? byName[field].get(name) : undefined;
        return isArrayName(name) && array !== undefined ? [{ field, name, array }] : [];
      });
      if (named.length === 0) return input;
      const shapes: NamedShapes = Object.fromEntries(named.map(({ field, array }) => [field, array]));
      const cuts = cutsFor(input, shapes);
      const facts = named.map(({ field, ...one }) => [field, factsBy(field, cut(field, one, cuts))] as const);
      requireOneWidth(input, Object.fromEntries(facts));
      // Of what two files say, as the width, the weights are named.
      for (const [field, ofField] of [...facts.toReversed(), [cuts.source, cuts.facts] as const]) {
        requireNoOther(input, field, ofField);
      }
      return Object.assign({}, input, cuts.facts, ...facts.map(([, ofField]) => ofField));
    },
  };
}

/** All that a row of maps or of a kernel has, its channels first. */
function wholeOf(array: ShapedArray): Window | undefined {
  return array.shape.length > 2 ? { size: axesOf(array).positions, stride: 1, padding: 0 } : undefined;
}

function shapeOfRows(array: ShapedArray): Shape {
  const { channelCount, positions } = axesOf(array);
  return { channels: channelCount, sizes: positions };
}

function withShape(tree: Tree, shape: Shape): Tree {
  return tree.map((element) =>
    element.kind === "layer" && element.layer.kind === "input" && element.layer.shape === null
      ? { ...element, layer: { ...element.layer, shape } }
      : element,
  );
}

interface Named {
  readonly name: ArrayName;
  readonly array: ShapedArray;
  readonly window?: Window | undefined;
}

function cut(field: ArrayField, { name, array }: Named, cuts: Cuts): Named {
  if (field !== "weights") return { name, array, window: cuts.maps };
  if (cuts.weights === undefined) return { name, array };
  return { name, array: { ...array, shape: cuts.weights.shape }, window: cuts.weights.window };
}

function requireOneWidth(
  { activation, weights }: CompletedInput,
  facts: { readonly [Field in ArrayField]?: CompletedInput },
): void {
  const { weights: ofWeights, activation: ofActivation } = facts;
  if (ofWeights === undefined || ofActivation === undefined || ofWeights.width === ofActivation.width) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "weights",
    problem: `${weights} has ${ofWeights.width} inputs per neuron, but \`activation\` ${activation} has ${ofActivation.width} units`,
    hint: "give the weights of the layer that receives these activations, with `layout` in-first if neurons are on the last axis",
  });
}

/** What the file says cannot be said otherwise; saying the same again is fine. */
function requireNoOther(input: CompletedInput, field: ArrayField, facts: CompletedInput): void {
  for (const [name, fact] of Object.entries(facts)) {
    const given = input[name as keyof Scenario];
    if (given === undefined || given === null || given === fact) continue;
    throw new VshiftError({
      code: "conflicting-fields",
      field: name,
      problem: `${given} contradicts \`${field}\` ${input[field]}, which has ${typeof fact === "number" ? Number(fact.toPrecision(6)) : fact}`,
      hint: "leave one of them out",
    });
  }
}
