import type { PointwiseFunction, PointwiseName } from "../activations/pointwise.ts";
import { excerpt } from "../tensor/file-error.ts";
import type { ModelLayer } from "./graph.ts";
import type { LayerCall, Term } from "./keras-call.ts";
import { Unlike } from "./term.ts";

/** A value behind the function that a layer has as its `activation`: one of Keras by its name, one of the user's own, or a layer. */
export function activated(call: LayerCall, term: Term): Term {
  const given = call.field("activation");
  if (given === undefined || given === null || given === "linear") return term;
  if (typeof given === "string") return behind(call, term, FUNCTIONS.get(given) ?? unknown(given));
  const { class_name: className, config, module } = given as Readonly<Record<string, unknown>>;
  if (typeof config === "string") {
    const isOfKeras = typeof module === "string" && module.startsWith("keras");
    return behind(call, term, (isOfKeras ? FUNCTIONS.get(config) : undefined) ?? unknown(config));
  }
  const name = typeof className === "string" ? className : "activation";
  return layerBehind(call.with(name, config), () => term) ?? behind(call, term, unknown(name));
}

/** A layer that is a function of its input; undefined for one of another class. */
export function activationLayer(call: LayerCall): Term | undefined {
  return layerBehind(call, () => call.input());
}

function layerBehind(call: LayerCall, term: () => Term): Term | undefined {
  if (call.className === "Activation") return activated(call, term());
  const effect = LAYERS.get(call.className);
  return effect && behind(call, term(), effect);
}

/** What a function does to a value of so many axes. */
type Effect = (call: LayerCall, rank: number) => ModelLayer;

function behind(call: LayerCall, term: Term, effect: Effect): Term {
  return call.made(effect(call, term.shape.length), term.shape, term);
}

function unknown(name: string): Effect {
  return () => ({ kind: "opaque", operation: `keras.${excerpt(name)}`, computes: null });
}

function pointwise(name: PointwiseName, ...parameters: readonly number[]): Effect {
  return () => ({ kind: "activation", activation: { name, parameters } });
}

function softmax(isLogarithm: boolean): Effect {
  return (call, rank) => {
    const [axis, ...others] = call.axes("axis", rank, -1);
    if (axis === undefined || axis === 0 || others.length > 0 || call.isMasked) throw new Unlike();
    const computes = { name: "softmax", axis, isLogarithm } as const;
    return { kind: "opaque", operation: `keras.${isLogarithm ? "log_softmax" : "softmax"}`, computes };
  };
}

/** Of Keras 2, another function: 0.2·x + 0.5 within [0, 1]. */
function hardSigmoid(call: LayerCall, rank: number): ModelLayer {
  const isOfKeras3 = call.version === null || call.version >= 3;
  return (isOfKeras3 ? pointwise("hardsigmoid") : unknown("hard_sigmoid"))(call, rank);
}

/** Of keras.activations by name, with the defaults that they have there. */
const FUNCTIONS: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ["relu", pointwise("relu")],
  ["relu6", pointwise("hardtanh", 0, 6)],
  ["leaky_relu", pointwise("leaky_relu", 0.2)],
  ["elu", pointwise("elu", 1)],
  ["gelu", pointwise("gelu")],
  ["silu", pointwise("silu")],
  ["swish", pointwise("silu")],
  ["tanh", pointwise("tanh")],
  ["sigmoid", pointwise("sigmoid")],
  ["hard_sigmoid", hardSigmoid],
  ["hard_silu", pointwise("hardswish")],
  ["hard_swish", pointwise("hardswish")],
  ["hard_tanh", pointwise("hardtanh", -1, 1)],
  ["softmax", softmax(false)],
  ["log_softmax", softmax(true)],
]);

/** max_value where x ≥ max_value, x from `threshold` on, and negative_slope·(x − threshold) below. */
function relu(call: LayerCall): ModelLayer {
  const slope = call.number("negative_slope", 0);
  const isLimited = call.has("max_value");
  if (call.number("threshold", 0) !== 0 || (isLimited && slope !== 0)) throw new Unlike();
  const limit = isLimited ? call.number("max_value") : 0;
  if (limit < 0) throw new Unlike();
  const activation: PointwiseFunction = isLimited
    ? { name: "hardtanh", parameters: [0, limit] }
    : slope === 0
      ? { name: "relu", parameters: [] }
      : { name: "leaky_relu", parameters: [slope] };
  return { kind: "activation", activation };
}

const LAYERS: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ["ReLU", relu],
  // Keras 2 calls it alpha.
  [
    "LeakyReLU",
    (call, rank) => pointwise("leaky_relu", call.number("negative_slope", call.number("alpha", 0.3)))(call, rank),
  ],
  ["ELU", (call, rank) => pointwise("elu", call.number("alpha", 1))(call, rank)],
  ["Softmax", softmax(false)],
]);
