import { findLaw } from "../laws/laws.ts";
import { lowestCorrelation } from "../numeric/moments.ts";
import { didYouMean } from "../suggestion.ts";
import { withoutDefaults } from "./defaults.ts";
import { networkError, part } from "./error.ts";
import {
  type InputLayer,
  inputMeanOf,
  isFileName,
  type LayerWeights,
  positionsOf,
  type Shape,
  type WrittenLayer,
} from "./graph.ts";
import { type Token, tokensOf } from "./tokens.ts";
import type { Element, LayerElement, Tree } from "./tree.ts";
import { NO_VARIABLES, type Variables, withValues } from "./variables.ts";
import {
  BRANCHES,
  isBranch,
  LAYER_WORDS,
  LAYERS,
  type LayerWord,
  layerNamed,
  type Option,
  type Options,
} from "./words.ts";

type Value = number | string | Shape | null;

/** Branches within branches. */
const DEEPEST = 32;

/** Layers of a network, with those of its repetitions. */
export const MOST_LAYERS = 10_000;

/** The position at the end of a network. */
export const OUTPUT = "output";

const WORDS = [...LAYER_WORDS, ...BRANCHES, "repeat"];

/**
 * The network that a text says, in the notation of docs/NETWORKS.md, with the values of its variables in their places. Options are
 * checked, shapes are not: notation/lay-out.ts does that. A `VshiftError` that points at what is wrong; time grows with the length of
 * the text alone.
 */
