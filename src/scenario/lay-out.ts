import { VshiftError } from "../errors.ts";
import { findNoise } from "../noises/noises.ts";
import { sharedFloats } from "../numeric/shared-memory.ts";
import { axesOf, type ChannelAxis, unfold, unfoldedSize, type Window } from "../tensor/unfold.ts";
import { type ArrayField, isArrayName, type RealArray } from "./arrays.ts";
import type { Scenario, ScenarioInput } from "./scenario.ts";

/** Numbers of a file with its own axes, the last one fastest. */
export interface ShapedArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Where feature maps and kernels have their channels. */
  readonly channels: ChannelAxis;
}

/** The arrays that one scenario names. */
export type NamedShapes = { readonly [Field in ArrayField]?: ShapedArray | undefined };

/** How arrays become matrices: the windows that are cut from them, none where they are matrices already. */
export interface Cuts {
  /** Of the activations of both modes. */
  readonly maps: Window | undefined;
  /** Of the weights, where their channels are not where a row of the activations has them. */
  readonly weights: { readonly shape: readonly number[]; readonly window: Window } | undefined;
  /** The field that the windows come from, and what they say of the scenario. */
  readonly source: ArrayField;
  readonly facts: Pick<ScenarioInput, "channelSize" | "stride" | "padding">;
}

const WHOLE: Cuts = { maps: undefined, weights: undefined, source: "activation", facts: {} };

/**
 * What feature maps are to the layer behind them.
 *
 * no layer              Batch Normalization over the positions: a row is the channels at a position
 * kernel of 3+ axes     a convolution: a row is the patch that one output sees
 * matrix [k, C]         the same at every position
 * matrix [k, C·P]       a linear layer of the flattened map
 *
 * Within a row, positions of a channel follow each other, and spatial dropout drops them together. A `VshiftError` where the
 * shapes do not fit.
 */
export function cutsFor(input: ScenarioInput, { activation, testActivation, weights }: NamedShapes): Cuts {
  if (activation === undefined) return WHOLE;
  const isMap = activation.shape.length > 2;
  const cuts = isMap ? cutsOfMaps(input, { activation, weights }) : WHOLE;
  const { maps: window } = cuts;
  if (testActivation !== undefined) {
    requireAlike(input, { activation, testActivation, isWhole: !isMap || isFlattened(activation, window) });
  }
  if (window === undefined || cuts.facts.stride === undefined) {
    if (weights !== undefined) requireNoConvolution(input);
    return cuts;
  }
  requirePatches(input, "activation", { maps: activation, window });
  if (testActivation !== undefined) requirePatches(input, "testActivation", { maps: testActivation, window });
  return cuts;
}

/** An array as a matrix: windows of it, or its first axis and all others flattened. */
export function matrixOf({ shape, values, channels }: ShapedArray, window: Window | undefined): RealArray {
  if (window === undefined) {
    const [rows = 0] = shape;
    return { rows, columns: values.length / rows, values };
  }
  const { rows, columns } = unfoldedSize({ shape, channels }, window);
  const out = sharedFloats(rows * columns);
  unfold({ shape, values, channels }, window, out);
  return { rows, columns, values: out };
}

function cutsOfMaps(
  input: ScenarioInput,
  { activation, weights }: { readonly activation: ShapedArray; readonly weights: ShapedArray | undefined },
): Cuts {
  const { channelCount, positions } = axesOf(activation);
  const points = unpadded(positions.map(() => 1));
  if (weights === undefined) {
    // Whoever defines the scenario says that the numbers are missing.
    if (isArrayName(input.weights)) return WHOLE;
    if (input.layer === "linear" || input.weights) throw drawnLayer(input, activation);
    return { ...WHOLE, maps: points, facts: sharing(input, points) };
  }
  if (weights.shape.length > 2) return convolution(input, { activation, weights });
  const [neurons = 0, width] = weights.shape;
  if (width === channelCount) return { ...WHOLE, source: "weights", maps: points, facts: sharing(input, points) };
  const whole = unpadded(positions);
  const { columns } = unfoldedSize({ shape: [1, channelCount, ...positions], channels: "first" }, whole);
  if (width !== columns) {
    throw conflict("weights", {
      problem: `${input.weights} has ${width} inputs per neuron, but \`activation\` ${input.activation} of shape ${text(activation)} has ${channelCount} channels, or ${columns} units when flattened`,
      hint: "give a kernel or a matrix that fits, or reshape the activations to [rows, units]",
    });
  }
  return {
    maps: whole,
    // A row of weights has the axes of a map where its channels are last too.
    weights: weights.channels === "last" ? { shape: [neurons, ...positions, channelCount], window: whole } : undefined,
    source: "weights",
    facts: sharing(input, whole),
  };
}

