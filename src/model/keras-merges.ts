import type { LayerCall, Term } from "./keras-call.ts";
import { type Shape, Unlike } from "./term.ts";

/** A layer that makes one value of several; undefined for one of another class. */
export function merged(call: LayerCall): Term | undefined {
  return LAYERS.get(call.className)?.(call);
}

/** The same for a function of keras.ops, such as the one that x + y is. */
export function arithmetic(call: LayerCall): Term | undefined {
  return FUNCTIONS.get(call.className)?.(call);
}

type Rule = (call: LayerCall) => Term;

function add(call: LayerCall): Term {
  const terms = alike(call, operandsOf(call));
  return call.made({ kind: "add" }, shapeOfAll(terms), ...terms);
}

function subtract(call: LayerCall): Term {
  const [one, other, ...rest] = alike(call, operandsOf(call));
  if (one === undefined || other === undefined || rest.length > 0) throw new Unlike();
  return call.made({ kind: "add" }, shapeOfAll([one, other]), one, scaled(call, other, -1));
}

function average(call: LayerCall): Term {
  const terms = alike(call, operandsOf(call));
  const shape = shapeOfAll(terms);
  return scaled(call, call.made({ kind: "add" }, shape, ...terms), 1 / terms.length);
}

/** By numbers, and of values two by two. */
function multiply(call: LayerCall): Term {
  const operands = operandsOf(call);
  const factor = operands.reduce<number>((product, one) => (typeof one === "number" ? product * one : product), 1);
  const [first, ...others] = alike(
    call,
    operands.filter((one) => typeof one !== "number"),
  );
  if (first === undefined) throw new Unlike();
  const product = others.reduce<Term>(
    (one, other) => call.made({ kind: "multiply" }, shapeOfAll([one, other]), one, other),
    first,
  );
  return scaled(call, product, factor);
}

function divide(call: LayerCall): Term {
  const operands = operandsOf(call);
  const [one, other, ...rest] = operands;
  if (one === undefined || other === undefined || typeof one === "number" || rest.length > 0) throw new Unlike();
  if (typeof other === "number") return scaled(call, one, 1 / other);
  const [value, divisor] = alike(call, [one, other]) as [Term, Term];
  return call.opaque({ name: "quotient" }, shapeOfAll([value, divisor]), value, divisor);
}

function concatenate(call: LayerCall): Term {
  const terms = operandsOf(call).filter((one) => typeof one !== "number");
  const [first] = terms;
  const rank = first?.shape.length ?? 0;
  const [axis = 0] = call.axes("axis", rank, -1);
  const isAlike = terms.every(({ shape }) => shape.length === rank);
  if (first === undefined || axis === 0 || !isAlike || terms.length !== call.inputs.length) throw new Unlike();
  const lengths = terms.map(({ shape }) => shape[axis] ?? null);
  const all = lengths.reduce((sum, length) => (sum === null || length === null ? null : sum + length), 0);
  const shape = first.shape.map((_, at) =>
    at === axis ? all : commonLength(terms.map((term) => term.shape[at] ?? null)),
  );
  if (axis !== 1) return call.opaque({ name: "join", axis }, shape, ...terms);
  return call.made({ kind: "concat" }, shape, ...terms);
}

/** What is merged, in order: values, and numbers among the arguments. */
function operandsOf(call: LayerCall): readonly (Term | number)[] {
  const values = [...call.inputs];
  if (values.length === 0) throw new Unlike();
  if (!call.operands.some((one) => one !== null)) return values;
  const operands = call.operands.map((one) => one ?? values.shift());
  const known = operands.filter((one) => one !== undefined);
  if (known.length < operands.length || values.length > 0) throw new Unlike();
  return known;
}

/** Values with as many axes each, as the layers of Keras make them; numbers as constants. */
function alike(call: LayerCall, operands: readonly (Term | number)[]): readonly Term[] {
  const rank = Math.max(...operands.map((one) => (typeof one === "number" ? 0 : one.shape.length)));
  return operands.map((one) => {
    if (typeof one === "number") return call.constant(one);
    const missing = rank - one.shape.length;
    if (missing === 0) return one;
    // The layers put new axes behind the samples; functions put them first of all.
    if (call.isFunction || call.channels === "first" || one.shape.length < 2) throw new Unlike();
    const [samples = null, channels = null, ...positions] = one.shape;
    const ones = Array.from({ length: missing }, () => 1);
    return call.made({ kind: "reshape" }, [samples, channels, ...ones, ...positions], one);
  });
}

function scaled(call: LayerCall, term: Term, factor: number): Term {
  if (!Number.isFinite(factor)) throw new Unlike();
  return factor === 1 ? term : call.made({ kind: "scale", factor }, term.shape, term);
}

/** That of a sum or a product, in which a length of 1 stands for any. */
function shapeOfAll(terms: readonly Term[]): Shape {
  const whole = terms.filter(({ shape }) => shape.length > 0);
  return (whole[0]?.shape ?? []).map((_, axis) => commonLength(whole.map(({ shape }) => shape[axis] ?? null)));
}

/** 1 where all are 1; null where only open lengths are left. */
function commonLength(lengths: readonly (number | null)[]): number | null {
  const others = lengths.filter((length) => length !== 1);
  if (others.length === 0) return 1;
  const known = new Set(others.filter((length) => length !== null));
  if (known.size > 1) throw new Unlike();
  const [length = null] = known;
  return length;
}

const FUNCTIONS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Add", add],
  ["Subtract", subtract],
  ["Multiply", multiply],
  ["TrueDivide", divide],
  ["Divide", divide],
  ["Negative", (call) => scaled(call, call.input(), -1)],
]);

const LAYERS: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["Add", add],
  ["Subtract", subtract],
  ["Multiply", multiply],
  ["Average", average],
  ["Concatenate", concatenate],
]);
