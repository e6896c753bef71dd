import { excerpt } from "../tensor/file-error.ts";
import { type StridedTensor, stridedTensor } from "../tensor/strided.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ChannelAxis } from "../tensor/unfold.ts";
import type { Computation } from "./computation.ts";
import type { ModelLayer } from "./graph.ts";
import type { KerasCall, KerasLayer } from "./keras-config.ts";
import { type Live, type MadeOf, type Shape, type TermOf, Unlike } from "./term.ts";

export type Term = TermOf<Live>;

export interface CallContext {
  readonly layer: KerasLayer;
  readonly call: KerasCall;
  readonly inputs: readonly Live[];
  /** Whether noise is on at test time, too. */
  readonly isTraining: boolean;
  /** With the names of the models that it is in: "block/bn". */
  readonly path: string;
  /** Where the axes of the model have the channels. */
  readonly channels: ChannelAxis;
  /** Major version of Keras; null where it is not known. */
  readonly version: number | null;
  /** A variable of the layer, by its name and its number among them. */
  readonly variable: (names: readonly string[], index: number) => StridedTensor | undefined;
  readonly numbersOf: (tensor: Tensor) => Float64Array;
  /** For what contradicts itself. */
  readonly refuse: (problem: string) => never;
}

/** A call of a layer; what its configuration says is `Unlike` where it is not of the type asked for. */
export class LayerCall {
  readonly className: string;
  readonly path: string;
  readonly inputs: readonly Live[];
  readonly operands: KerasCall["operands"];
  readonly isFunction: boolean;
  readonly isTraining: boolean;
  readonly isMasked: boolean;
  readonly channels: ChannelAxis;
  readonly version: number | null;
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.className = context.layer.className;
    this.path = context.path;
    this.inputs = context.inputs;
    this.operands = context.call.operands;
    this.isFunction = context.layer.isFunction;
    this.isTraining = context.isTraining;
    this.isMasked = context.call.isMasked;
    this.channels = context.channels;
    this.version = context.version;
    this.#context = context;
  }

  /** The same call of a layer with another configuration: one that is the activation of a layer. */
  with(className: string, config: unknown): LayerCall {
    const isConfig = typeof config === "object" && config !== null && !Array.isArray(config);
    const layer = { ...this.#context.layer, className, config: isConfig ? (config as KerasLayer["config"]) : {} };
    return new LayerCall({ ...this.#context, layer });
  }

  /** The only value that it reads, with so many axes of positions. */
  input(positions?: number): Live {
    const [input, ...others] = this.inputs;
    if (input === undefined || others.length > 0 || input.shape.length < 2) throw new Unlike();
    if (positions !== undefined && input.shape.length !== positions + 2) throw new Unlike();
    return input;
  }

  field(name: string): unknown {
    return this.#context.layer.config[name];
  }

  has(name: string): boolean {
    const value = this.field(name);
    return value !== undefined && value !== null;
  }

  number(name: string, fallback?: number): number {
    const value = this.has(name) ? this.field(name) : fallback;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new Unlike();
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.has(name) ? this.field(name) : fallback;
    if (typeof value === "boolean") return value;
    throw new Unlike();
  }

  text(name: string, fallback: string): string {
    const value = this.has(name) ? this.field(name) : fallback;
    if (typeof value === "string") return value;
    throw new Unlike();
  }

  /** Whole numbers from 1 for this many axes, of which one alone is for all. */
  whole(name: string, axes: number, fallback?: readonly number[]): readonly number[] {
    const value = this.has(name) ? this.field(name) : fallback;
    const list: readonly unknown[] = Array.isArray(value) ? value : Array.from({ length: axes }, () => value);
    const isWhole = (numbers: readonly unknown[]): numbers is readonly number[] =>
      numbers.every((one) => Number.isSafeInteger(one) && (one as number) >= 1);
    if (list.length !== axes || !isWhole(list)) throw new Unlike();
    return list;
  }

  /** Numbers of axes, in the order of the graph. */
  axes(name: string, rank: number, fallback: number): readonly number[] {
    const value = this.has(name) ? this.field(name) : fallback;
    return (Array.isArray(value) ? value : [value]).map((axis) => this.axis(axis, rank));
  }

  /** The number in the graph of an axis in Keras, which counts from the end where it is negative. */
  axis(axis: unknown, rank: number): number {
    if (!Number.isSafeInteger(axis)) throw new Unlike();
    const at = (axis as number) < 0 ? (axis as number) + rank : (axis as number);
    if (at < 0 || at >= rank) throw new Unlike();
    if (this.channels === "first" || at === 0) return at;
    return at === rank - 1 ? 1 : at + 1;
  }

  /** `Unlike` where this layer has its channels on another axis than the rest of the model. */
  requireFormat(): void {
    if (this.has("data_format") && this.text("data_format", "") !== `channels_${this.channels}`) throw new Unlike();
  }

  /** All variables of the layer, in this order; one that had another name once has both. They are `Unlike` unless they are floats. */
  variables(...names: readonly (string | readonly string[])[]): readonly StridedTensor[] {
    return names.map((name, index) => {
      const all = typeof name === "string" ? [name] : name;
      const found = this.#context.variable(all, index);
      if (found === undefined) return this.refuse(`has no ${all[0]} among the weights`);
      // A quantized kernel is not what multiplies.
      if (found.type.write === undefined) throw new Unlike();
      return found;
    });
  }

  /** A variable of this shape. */
  tensor(stored: StridedTensor, shape: Shape): Tensor {
    this.requireShape(stored, shape);
    return stridedTensor(stored);
  }

  /** The numbers of a variable that is a vector, which calls of the layer share. */
  vector(stored: StridedTensor, length: number): Float64Array {
    return this.#context.numbersOf(this.tensor(stored, [length]));
  }

  requireShape({ shape, name }: StridedTensor, expected: Shape): void {
    const isLike = shape.length === expected.length && shape.every((length, axis) => fits(length, expected[axis]));
    if (!isLike) this.refuse(`has ${name} of shape [${shape.join(", ")}], not [${expected.join(", ")}]`);
  }

  /** Refuses lengths that contradict each other; one that is open contradicts none. */
  requireLength(length: number | null | undefined, { is, what }: { readonly is: number; readonly what: string }): void {
    if (!fits(is, length)) this.refuse(`has ${is} ${what}, but reads ${length}`);
  }

  made(layer: ModelLayer, shape: Shape, ...from: readonly Term[]): MadeOf<Live> {
    return { kind: "made", layer, from, shape };
  }

  /** A number for all elements. */
  constant(value: number): MadeOf<Live> {
    const tensor = { name: "a number", shape: [], order: "C", values: () => Float64Array.of(value) } as const;
    return this.made({ kind: "constant", value: tensor }, []);
  }

  /** A number for each channel of a value of so many axes. */
  perChannel(values: Float64Array, rank: number): MadeOf<Live> {
    const shape = Array.from({ length: rank }, (_, axis) => (axis === 1 ? values.length : 1));
    const tensor = { name: "a number for each channel", shape, order: "C", values: () => values.slice() } as const;
    return this.made({ kind: "constant", value: tensor }, shape);
  }

  /** What is opaque to noise, and run unless it computes nothing that is known. */
  opaque(computes: Computation | null, shape: Shape, ...from: readonly Term[]): MadeOf<Live> {
    return this.made(
      { kind: "opaque", operation: `keras.${this.isFunction ? "ops." : ""}${excerpt(this.className)}`, computes },
      shape,
      ...from,
    );
  }

  refuse(problem: string): never {
    return this.#context.refuse(`${this.path} ${problem}`);
  }
}

function fits(length: number, expected: number | null | undefined): boolean {
  return expected === null || expected === undefined || length === expected;
}
