import { ELEMENT_TYPES } from "../tensor/element-type.ts";
import { elementCount } from "../tensor/shape.ts";
import type { StridedTensor } from "../tensor/strided.ts";
import { isKnown, shapeAfter } from "./onnx-axes.ts";
import type { Call, Constant, Value } from "./onnx-call.ts";
import { FLOATING, stridesOf } from "./onnx-tensors.ts";
import { Unlike } from "./term.ts";

/** What depends on stored tensors, or on the lengths of a value, alone: itself in other axes, or a list of lengths. */
export function constantOf(call: Call): Constant {
  try {
    const rule = call.isOwn ? RULES.get(call.base) : undefined;
    if (rule !== undefined) return rule(call);
  } catch (error) {
    if (!(error instanceof Unlike)) throw error;
  }
  return { kind: "constant", shape: [], stored: null, lengths: null };
}

/** Whether an operation gives the same for all inputs of the network. */
export function isConstant({ isOwn, base }: Call, values: readonly Value[]): boolean {
  if (isOwn && RANDOM.has(base)) return false;
  return (isOwn && base === "Shape") || values.every(({ kind }) => kind === "constant");
}

const RANDOM: ReadonlySet<string> = new Set([
  ...["Dropout", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"],
]);

export function storedConstant(stored: StridedTensor): Constant {
  return { kind: "constant", shape: stored.shape, stored, lengths: null };
}

function lengthsConstant(lengths: readonly (number | null)[], shape: readonly number[]): Constant {
  return { kind: "constant", shape, stored: null, lengths };
}

type Rule = (call: Call) => Constant;

function inputOf(call: Call): Constant {
  const value = call.value(0);
  if (value.kind === "constant") return value;
  throw new Unlike();
}

/** The attribute that an operation without inputs gives. */
function written(call: Call): Constant {
  const stored = call.tensor("value");
  if (stored) return storedConstant(stored);
  const list = call.list("value_ints");
  if (call.hasAttribute("value_ints") && list !== undefined) return lengthsConstant(list, [list.length]);
  if (call.hasAttribute("value_int")) return lengthsConstant([call.integer("value_int", 0)], []);
  const numbers = call.hasAttribute("value_float") ? [call.number("value_float", 0)] : call.numbers("value_floats");
  if (numbers === undefined) throw new Unlike();
  return storedConstant(doubles(numbers, call.hasAttribute("value_float") ? [] : [numbers.length]));
}

/** Numbers that stand in the graph rather than among its tensors. */
function doubles(numbers: readonly number[], shape: readonly number[]): StridedTensor {
  const bytes = new Uint8Array(8 * numbers.length);
  const view = new DataView(bytes.buffer);
  for (const [at, number] of numbers.entries()) view.setFloat64(8 * at, number, true);
  const storage = { size: bytes.length, littleEndian: true, bytes: () => bytes };
  return { name: "", shape, strides: stridesOf(shape), offset: 0, type: ELEMENT_TYPES.float64, storage, where: "" };
}

function unchanged(call: Call): Constant {
  const value = inputOf(call);
  if (call.base === "Cast" && value.stored !== null && !FLOATING.has(call.integer("to", 0))) {
    return lengthsConstant(call.integers(0) ?? [], value.shape);
  }
  return value;
}

function permuted(call: Call): Constant {
  const stored = call.strided(0);
  const axes = call.list("perm") ?? stored.shape.map((_, axis) => stored.shape.length - 1 - axis);
  const isOrder = axes.length === stored.shape.length && new Set(axes).size === axes.length;
  if (!isOrder || !axes.every((axis) => axis in stored.shape)) throw new Unlike();
  const of = (list: readonly number[]) => axes.map((axis) => list[axis] as number);
  return storedConstant({ ...stored, shape: of(stored.shape), strides: of(stored.strides) });
}

function reshaped(call: Call): Constant {
  const { shape, stored, lengths } = inputOf(call);
  const after = shapeAfter(call, shape);
  if (!isKnown(after) || elementCount(after) !== elementCount(shape)) throw new Unlike();
  if (lengths !== null) return lengthsConstant(lengths, after);
  const isInOrder = stored !== null && stored.strides.join() === stridesOf(stored.shape).join();
  if (!isInOrder) throw new Unlike();
  return storedConstant({ ...stored, shape: after, strides: stridesOf(after) });
}

function ofLengths(call: Call): Constant {
  const { kind, shape } = call.value(0);
  if (kind !== "constant" && shape.length === 0) throw new Unlike();
  const axes = shape.map((_, axis) => axis);
  const from = call.integer("start", 0);
  const to = call.hasAttribute("end") ? call.integer("end", 0) : shape.length;
  const part = axes.slice(from, to).map((axis) => shape[axis] as number | null);
  return lengthsConstant(part, [part.length]);
}

function gathered(call: Call): Constant {
  const lengths = listIn(call, 0);
  const value = call.value(1);
  const indices = call.integers(1) ?? [];
  const picked = indices.map((index) => {
    const length = lengths.at(index ?? lengths.length);
    if (length === undefined) throw new Unlike();
    return length;
  });
  return lengthsConstant(picked, value.kind === "constant" ? value.shape : []);
}

/** One slice of a list. */
function sliced(call: Call): Constant {
  const lengths = listIn(call, 0);
  const [from, ...moreFrom] = call.list("starts") ?? call.integers(1) ?? [];
  const [to] = call.list("ends") ?? call.integers(2) ?? [];
  const [step = 1] = call.integers(4) ?? [];
  if (typeof from !== "number" || typeof to !== "number" || moreFrom.length > 0 || step !== 1) throw new Unlike();
  const part = lengths.slice(from, to);
  return lengthsConstant(part, [part.length]);
}

function joined(call: Call): Constant {
  const all = call.values().flatMap((_, input) => listIn(call, input));
  if (all.length > MOST_LENGTHS) throw new Unlike();
  return lengthsConstant(all, [all.length]);
}

function listIn(call: Call, input: number): readonly (number | null)[] {
  const value = call.value(input);
  const lengths = call.integers(input);
  if (value.kind !== "constant" || value.shape.length !== 1 || lengths === undefined) throw new Unlike();
  return lengths;
}

const MOST_LENGTHS = 64;

const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Constant", written],
  ["Identity", unchanged],
  ["Cast", unchanged],
  ["CastLike", unchanged],
  ["Transpose", permuted],
  ["Reshape", reshaped],
  ["Flatten", reshaped],
  ["Squeeze", reshaped],
  ["Unsqueeze", reshaped],
  ["Shape", ofLengths],
  ["Gather", gathered],
  ["Slice", sliced],
  ["Concat", joined],
]);