export function parseNetwork(text: string, variables: Variables = NO_VARIABLES): Tree {
  const tokens = withValues(tokensOf(text), variables);
  let next = 0;

  const peek = (): Token => tokens[next] as Token;
  const take = (): Token => {
    const token = peek();
    if (token.kind !== "end") next++;
    return token;
  };
  const isMark = (mark: string) => peek().kind === "mark" && peek().text === mark;
  /** A piece as a message shows it; of a variable with its value. */
  const shown = ({ at, to, text: value, variable }: Token) =>
    variable === undefined ? part(text, at, to) : `$${variable} = ${value}`;
  /** A part of the text, with the values of its variables. */
  const written = (from: number, to: number): string => {
    const within = tokens.filter(({ at, variable }) => variable !== undefined && at >= from && at < to);
    const values = [...new Set(within.map(shown))];
    return `${part(text, from, to)}${values.length === 0 ? "" : ` with ${values.join(", ")}`}`;
  };

  function layers(depth: number): Tree {
    const found: Element[] = [];
    while (peek().kind === "word") found.push(...element(depth));
    return found;
  }

  function element(depth: number): readonly Element[] {
    const word = take();
    const name = word.text.toLowerCase();
    if (isBranch(name) || name === "repeat") return [branch(word, name, depth)];
    const layer = layerNamed(name);
    if (layer === undefined) {
      const near = didYouMean(name, WORDS, "docs/NETWORKS.md lists the layers");
      throw networkError(`${shown(word)} at ${word.at} is not a layer`, near);
    }
    const { values, behind } = options(word, layer);
    const found = { kind: layer, ...values } as unknown as WrittenLayer;
    const to = peek().at;
    requireTogether(found, () => written(word.at, to));
    return [{ kind: "layer", layer: withoutDefaults(found), name: nameOf(word), at: word.at }, ...behind];
  }

  function branch(word: Token, kind: "residual" | "concat" | "repeat", depth: number): Element {
    const { at } = word;
    if (depth === DEEPEST) throw networkError(`${shown(word)} at ${at} is nested deeper than ${DEEPEST}`, "flatten it");
    if (!isMark("(")) throw networkError(`${shown(word)} at ${at} has no layers`, `write ${kind}( … )`);
    take();
    const count = kind === "repeat" ? repetitions(word) : 1;
    const inside = layers(depth + 1);
    close(word);
    if (inside.length === 0) throw networkError(`${part(text, at, peek().at)} at ${at} has no layers`, "add a layer");
    return kind === "repeat" ? { kind, count, branch: inside, at } : { kind, branch: inside, at };
  }

  function repetitions(word: Token): number {
    const token = take();
    const to = peek().at;
    const count = Number(token.text);
    const isCount = token.kind === "number" && Number.isInteger(count) && count >= 1 && count <= MOST_LAYERS;
    if (!isCount) {
      throw networkError(
        `${written(word.at, to)}: the first of repeat must be a whole number from 1 to ${MOST_LAYERS}`,
        "write repeat(4, …)",
      );
    }
    if (!isMark(",")) throw missing(",", word);
    take();
    return count;
  }

  function close(word: Token): void {
    if (!isMark(")")) throw missing(")", word);
    take();
  }

  function missing(mark: string, { at }: Token): Error {
    const token = peek();
    const before = token.kind === "end" ? "" : ` before ${part(text, token.at, token.to)}`;
    return networkError(`${part(text, at, token.at)}: missing '${mark}' at ${token.at}`, `add ${mark}${before}`);
  }

  /** What stands in the parentheses of a layer, and the noise that an input has right behind it. */
  function options(word: Token, layer: LayerWord) {
    const known: Options = LAYERS[layer];
    const given = new Map<string, Value>();
    const behind: Element[] = [];
    if (isMark("(")) {
      take();
      while (!isMark(")")) {
        if (given.size + behind.length > 0) {
          if (!isMark(",")) throw missing(")", word);
          take();
        }
        if (layer === "input" && isNamed("noise")) behind.push(...noiseOfInput());
        else option({ word, layer, known, given });
      }
      take();
    }
    const values: { [name: string]: Value } = {};
    for (const [name, { usual }] of Object.entries(known)) {
      const value = given.has(name) ? given.get(name) : usual;
      if (value === undefined) {
        throw networkError(
          `${part(text, word.at, peek().at)} at ${word.at}: ${optionInWords(name)} is missing`,
          `write ${layer}(${required(known)})`,
        );
      }
      values[name] = value;
    }
    return { values, behind };
  }

  function isNamed(name: string): boolean {
    return peek().kind === "word" && peek().text.toLowerCase() === name && tokens[next + 1]?.text === "=";
  }

  function noiseOfInput(): readonly Element[] {
    next += 2;
    const { at } = peek();
    const found = peek().kind === "word" ? element(DEEPEST) : [];
    const [noise] = found;
    if (noise?.kind === "layer" && NOISES.includes(noise.layer.kind)) return found;
    throw networkError(`${part(text, at, peek().at)} at ${at} is not a noise`, "write noise=dropout(0.2)");
  }

  function option({ word, layer, known, given }: Asked): void {
    const token = take();
    const place = { at: token.at, written: () => written(word.at, peek().at + (isMark(")") ? 1 : 0)) };
    const isNext = ([name, { isBare, type }]: readonly [string, Option]) =>
      isBare === true && type !== "choice" && !given.has(name);
    if (token.kind === "word" && isMark("=")) {
      const name = token.text.toLowerCase();
      take();
      const found = Object.hasOwn(known, name) ? known[name] : undefined;
      if (found === undefined) throw noOption(name, { ...place, layer, known });
      set(name, readValue(take(), name, found, place));
      return;
    }
    if (token.kind === "word") {
      const found = Object.entries(known).find(
        ([, each]) => each.type === "choice" && each.choices.includes(token.text.toLowerCase()),
      );
      if (found === undefined) throw noOption(token.text.toLowerCase(), { ...place, layer, known });
      set(found[0], token.text.toLowerCase());
      return;
    }
    if (token.kind === "end" || token.kind === "mark") {
      next = token.kind === "end" ? next : next - 1;
      throw token.kind === "end"
        ? missing(")", word)
        : networkError(`${place.written()}: ${token.text} at ${token.at} follows`, "write a value before it");
    }
    const isOfFiles = ([, each]: readonly [string, Option]) => each.type === "choice" && each.files === true;
    const found = Object.entries(known).find(token.kind === "file" ? isOfFiles : isNext);
    if (found === undefined) {
      refuseKind(token);
      throw networkError(
        `${place.written()}: ${part(text, token.at, token.to)} at ${token.at} is one value too many`,
        `write ${layer}${required(known) === "" ? "" : `(${required(known)})`}`,
      );
    }
    set(found[0], readValue(token, found[0], found[1], place));

    function set(name: string, value: Value): void {
      if (given.has(name)) {
        throw networkError(`${place.written()}: ${name} at ${token.at} is given twice`, "leave one out");
      }
      given.set(name, value);
    }
  }

  function nameOf(word: Token): string | null {
    if (peek().kind !== "word" || peek().text.toLowerCase() !== "as") return null;
    take();
    const name = take();
    if (name.kind === "word" && name.text !== OUTPUT) return name.text;
    if (name.kind === "word") {
      throw networkError(`as ${name.text} at ${name.at}: the end of the network is called so`, "choose another name");
    }
    throw networkError(`${part(text, word.at, name.at)}: a name is missing at ${name.at}`, "write as name");
  }

  const tree = layers(0);
  const rest = peek();
  if (rest.kind !== "end") {
    refuseKind(rest);
    const hint = rest.text === ")" ? "leave it out, or open it" : "write layers with a space between them";
    throw networkError(`${shown(rest)} at ${rest.at} is not a layer`, hint);
  }
  if (!isInput(tree[0])) throw networkError("must begin with input", "write input(512) dropout(0.5) bn");
  return tree;
}

function isInput(element: Element | undefined): element is LayerElement {
  return element?.kind === "layer" && element.layer.kind === "input";
}

interface Asked {
  readonly word: Token;
  readonly layer: LayerWord;
  readonly known: Options;
  readonly given: Map<string, Value>;
}

interface Place {
  readonly at: number;
  readonly written: () => string;
}

/** Words of noises, which an input may have. */
const NOISES: readonly string[] = LAYER_WORDS.filter((word) =>
  ["rate", "beta", "deviation"].some((option) => Object.hasOwn(LAYERS[word], option)),
).concat("cutout");

