import { excerpt } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";
import { type StridedTensor, stridedTensor } from "../tensor/strided.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Computation } from "./computation.ts";
import type { ModelLayer, ModelNode } from "./graph.ts";
import type { Attribute, Node, Tensor as StoredTensor } from "./onnx_pb.ts";
import { isSame, type Live, type MadeOf, type Rest, type Shape, type TermOf, Unlike } from "./term.ts";

/** What a name of the graph stands for. */
export type Value = Live | Constant | Rest;

/** What depends on no input, or on the lengths of its axes alone. */
export interface Constant {
  readonly kind: "constant";
  readonly shape: readonly number[];
  /** As it is stored; null for what operations make of such. */
  readonly stored: StridedTensor | null;
  /** Of a number, or a list of numbers, that is made of lengths; null for one that the file leaves open. */
  readonly lengths: readonly (number | null)[] | null;
}

export type Term = TermOf<Value>;

interface Context {
  /** Version of ONNX's operators. */
  readonly version: number;
  readonly valueNamed: (name: string) => Value;
  readonly nodeAt: (node: number) => ModelNode;
  readonly stridedOf: (stored: StoredTensor) => StridedTensor | null;
  readonly numbersOf: (tensor: StridedTensor) => Float64Array;
  /** For what contradicts itself. */
  readonly refuse: (problem: string) => never;
}

/** A node of the file; its inputs and attributes are `Unlike` where they are not of the kind asked for. */
export class Call {
  /** As messages name it: "onnx.Relu", or with the domain of others. */
  readonly operation: string;
  readonly base: string;
  /** Whether it is one of ONNX's own operators. */
  readonly isOwn: boolean;
  readonly version: number;
  readonly #node: Node;
  readonly #context: Context;

  constructor(node: Node, context: Context) {
    this.isOwn = node.domain === "" || node.domain === OWN_DOMAIN;
    this.operation = `${this.isOwn ? "onnx" : node.domain}.${node.operation}`;
    this.base = node.operation;
    this.version = context.version;
    this.#node = node;
    this.#context = context;
  }

