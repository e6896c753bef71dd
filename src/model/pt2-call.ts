import { type StridedTensor, stridedTensor } from "../tensor/strided.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Computation } from "./computation.ts";
import type { Draws } from "./draws.ts";
import type { ModelLayer, ModelNode } from "./graph.ts";
import type { Argument, ProgramCall } from "./pt2-program.ts";
import { isSame, type Live, type MadeOf, type Rest, type Shape, type TermOf, Unlike } from "./term.ts";

/** What a name of the program stands for. */
export type Value = Live | Idle;

/** What has no node, unless a layer reads it as its input. */
export type Idle = Constant | Drawn | Rest;

/** What depends on no input: a stored tensor by its name or as it is read, or what is made of such. */
export interface Constant {
  readonly kind: "constant";
  readonly shape: Shape;
  readonly stored: string | StridedTensor | null;
  /** Of what is not stored itself; null where operations make it that are not run. */
  readonly made?: Tensor | null;
}

/** Random numbers that depend on no input. */
export interface Drawn {
  readonly kind: "drawn";
  readonly draws: Draws;
  readonly shape: Shape;
}

export type Term = TermOf<Value>;

interface Context {
  /** Of the first output. */
  readonly shape: Shape;
  readonly dtype: number;
  /** All that the call reads. */
  readonly read: readonly Value[];
  readonly valueNamed: (name: string) => Value;
  readonly layerAt: (node: number) => Pick<ModelNode, "layer" | "from">;
  readonly tensorOf: (name: string) => StridedTensor;
  readonly numbersOf: (stored: StridedTensor, tensor: Tensor) => Float64Array;
  /** For what contradicts itself. */
  readonly refuse: (problem: string) => never;
}

/** The call of an operation; its arguments are `Unlike` where they are not of the type asked for. */
export class Call {
  readonly operation: string;
  readonly isAten: boolean;
  /** "relu" of "aten.relu_.default". */
  readonly base: string;
  readonly overload: string;
  readonly shape: Shape;
  readonly dtype: number;
  readonly #given: ReadonlyMap<string, Argument>;
  readonly #context: Context;

  constructor({ operation, arguments: given }: ProgramCall, context: Context) {
    const [space, base = "", overload = "default"] = operation.split(".");
    this.operation = operation;
    this.isAten = space === "aten";
    this.base = base.endsWith("_") ? base.slice(0, -1) : base;
    this.overload = overload;
    this.shape = context.shape;
    this.dtype = context.dtype;
    this.#given = given;
    this.#context = context;
  }

  /** Whether it gives something else at each run. */
  isRandom(): boolean {
    return (this.isAten && RANDOM.has(this.base)) || this.#context.read.some(({ kind }) => kind === "drawn");
  }

  /** A value that was multiplied by a number just before, and the number. */
  scaleOf(value: Value): { readonly before: Value; readonly factor: number } | undefined {
    if (value.kind !== "live") return undefined;
    const { layer, from } = this.#context.layerAt(value.node);
    const [node] = from;
    if (layer.kind !== "scale" || node === undefined) return undefined;
    return { before: { ...value, node }, factor: layer.factor };
  }

  has(name: string): boolean {
    const kind = this.#given.get(name)?.kind;
    return kind !== undefined && kind !== "none";
  }

  value(name: string): Value {
    const argument = this.#given.get(name);
    if (argument?.kind === "tensor") return this.#context.valueNamed(argument.name);
    throw new Unlike();
  }

  /** The value that a layer passes on. */
  live(name: string): Value {
    const value = this.value(name);
    if (value.kind === "constant" || value.kind === "drawn") throw new Unlike();
    return value;
  }

  /** The live value that a function of an element is of, under either of the names that it has. */
  subject(): Value {
    const value = this.live(this.has("self") ? "self" : "input");
    if (!isSame(value.shape, this.shape)) throw new Unlike();
    return value;
  }