function noOption(name: string, { at, written, layer, known }: Place & { layer: string; known: Options }): Error {
  const words = Object.entries(known).flatMap(([option, each]) =>
    each.type === "choice" ? [option, ...each.choices] : [option],
  );
  const otherwise = words.length === 0 ? `write ${layer}` : `it has ${words.join(", ")}`;
  return networkError(`${written()}: ${layer} has no ${name}, at ${at}`, didYouMean(name, words, otherwise));
}

/** What no option takes. */
function refuseKind({ kind, text, at }: Token): void {
  if (kind === "file") {
    throw networkError(
      `${text} at ${at}: a file is an input or the weights of a layer`,
      "write linear(64, file:w.npy)",
    );
  }
}

function readValue(token: Token, name: string, option: Option, { written }: Place): Value {
  if (token.kind === "file" && option.type === "choice" && option.files === true) return token.text;
  refuseKind(token);
  const { text } = token;
  switch (option.type) {
    case "choice": {
      const word = text.toLowerCase();
      if (option.choices.includes(word)) return word;
      const hint = didYouMean(word, option.choices, "choose one of these");
      throw networkError(`${written()}: ${name} must be one of ${option.choices.join(", ")}`, hint);
    }
    case "shape": {
      const [channels = 0, ...sizes] = text.split(/[x×]/i).map(Number);
      const isShape = token.kind === "shape" || token.kind === "number";
      const units = [channels, ...sizes].reduce((product, size) => product * size, 1);
      if (isShape && sizes.length <= 3 && [channels, ...sizes].every(isSize) && units <= MOST_UNITS) {
        return { channels, sizes };
      }
      const rule = `a shape must be channels, or channels×height×width, of 1 to ${MOST_UNITS} units`;
      throw networkError(`${written()}: ${rule}`, "write input(512) or input(3x32x32)");
    }
    default: {
      const value = token.kind === "number" ? Number(text) : Number.NaN;
      const isWithin = value >= option.from && (option.isBelow === true ? value < option.to : value <= option.to);
      if (isWithin && (option.type === "number" || Number.isInteger(value))) return value;
      const noun = option.type === "count" ? "a whole number" : "a number";
      const rule = option.rule ?? `${optionInWords(name)} must be ${noun} from ${option.from} to ${option.to}`;
      throw networkError(
        `${written()}: ${rule}`,
        `try ${option.isBelow === true ? option.to / 2 : within(value, option)}`,
      );
    }
  }
}

/** 2²⁴, the units of a map that fits in memory. */
export const MOST_UNITS = 16_777_216;

/** The value of the interval that is nearest, or its beginning. */
function within(value: number, { from, to }: { readonly from: number; readonly to: number }): number {
  return value > to ? to : value >= from ? Math.round(value) : from;
}

function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 1;
}

function optionInWords(name: string): string {
  return name === "rho" ? "the correlation rho" : `the ${name}`;
}

/** "channels, kernel". */
function required(known: Options): string {
  return Object.entries(known)
    .filter(([, { usual }]) => usual === undefined)
    .map(([name]) => name)
    .join(", ");
}

/** What options do not allow together. */
function requireTogether(layer: WrittenLayer, written: () => string): void {
  if (layer.kind === "linear" || layer.kind === "conv") requireWeights(layer, written);
  if (layer.kind === "input") requireInput(layer, written);
}

function requireInput({ shape, law: named, mean: given, variance, rho }: InputLayer, written: () => string): void {
  if (isFileName(named)) {
    if (given === null && variance === 1 && rho === 0) return;
    throw networkError(`${written()}: rows of a file have moments of their own`, "leave mean, variance and rho out");
  }
  if (shape === null) throw networkError(`${written()}: the shape is missing`, "write input(512) or input(3x32x32)");
  const mean = inputMeanOf({ mean: given, law: named });
  const lowest = lowestCorrelation(shape.channels * positionsOf(shape));
  if (rho < lowest)
    throw networkError(`${written()}: rho must be ${lowest} or more for so many units`, `use ${lowest}`);
  const law = findLaw(named);
  const refusal = law?.refusal({ mean, variance });
  if (refusal !== undefined) throw networkError(`${written()}: ${refusal.field} ${refusal.problem}`, refusal.hint);
  if (law?.latentCorrelation({ mean, variance, correlation: rho }) === Number.NEGATIVE_INFINITY) {
    throw networkError(`${written()}: no ${named} input has a correlation of ${rho}`, "use one closer to 0");
  }
}

function requireWeights({ weights, alignment, mean }: LayerWeights, written: () => string): void {
  if (alignment !== null && mean !== null) {
    throw networkError(`${written()}: alignment and mean both set the mean of the weights`, "leave one of them out");
  }
  if (isFileName(weights) && (alignment !== null || mean !== null)) {
    throw networkError(`${written()}: weights of a file have an alignment of their own`, "leave the other option out");
  }
  if (weights === "constant" && (alignment !== null || mean !== null)) {
    throw networkError(
      `${written()}: constant weights have the alignment of their number`,
      "leave the other option out",
    );
  }
}
