import { VshiftError } from "../errors.ts";
import { sharedFloats } from "../numeric/shared-memory.ts";
import type { ChannelAxis } from "../tensor/unfold.ts";
import { listOf, NUMBERS, namedOf, objectOf, oneOf, optional, type Rule, SHAPE, TEXT } from "./arguments.ts";
import { type ArrayBook, createArrayBook } from "./array-book.ts";
import { type ArrayField, type Arrays, isArrayName } from "./arrays.ts";
import { axisOf } from "./axis.ts";
import { completeScenario } from "./complete.ts";
import { givenInput } from "./define.ts";
import { type Grid, type GridInput, gridOf, requireFields } from "./grid.ts";
import type { ShapedArray } from "./lay-out.ts";
import { filesOfNetwork } from "./network-files.ts";
import type { CompletedInput, Scenario, ScenarioInput } from "./scenario.ts";
import { brief, shown } from "./typed.ts";

/**
 * Numbers instead of a file's, the last axis fastest. Activations are [samples, units], or feature maps
 * [samples, channels, …positions]; weights [neurons, inputs], or a kernel [neurons, channels, …size]. They are rounded to single
 * precision.
 */
export interface ArrayInput {
  /** Lengths of the axes, whole numbers from 1; two axes at least. */
  readonly shape: readonly number[];
  /** As many as the shape needs, each from −1e12 to 1e12. */
  readonly values: ArrayLike<number>;
  /** Where feature maps and kernels have their channels: after the first axis, or on the last ["first"]. */
  readonly channels?: ChannelAxis;
}

/** By the names that a scenario has for them, such as "file:fc1.npy". */
export type NamedArrays = Readonly<Record<string, ArrayInput>>;

const ZIPPED = 'write for example [["keep", "width"]]';

/** What `NamedArrays` must be; their numbers are looked at where a scenario names them. */
export const ARRAYS: Rule = namedOf(
  objectOf(
    { shape: SHAPE, values: NUMBERS, channels: optional(oneOf(["first", "last"])) },
    { is: "an array", hint: "write for example { shape: [2, 3], values }" },
  ),
  { is: "an object of arrays by their names", hint: 'write for example { "file:fc1": { shape: [2, 3], values } }' },
);

/**
 * The scenario of an input that names some of these arrays, and the arrays for whoever measures it.
 *
 * usual  adds to what was given what is taken where nothing is said
 */
export function scenarioWithArrays(
  input: ScenarioInput,
  named: NamedArrays = {},
  usual: (given: CompletedInput) => CompletedInput = (given) => given,
): { readonly scenario: Scenario; readonly arrays: Arrays } {
  const given = usual(givenInput(input));
  const { arrays, complete } = bookOf(named, (field) => [given[field]], [given.network]);
  return { scenario: completeScenario(complete(given)), arrays };
}

/** Groups of fields that go in pairs; which fields they may be is said where the grid is known. */
export const ZIP: Rule = listOf(listOf(TEXT, { is: "a list of fields", hint: ZIPPED }), {
  is: "a list of lists of fields",
  hint: ZIPPED,
});

/** The grid of an input whose cells name some of these arrays, and the arrays. */
export function gridWithArrays(
  input: GridInput,
  zip: readonly (readonly string[])[],
  named: NamedArrays = {},
): { readonly grid: Grid; readonly arrays: Arrays } {
  requireFields(input);
  const valuesOf = (field: keyof GridInput) =>
    input[field] === undefined || input[field] === null ? [] : axisOf(field, input[field]).values;
  const { arrays, complete } = bookOf(named, valuesOf, valuesOf("network").map(String));
  return { grid: gridOf(input, zip, complete), arrays };
}

/** The arrays that some values of fields, and some networks, name. */
function bookOf(
  named: NamedArrays,
  valuesOf: (field: ArrayField) => readonly unknown[],
  networks: readonly (ScenarioInput["network"] | undefined)[],
): ArrayBook {
  const ofNetworks = networks.map((network) => filesOfNetwork(network));
  const byName = (field: ArrayField) => {
    const names = [...valuesOf(field), ...ofNetworks.flatMap((files) => files[field])].filter(isArrayName);
    const known = names.filter((name) => Object.hasOwn(named, name));
    return new Map<string, ShapedArray>(
      known.map((name) => [name, shapedArray(named[name] as ArrayInput, { field, name })]),
    );
  };
  return createArrayBook({
    activation: byName("activation"),
    testActivation: byName("testActivation"),
    weights: byName("weights"),
  });
}

/** An array that may be activations or weights, in single precision; a `VshiftError` that begins with its name where it may not. */
export function shapedArray(
  { shape, values, channels = "first" }: ArrayInput,
  { field, name }: { readonly field: ArrayField; readonly name: string },
): ShapedArray {
  const refuse = (problem: string, hint: string) =>
    new VshiftError({ code: "invalid-value", field, problem: `${name} ${problem}`, hint });
  const text = `[${shape.join(", ")}]`;
  if (shape.length < 2) {
    throw refuse(
      `has the shape ${text}; at least 2 axes are needed`,
      field === "weights"
        ? "give a matrix with a row per neuron, or a kernel"
        : "give a matrix with a row per sample, or feature maps [samples, channels, …positions]",
    );
  }
  const [rows = 0, ...others] = shape;
  const columns = others.reduce((product, length) => product * length, 1);
  if (rows * columns === 0) throw refuse(`has the shape ${text}, which is empty`, "give an array with numbers");
  if (values.length !== rows * columns)
    throw refuse(`has the shape ${text}, but ${values.length} numbers`, "give as many numbers as the shape needs");
  for (let at = 0; at < values.length; at++) {
    const value: unknown = values[at];
    if (typeof value === "number" && Math.abs(value) <= LARGEST) continue;
    const place = `[${Math.floor(at / columns)}, ${at % columns}]`;
    throw refuse(
      `has ${shown(value)} at index ${place}, and every number must be from −${brief(LARGEST)} to ${brief(LARGEST)}`,
      "scale or clean the array",
    );
  }
  // A list that says that it has 10¹² numbers has been found out before memory is asked for.
  const singles = sharedFloats(values.length);
  // −0 is 0, as in text.
  for (let at = 0; at < singles.length; at++) singles[at] = values[at] === 0 ? 0 : (values[at] as number);
  return { shape, values: singles, channels };
}

/** Of a value's magnitude: its square, summed, stays far from the end of single precision. */
const LARGEST = 1e12;