  values(name: string): readonly Value[] {
    const argument = this.#given.get(name);
    if (argument?.kind === "tensors") return argument.names.map(this.#context.valueNamed);
    throw new Unlike();
  }

  isNumber(name: string): boolean {
    return this.#given.get(name)?.kind === "number";
  }

  numbers(name: string): readonly number[] | undefined {
    const argument = this.#given.get(name);
    return argument?.kind === "numbers" ? argument.values : undefined;
  }

  number(name: string, fallback?: number): number {
    const argument = this.#given.get(name);
    if (argument?.kind === "number") return argument.value;
    if (argument === undefined && fallback !== undefined) return fallback;
    throw new Unlike();
  }

  flag(name: string, fallback: boolean): boolean {
    const argument = this.#given.get(name);
    if (argument?.kind === "flag") return argument.value;
    if (argument === undefined) return fallback;
    throw new Unlike();
  }

  text(name: string, fallback?: string): string {
    const argument = this.#given.get(name);
    if (argument?.kind === "text") return argument.value;
    if (argument === undefined && fallback !== undefined) return fallback;
    throw new Unlike();
  }

  /** Whole numbers for this many axes, of which one alone is for all. */
  whole(name: string, { axes, least, fallback }: WholeNumbers): readonly number[] {
    const argument = this.#given.get(name);
    const values =
      argument?.kind === "numbers"
        ? argument.values
        : argument === undefined && fallback === undefined
          ? []
          : [this.number(name, fallback)];
    const whole = values.length === 1 ? Array.from({ length: axes }, () => values[0] as number) : values;
    if (whole.length !== axes) throw new Unlike();
    const wrong = whole.find((value) => !Number.isSafeInteger(value) || value < least);
    if (wrong !== undefined) this.refuse(`has ${name} ${wrong}, which must be a whole number from ${least}`);
    return whole;
  }

  /** Numbers of axes, which count from the end where they are negative; undefined where the argument is not there. */
  axes(name: string, rank: number): readonly number[] | undefined {
    const argument = this.#given.get(name);
    if (argument === undefined || argument.kind === "none") return undefined;
    const axes = argument.kind === "numbers" ? argument.values : [this.number(name)];
    return axes.map((axis) => (axis < 0 ? axis + rank : axis));
  }

  /** The stored tensor that an argument is. */
  strided(name: string): StridedTensor {
    const value = this.value(name);
    if (value.kind !== "constant" || value.stored === null) throw new Unlike();
    return typeof value.stored === "string" ? this.#context.tensorOf(value.stored) : value.stored;
  }

  /** The numbers of what depends on no input; null where they are not known. */
  constant({ stored, made = null }: Constant): Tensor | null {
    return stored === null ? made : stridedTensor(typeof stored === "string" ? this.#context.tensorOf(stored) : stored);
  }

  /** The numbers of a stored vector of this length; null where the argument is left out. */
  vector(name: string, length: number): Float64Array | null {
    const tensor = this.bias(name, length);
    return tensor && this.#context.numbersOf(this.strided(name), tensor);
  }

  bias(name: string, length: number): Tensor | null {
    if (!this.has(name)) return null;
    const stored = this.strided(name);
    if (!isSame(stored.shape, [length]))
      this.refuse(`has ${name} of shape [${stored.shape.join(", ")}], not [${length}]`);
    return stridedTensor(stored);
  }

  /** What is run, and is opaque to noise. */
  opaque(computes: Computation, ...from: readonly Term[]): MadeOf<Value> {
    return this.made({ kind: "opaque", operation: this.operation, computes }, ...from);
  }

  made(layer: ModelLayer, ...from: readonly Term[]): MadeOf<Value> {
    return { kind: "made", layer, from, shape: this.shape };
  }

  refuse(problem: string): never {
    return this.#context.refuse(`${this.operation} ${problem}`);
  }

  /** Refuses lengths that contradict each other; one that is open contradicts none. */
  requireLength(length: number | null | undefined, { is, what }: { readonly is: number; readonly what: string }): void {
    if (length !== null && length !== is) this.refuse(`has ${length ?? "no"} ${what}, not ${is}`);
  }
}

interface WholeNumbers {
  readonly axes: number;
  readonly least: number;
  readonly fallback?: number;
}

/** What gives something else at each run. */
const RANDOM = new Set([
  ...["bernoulli", "normal", "uniform", "rand", "rand_like", "randn", "randn_like", "randint", "randint_like"],
  ...["randperm", "exponential", "geometric", "cauchy", "log_normal", "poisson", "binomial", "multinomial"],
  ...["dropout", "native_dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout", "random", "rrelu"],
  // Its memory holds anything until something is drawn into it.
  ...["empty", "empty_like", "new_empty", "empty_strided", "empty_permuted"],
]);