  /** Path of the module that it belongs to. */
  get module(): string {
    return moduleOf(this.#node.name);
  }

  get name(): string {
    return this.#node.name;
  }

  get outputCount(): number {
    return this.#node.outputs.length;
  }

  nameOf(input: number): string {
    return this.#node.inputs[input] ?? "";
  }

  has(input: number): boolean {
    return this.nameOf(input) !== "";
  }

  value(input: number): Value {
    if (!this.has(input)) throw new Unlike();
    return this.#context.valueNamed(this.nameOf(input));
  }

  /** The value that a layer passes on. */
  live(input = 0): Live | Rest {
    const value = this.value(input);
    if (value.kind === "constant") throw new Unlike();
    return value;
  }

  /** All that it reads. */
  values(): readonly Value[] {
    return this.#node.inputs.flatMap((_, input) => (this.has(input) ? [this.value(input)] : []));
  }

  /** The node that was made for a value. */
  nodeOf(value: Value): ModelNode | undefined {
    return value.kind === "live" ? this.nodeAt(value.node) : undefined;
  }

  nodeAt(node: number): ModelNode {
    return this.#context.nodeAt(node);
  }

  /** The stored tensor that an input is. */
  strided(input: number): StridedTensor {
    const value = this.value(input);
    if (value.kind !== "constant" || value.stored === null) throw new Unlike();
    return value.stored;
  }

  /** A stored vector of this length; null where the input is left out. */
  vector(input: number, length: number): Float64Array | null {
    const tensor = this.bias(input, [length]);
    return tensor && this.#context.numbersOf(this.strided(input));
  }

  /** A stored tensor of this shape; null where the input is left out. */
  bias(input: number, shape: readonly number[]): Tensor | null {
    if (!this.has(input)) return null;
    const stored = this.strided(input);
    if (isSame(stored.shape, shape)) return stridedTensor(stored);
    return this.refuse(`has input ${input} of shape [${stored.shape.join(", ")}], not [${shape.join(", ")}]`);
  }

  /** The whole numbers of an input, null for those that the file leaves open; undefined where it is left out. */
  integers(input: number): readonly (number | null)[] | undefined {
    if (!this.has(input)) return undefined;
    const value = this.value(input);
    if (value.kind === "constant" && value.lengths !== null) return value.lengths;
    const numbers = this.elements(input);
    if (!numbers.every(Number.isInteger)) throw new Unlike();
    // The largest there is stands for the end of an axis.
    return numbers.map((number) => Math.min(LARGEST, Math.max(-LARGEST, number)));
  }

  /** The numbers of a short list that is stored. */
  elements(input: number): readonly number[] {
    const stored = this.strided(input);
    if ((elementCount(stored.shape) ?? MOST_ELEMENTS) >= MOST_ELEMENTS) throw new Unlike();
    return [...this.#context.numbersOf(stored)];
  }

  /** The only number of an input; the fallback where it is left out. */
  single(input: number, fallback?: number): number {
    if (!this.has(input) && fallback !== undefined) return fallback;
    const number = this.singleOf(this.value(input));
    if (number === undefined) throw new Unlike();
    return shortest(number);
  }

  /** The number of a constant that has one element. */
  singleOf(value: Value): number | undefined {
    if (value.kind !== "constant" || value.stored === null || elementCount(value.shape) !== 1) return undefined;
    return this.#context.numbersOf(value.stored)[0];
  }

  hasAttribute(name: string): boolean {
    return this.#attribute(name) !== undefined;
  }

  number(name: string, fallback: number): number {
    const attribute = this.#attribute(name);
    return attribute === undefined ? fallback : shortest(attribute.number);
  }

  numbers(name: string): readonly number[] | undefined {
    return this.#attribute(name)?.numbers;
  }

  integer(name: string, fallback: number): number {
    const attribute = this.#attribute(name);
    return attribute === undefined ? fallback : Number(attribute.integer);
  }

  text(name: string, fallback: string): string {
    const attribute = this.#attribute(name);
    return attribute === undefined ? fallback : new TextDecoder().decode(attribute.text.subarray(0, LONGEST_TEXT));
  }

  tensor(name: string): StridedTensor | null | undefined {
    const tensor = this.#attribute(name)?.tensor;
    return tensor && this.#context.stridedOf(tensor);
  }

  list(name: string): readonly number[] | undefined {
    return this.#attribute(name)?.integers.map(Number);
  }

  /** Whole numbers for this many axes. */
  whole(name: string, { axes, least, fallback }: WholeNumbers): readonly number[] {
    const values = this.list(name) ?? Array.from({ length: axes }, () => fallback);
    if (values.length !== axes) this.refuse(`has ${name} of ${values.length} numbers, not ${axes}`);
    const wrong = values.find((value) => !Number.isSafeInteger(value) || value < least);
    if (wrong !== undefined) this.refuse(`has ${name} ${wrong}, which must be a whole number from ${least}`);
    return values;
  }

  /** Numbers of axes from an input, as in later versions, or an attribute; undefined where there are none. */
  axes(input: number, rank: number, name = "axes"): readonly number[] | undefined {
    const axes = this.list(name) ?? this.integers(input);
    return axes?.map((axis) => this.#axisOf(axis, rank));
  }

  axis(name: string, fallback: number, rank: number): number {
    return this.#axisOf(this.integer(name, fallback), rank);
  }

  /** Negative ones count from the end. */
  #axisOf(axis: number | null, rank: number): number {
    const from = axis !== null && axis < 0 ? axis + rank : axis;
    if (from === null || !(from >= 0 && from < rank)) throw new Unlike();
    return from;
  }

  /** What is run, and is opaque to noise. */
  opaque(computes: Computation, shape: Shape, ...from: readonly Term[]): MadeOf<Value> {
    return this.made({ kind: "opaque", operation: this.operation, computes }, shape, ...from);
  }

  made(layer: ModelLayer, shape: Shape, ...from: readonly Term[]): MadeOf<Value> {
    return { kind: "made", layer, from, shape };
  }

  refuse(problem: string): never {
    return this.#context.refuse(`${excerpt(this.name || this.base)} ${problem}`);
  }

  /** Refuses lengths that contradict each other; one that is open contradicts none. */
  requireLength(length: number | null | undefined, { is, what }: { readonly is: number; readonly what: string }): void {
    if (length !== null && length !== is) this.refuse(`has ${length ?? "no"} ${what}, not ${is}`);
  }

  #attribute(name: string): Attribute | undefined {
    return this.#node.attributes.find((attribute) => attribute.name === name);
  }
}

interface WholeNumbers {
  readonly axes: number;
  readonly least: number;
  readonly fallback: number;
}

const OWN_DOMAIN = "ai.onnx";

const LARGEST = Number.MAX_SAFE_INTEGER;

/** Shapes and lists of axes are shorter. */
const MOST_ELEMENTS = 256;

const LONGEST_TEXT = 64;

/** What stands for a number in single precision in a program: 0.1, and not 0.10000000149011612. */
function shortest(number: number): number {
  for (const digits of [6, 7, 8]) {
    const decimal = Number(number.toPrecision(digits));
    if (Math.fround(decimal) === number) return decimal;
  }
  return number;
}

/**
 * The path in the name of a node by torch.onnx, "/layer1/layer1.0/bn1/BatchNormalization"; empty for names of other kinds. An entry
 * of a list of modules has the list's name, too.
 */
function moduleOf(name: string): string {
  if (!name.startsWith("/")) return "";
  const path: string[] = [];
  for (const part of name.split("/").slice(1, -1)) {
    if (part.startsWith(`${path.at(-1)}.`)) path.pop();
    path.push(part);
  }
  return path.join(".");
}