function convolution(
  input: ScenarioInput,
  { activation, weights }: { readonly activation: ShapedArray; readonly weights: ShapedArray },
): Cuts {
  const { channelCount, positions } = axesOf(activation);
  const kernel = axesOf(weights);
  const named = `${input.weights} of shape ${text(weights)}`;
  const maps = `\`activation\` ${input.activation} of shape ${text(activation)}`;
  if (kernel.positions.length !== positions.length) {
    throw conflict("weights", {
      problem: `${named} has ${axes(kernel.positions.length)} of positions, but ${maps} has ${positions.length}`,
      hint: "give the kernel of the layer that receives these activations",
    });
  }
  if (kernel.channelCount !== channelCount) {
    const isGrouped = channelCount % kernel.channelCount === 0;
    throw conflict("weights", {
      problem: `${named} has ${kernel.channelCount} input channels, but ${maps} has ${channelCount}`,
      hint: isGrouped
        ? "give one group at a time of a grouped convolution, or add `layout` in-first for arrays of Keras"
        : "give the kernel of the layer that receives these activations, or add `layout` in-first for arrays of Keras",
    });
  }
  const { stride = null, padding = null } = input;
  const window = { size: kernel.positions, stride: stride ?? 1, padding: padding ?? 0 };
  const noise = findNoise(input.noise);
  if (noise !== undefined && noise.pivot !== 0 && window.padding > 0) {
    throw conflict("padding", {
      problem: `${window.padding} adds zeros that ${noise.name} leaves unchanged, which the closed form does not cover`,
      hint: "use `padding` 0, which leaves out the borders",
    });
  }
  return {
    maps: window,
    weights: weights.channels === "last" ? { shape: weights.shape, window: unpadded(kernel.positions) } : undefined,
    source: "weights",
    facts: { ...sharing(input, window), stride: window.stride, padding: window.padding },
  };
}

/** 2²⁸ numbers: 1 GB in single precision. */
const MOST_UNFOLDED = 268_435_456;

/** The patches of maps have to be there, and to have room in memory. */
function requirePatches(
  input: ScenarioInput,
  field: "activation" | "testActivation",
  { maps, window }: { readonly maps: ShapedArray; readonly window: Window },
): void {
  const { rows, columns } = unfoldedSize(maps, window);
  if (rows === 0) {
    throw conflict("weights", {
      problem: `${input.weights} is larger than the maps of \`${field}\` ${input[field]} of shape ${text(maps)}`,
      hint: "use a larger `padding`",
    });
  }
  if (rows * columns <= MOST_UNFOLDED) return;
  const gigabytes = (numbers: number) => `${((4 * numbers) / 1e9).toPrecision(3)} GB`;
  throw conflict(field, {
    problem: `${input[field]} unfolds to ${rows} patches of ${columns} numbers, ${gigabytes(rows * columns)}, above the limit of ${gigabytes(MOST_UNFOLDED)}`,
    hint: "export fewer samples",
  });
}

function unpadded(size: readonly number[]): Window {
  return { size, stride: 1, padding: 0 };
}

/** Spatial dropout drops what a row has of a channel. */
function sharing({ noise }: ScenarioInput, { size }: Window): Pick<ScenarioInput, "channelSize"> {
  return findNoise(noise)?.shares === "channel"
    ? { channelSize: size.reduce((product, length) => product * length, 1) }
    : {};
}

function isFlattened(activation: ShapedArray, window: Window | undefined): boolean {
  const { positions } = axesOf(activation);
  return window?.padding === 0 && positions.every((length, axis) => length === window.size[axis]);
}

/** Both modes have the same units; maps may be of another size, except where each is one row (`isWhole`). */
function requireAlike(input: ScenarioInput, { activation, testActivation, isWhole }: ModesSetting): void {
  const [train, test] = [activation, testActivation].map((array) => {
    const { channelCount, positions } = axesOf(array);
    return `${channelCount} ${isWhole ? positions : positions.length}`;
  });
  if (train === test) return;
  throw conflict("testActivation", {
    problem: `${input.testActivation} has the shape ${text(testActivation)}, but \`activation\` ${input.activation} has ${text(activation)}`,
    hint: "export both at the same layer (only the number of samples may differ)",
  });
}

interface ModesSetting {
  readonly activation: ShapedArray;
  readonly testActivation: ShapedArray;
  readonly isWhole: boolean;
}

function requireNoConvolution(input: ScenarioInput): void {
  const field = (["stride", "padding"] as const).find((name) => input[name] !== undefined && input[name] !== null);
  if (field === undefined) return;
  throw conflict(field, {
    problem: `${input[field]} is only for a convolution, and \`weights\` ${input.weights} is not a kernel over \`activation\` ${input.activation}`,
    hint: "leave it out, or give feature maps [samples, channels, …positions] and a kernel [neurons, channels, …size]",
  });
}

function drawnLayer(input: ScenarioInput, activation: ShapedArray): VshiftError {
  return conflict("layer", {
    problem: `linear needs weights of its own for \`activation\` ${input.activation} of shape ${text(activation)}`,
    hint: "add `weights` file:NAME, or reshape the activations to [samples, units]",
  });
}

function text({ shape }: ShapedArray): string {
  return `[${shape.join(", ")}]`;
}

function axes(count: number): string {
  return count === 1 ? "one axis" : `${count} axes`;
}

function conflict(
  field: keyof Scenario,
  { problem, hint }: { readonly problem: string; readonly hint: string },
): VshiftError {
  return new VshiftError({ code: "conflicting-fields", field, problem, hint });
}
