import { VshiftError } from "../errors.ts";
import { sharedFloats } from "../numeric/shared-memory.ts";
import type { ChannelAxis } from "../tensor/unfold.ts";
import { type ArrayBook, createArrayBook } from "./array-book.ts";
import { type ArrayField, type Arrays, isArrayName } from "./arrays.ts";
import { axisOf } from "./axis.ts";
import { defineScenario } from "./define.ts";
import { type Grid, type GridInput, gridOf } from "./grid.ts";
import type { ShapedArray } from "./lay-out.ts";
import { filesOfNetwork } from "./network-files.ts";
import type { Scenario, ScenarioInput } from "./scenario.ts";
import { brief } from "./typed.ts";
import { checkedInput } from "./validate.ts";

/**
 * Numbers instead of a file's, the last axis fastest. Activations are [samples, units], or feature maps
 * [samples, channels, …positions]; weights [neurons, inputs], or a kernel [neurons, channels, …size]. They are rounded to single
 * precision.
 */
export interface ArrayInput {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** Where feature maps and kernels have their channels: after the first axis (default), or on the last. */
  readonly channels?: ChannelAxis;
}

/** By the names that a scenario has for them, such as "file:fc1.npy". */
export type NamedArrays = Readonly<Record<string, ArrayInput>>;

/** The scenario of an input that names some of these arrays, and the arrays for whoever measures it. */
export function scenarioWithArrays(
  input: ScenarioInput,
  named: NamedArrays = {},
): { readonly scenario: Scenario; readonly arrays: Arrays } {
  const given = checkedInput(input);
  const { arrays, complete } = bookOf(named, (field) => [given[field]], [given.network]);
  return { scenario: defineScenario(complete(given)), arrays };
}

/** The grid of an input whose cells name some of these arrays, and the arrays. */
export function gridWithArrays(
  input: GridInput,
  zip: readonly (readonly string[])[],
  named: NamedArrays = {},
): { readonly grid: Grid; readonly arrays: Arrays } {
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
  const singles = sharedFloats(values.length);
  for (let at = 0; at < singles.length; at++) {
    const value = values[at] as number;
    if (!(Math.abs(value) <= LARGEST)) {
      const place = `[${Math.floor(at / columns)}, ${at % columns}]`;
      throw refuse(
        `has ${brief(value)} at index ${place}, and every number must be from −${brief(LARGEST)} to ${brief(LARGEST)}`,
        "scale or clean the array",
      );
    }
    // −0 is 0, as in text.
    singles[at] = value === 0 ? 0 : value;
  }
  return { shape, values: singles, channels };
}

/** Of a value's magnitude: its square, summed, stays far from the end of single precision. */
const LARGEST = 1e12;
