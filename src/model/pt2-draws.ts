import {
  addend,
  comparedDraws,
  type Draws,
  drawsOf,
  flooredDraws,
  multiplier,
  scaledDraws,
  sharing,
  shiftedDraws,
  UNKNOWN_DRAWS,
  UNKNOWN_NOISE,
} from "./draws.ts";
import type { NoiseOfModel } from "./graph.ts";
import type { Call, Drawn, Term, Value } from "./pt2-call.ts";
import { type Shape, Unlike } from "./term.ts";

// Noise that is written by hand: numbers are drawn, made into a mask or a multiplier, and change a value.

type DrawsRule = (call: Call) => Term;

/** What an operation gives that draws, or reads what was drawn; undefined for one without an entry. */
export function drawsLayerOf(call: Call): Term | undefined {
  return DRAWS_RULES.get(call.base)?.(call);
}

/** Where nothing else is known: further draws, or noise on the values that it reads. */
export function unknownDraws(shape: Shape, from: readonly Term[]): Term {
  if (from.length === 0) return { kind: "drawn", draws: UNKNOWN_DRAWS, shape };
  return { kind: "made", layer: UNKNOWN_NOISE, from, shape };
}

function draw(make: (call: Call) => Draws): DrawsRule {
  return (call) => ({ kind: "drawn", draws: make(call), shape: call.shape });
}

/** 1 with the probability that is given as a number. */
function bernoulli(call: Call): Draws {
  if (call.overload !== "p" && call.overload !== "float") throw new Unlike();
  const keep = call.number("p", 0.5);
  if (!(keep >= 0 && keep <= 1)) call.refuse(`has p ${keep}, which must be in [0, 1]`);
  return drawsOf({ law: "mask", keep });
}

function uniform(call: Call): Draws {
  const from = call.number("from", 0);
  return shiftedDraws(scaledDraws(drawsOf({ law: "uniform" }), call.number("to", 1) - from), from);
}

function normal(call: Call): Draws {
  return shiftedDraws(scaledDraws(drawsOf({ law: "normal" }), call.number("std", 1)), call.number("mean", 0));
}

/** The draws in another form. */
function changed(change: (draws: Draws, call: Call) => Draws): DrawsRule {
  return (call) => {
    const { draws } = drawnIn(call, "self");
    return { kind: "drawn", draws: change(draws, call), shape: call.shape };
  };
}

/** Keeps who shares a draw: the shape before. */
function expanded(call: Call): Term {
  const value = drawnIn(call, "self");
  if (value.shape.length !== call.shape.length) throw new Unlike();
  return value;
}

function compared(isBelow: boolean): DrawsRule {
  return changed((draws, call) => comparedDraws(draws, call.number("other"), isBelow));
}

/** Draws and a number, or a value and draws. */
function sum(sign: 1 | -1): DrawsRule {
  return (call) => {
    const by = sign * call.number("alpha", 1);
    if (call.isNumber("other")) return changed((draws) => shiftedDraws(draws, by * call.number("other")))(call);
    const [one, other] = [call.value("self"), call.value("other")];
    const isFirst = one.kind === "drawn";
    const [drawn, value] = isFirst ? [one, other] : [other, one];
    if (drawn.kind !== "drawn" || (isFirst && by !== 1)) throw new Unlike();
    return noiseOn(call, { value, shape: drawn.shape, noise: addend(scaledDraws(drawn.draws, isFirst ? 1 : by)) });
  };
}

/** other − alpha·self. */
function reversed(call: Call): Term {
  return changed((draws) => shiftedDraws(scaledDraws(draws, -call.number("alpha", 1)), call.number("other")))(call);
}

function product(call: Call): Term {
  if (call.isNumber("other")) return changed((draws) => scaledDraws(draws, call.number("other")))(call);
  const [one, other] = [call.value("self"), call.value("other")];
  const [drawn, value] = one.kind === "drawn" ? [one, other] : [other, one];
  if (drawn.kind !== "drawn") throw new Unlike();
  const { shape, draws } = drawn;
  const noise = multiplier(draws, 1);
  // As x/keep · mask, which is x itself at test time.
  const scale = noise === undefined ? call.scaleOf(value) : undefined;
  if (scale === undefined) return noiseOn(call, { value, shape, noise });
  return noiseOn(call, { value: scale.before, shape, noise: multiplier(draws, scale.factor) });
}

interface Meeting {
  readonly value: Value;
  /** Of the draws. */
  readonly shape: Shape;
  readonly noise: Omit<NoiseOfModel, "shares"> | undefined;
}

function noiseOn(call: Call, { value, shape, noise }: Meeting): Term {
  if (value.kind !== "live") throw new Unlike();
  const shares = sharing(shape, value.shape);
  if (noise === undefined || shares === undefined || value.shape.length !== call.shape.length) throw new Unlike();
  return noise.variance === 0 ? value : call.made({ ...noise, shares }, value);
}

function drawnIn(call: Call, name: string): Drawn {
  const value = call.value(name);
  if (value.kind === "drawn") return value;
  throw new Unlike();
}

const blank = draw(() => UNKNOWN_DRAWS);
const kept = changed((draws) => draws);

/** Operations of aten that draw, or take draws, without the "_" of those in place. */
const DRAWS_RULES: ReadonlyMap<string, DrawsRule> = new Map<string, DrawsRule>([
  // Memory for draws.
  ["empty", blank],
  ["empty_like", blank],
  ["new_empty", blank],
  ["bernoulli", draw(bernoulli)],
  ["rand", draw(() => drawsOf({ law: "uniform" }))],
  ["rand_like", draw(() => drawsOf({ law: "uniform" }))],
  ["uniform", draw(uniform)],
  ["randn", draw(() => drawsOf({ law: "normal" }))],
  ["randn_like", draw(() => drawsOf({ law: "normal" }))],
  ["normal", draw(normal)],
  ["fill", (call) => ({ kind: "constant", shape: call.shape, stored: null })],
  ["zero", (call) => ({ kind: "constant", shape: call.shape, stored: null })],
  ["add", sum(1)],
  ["sub", sum(-1)],
  ["rsub", reversed],
  ["mul", product],
  ["div", changed((draws, call) => scaledDraws(draws, 1 / divisor(call)))],
  ["neg", changed((draws) => scaledDraws(draws, -1))],
  ["floor", changed(flooredDraws)],
  ["lt", compared(true)],
  ["le", compared(true)],
  ["gt", compared(false)],
  ["ge", compared(false)],
  ["expand", expanded],
  ["to", kept],
  ["_to_copy", kept],
  ["clone", kept],
  ["contiguous", kept],
  ["detach", kept],
  ["alias", kept],
  ["view", kept],
  ["reshape", kept],
  ["unsqueeze", kept],
  ["squeeze", kept],
]);

function divisor(call: Call): number {
  const value = call.number("other");
  if (value === 0 || call.has("rounding_mode")) throw new Unlike();
  return value;
}
