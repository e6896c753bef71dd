import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ACTIVATION_KINDS } from "../src/activations/activations.ts";
import { LAW_KINDS } from "../src/laws/laws.ts";
import { NOISE_KINDS } from "../src/noises/noises.ts";

/** The rooms whose files are kinds, and the names of these. */
const ROOMS: { readonly [room: string]: readonly string[] } = {
  noises: NOISE_KINDS,
  laws: LAW_KINDS,
  activations: ACTIVATION_KINDS,
};
const KINDS = Object.values(ROOMS).flat();

/** Where a kind has its name outside these rooms: the kinds, and why none of their properties would do. */
const NAMED: { readonly [path: string]: { readonly kinds: readonly string[]; readonly because: string } } = {
  "src/scenario/fields.ts": {
    kinds: ["bernoulli", "normal", "relu"],
    because: "the defaults, and the examples of the help",
  },
  "src/scenario/define-stack.ts": { kinds: ["relu"], because: "the default of a stack" },
  "src/scenario/match-noise.ts": {
    kinds: ["bernoulli", "gaussian", "uout"],
    because: "the kinds that are compared if none are given",
  },
  "src/experiment/remedies.ts": { kinds: ["gaussian", "uout"], because: "remedies of Li et al. 2019, §5" },
  "src/theory/paper/shift-claims.ts": {
    kinds: ["bernoulli", "normal", "relu", "uout"],
    because: "claims of Li et al. 2019",
  },
  "src/theory/alpha-dropout.ts": { kinds: ["alpha"], because: "a mistake of its own" },
  "src/report/figure/presets.ts": { kinds: ["bernoulli", "relu", "uout"], because: "figures of Li et al. 2019" },
  "src/explorer/presets.ts": {
    kinds: ["bernoulli", "normal", "relu", "uout"],
    because: "statements of Li et al. 2019",
  },
  "src/explorer/figures/by-depth.ts": {
    kinds: ["relu", "uout"],
    because: "the default of a stack, and a remedy of Li et al. 2019, §5",
  },
  "src/cli/commands.ts": { kinds: ["uout"], because: "the name of a figure" },
  "src/cli/help-notes.ts": { kinds: ["uout"], because: "the name of a figure" },
  "src/suggestion.ts": {
    kinds: ["alpha", "bernoulli", "gaussian", "gelu", "identity", "normal", "relu", "spatial", "uniform", "uout"],
    because: "what other tools call ours: a table of words, not of kinds alone",
  },
  "src/scenario/scenario.ts": { kinds: ["normal", "uniform"], because: "laws of weights" },
  "src/scenario/complete.ts": { kinds: ["normal"], because: "the default of weights" },
  "src/forward/draw-weights.ts": { kinds: ["uniform"], because: "a law of weights" },
  "src/forward/key.ts": { kinds: ["normal", "uniform"], because: "laws of weights" },
  "src/network/of-scenario.ts": { kinds: ["normal"], because: "the law of a stack's weights" },
  "src/notation/words.ts": {
    kinds: ["dropconnect", "gelu", "identity", "normal", "relu", "tanh", "uniform", "uout"],
    because: "words of the notation, which are those of frameworks",
  },
  "src/notation/lay-out.ts": { kinds: ["dropconnect"], because: "the layer behind which weights must follow" },
  "src/notation/graph.ts": {
    kinds: ["dropconnect", "gelu", "identity", "normal", "relu", "tanh", "uniform", "uout"],
    because: "words of the notation, and laws of weights",
  },
  "src/theory/network/follow.ts": {
    kinds: ["gelu", "identity", "normal", "relu", "tanh", "uout"],
    because: "words of the notation, and the one law of the input that stays normal",
  },
  "src/theory/network/function.ts": { kinds: ["relu", "tanh"], because: "words of the notation" },
  "src/theory/network/noise.ts": { kinds: ["alpha", "dropconnect", "uout"], because: "words of the notation" },
  "src/network/of-graph.ts": {
    kinds: ["dropconnect", "gelu", "identity", "relu", "tanh", "uout"],
    because: "words of the notation",
  },
  "src/scenario/define-network.ts": { kinds: ["none"], because: "the noise of a scenario whose layers say it" },
  "src/scenario/network-chain.ts": {
    kinds: ["dropconnect", "identity", "none", "uout"],
    because: "words of the notation, and no noise",
  },
  "src/scenario/network-text.ts": {
    kinds: ["identity", "normal", "uout"],
    because: "words of the notation, and the law of a stack's weights",
  },
  "src/experiment/network-remedies.ts": {
    kinds: ["identity", "uout"],
    because: "a word of the notation, and a remedy of Li et al. 2019, §5",
  },
  "src/experiment/network-expectation.ts": { kinds: ["identity"], because: "a word of the notation" },
  "src/experiment/stack-expectation.ts": { kinds: ["normal"], because: "the one law that the mean field is of" },
  "src/report/describe.ts": { kinds: ["normal"], because: "the input that goes without saying in a stack" },
  "src/kernel/simd.ts": { kinds: ["gelu", "relu", "tanh"], because: "loops of the same names" },
  "src/passes/elementwise.ts": { kinds: ["relu"], because: "the function of nearly all models has a loop of its own" },
  "src/passes/noise.ts": {
    kinds: ["alpha", "normal", "uniform"],
    because: "laws of draws in a program, and a noise of models",
  },
  "src/model/pt2-operations.ts": {
    kinds: ["alpha", "gelu", "relu", "tanh"],
    because: "operations and arguments of torch",
  },
  "src/model/onnx-operations.ts": {
    kinds: ["alpha", "gelu", "relu", "spatial", "tanh"],
    because: "attributes of ONNX, and functions in torch's words",
  },
  "src/model/pt2-call.ts": { kinds: ["bernoulli", "normal", "uniform"], because: "operations of torch" },
  "src/model/pt2-draws.ts": {
    kinds: ["alpha", "bernoulli", "normal", "uniform"],
    because: "operations and arguments of torch",
  },
  "src/model/keras-activations.ts": {
    kinds: ["alpha", "gelu", "relu", "tanh"],
    because: "activations and arguments of Keras",
  },
  "src/model/keras-noise.ts": { kinds: ["normal"], because: "the law of Keras's Gaussian noise" },
  "src/model/draws.ts": { kinds: ["normal", "uniform"], because: "laws of draws in a program" },
  "src/check/check.ts": { kinds: ["alpha"], because: "the error rate of a check" },
  "src/check/diagnose.ts": { kinds: ["alpha"], because: "the error rate of a check" },
  "src/vitest.ts": { kinds: ["alpha"], because: "the error rate of a check" },
};

/** Other things have these names too: a layer, a list of blocks, an error rate. */
const OF_OTHERS = ["none", "alpha"];

/** The kinds that a source file names, sorted: as a text, as a key of an object, or by importing the file of one. */
function kindsNamed(text: string): string[] {
  const found = new Set<string>();
  visit(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest, true));
  return [...found].sort();

  function visit(node: ts.Node): void {
    const name = nameIn(node);
    if (name !== undefined && KINDS.includes(name)) found.add(name);
    ts.forEachChild(node, visit);
  }
}

function nameIn(node: ts.Node): string | undefined {
  if (isKey(node)) {
    const { text } = node;
    return !OF_OTHERS.includes(text) || siblingsOf(node).some(isUnmistakable) ? text : undefined;
  }
  if (!ts.isStringLiteralLike(node)) return undefined;
  const imported = /(?:^|\/)(?:noises|laws|activations)\/(\w+)\.ts$/.exec(node.text)?.[1];
  if (imported !== undefined) return imported;
  return node.text === "none" && !isAboutNoise(node) ? undefined : node.text;
}

function isKey(node: ts.Node): node is ts.Identifier | ts.StringLiteral {
  const { parent } = node;
  if (!ts.isIdentifier(node) && !ts.isStringLiteral(node)) return false;
  const isNamed =
    ts.isPropertyAssignment(parent) || ts.isShorthandPropertyAssignment(parent) || ts.isPropertySignature(parent);
  return isNamed && parent.name === node;
}

function siblingsOf(key: ts.Node): string[] {
  const holder = key.parent.parent;
  const members = ts.isObjectLiteralExpression(holder)
    ? holder.properties
    : ts.isTypeLiteralNode(holder)
      ? holder.members
      : [];
  return members.map(({ name }) =>
    name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name)) ? name.text : "",
  );
}

function isUnmistakable(name: string): boolean {
  return KINDS.includes(name) && !OF_OTHERS.includes(name);
}

/** Whether a text is compared with a noise, is a case of one, or the value of one. */
function isAboutNoise(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return isNoise(parent.left) || isNoise(parent.right);
  if (ts.isCaseClause(parent)) return isNoise(parent.parent.parent.expression);
  return ts.isPropertyAssignment(parent) && isNoise(parent.name);
}

function isNoise(node: ts.Node): boolean {
  return /noise(?:\.kind)?$/i.test(node.getText());
}

const GENERATED = [
  "src/executor/block-worker-source.ts",
  "src/executor/cell-worker-source.ts",
  "src/executor/pass-worker-source.ts",
  "src/experiment/record-check.ts",
  "src/explorer/page-source.ts",
  "src/kernel/simd-module.ts",
];
const SOURCES = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((file) => posix.join("src", file))
  .filter((path) => path.endsWith(".ts") && !isKept(path) && !GENERATED.includes(path));

function isKept(path: string): boolean {
  return Object.keys(ROOMS).some((room) => path.startsWith(`src/${room}/`));
}

it("a kind of noise, of input or of activation is named in its own room alone, except where there is a reason", () => {
  const named = SOURCES.map((path) => [path, kindsNamed(readFileSync(path, "utf8"))] as const);
  expect(Object.fromEntries(named.filter(([, kinds]) => kinds.length > 0))).toEqual(
    Object.fromEntries(Object.entries(NAMED).map(([path, { kinds }]) => [path, kinds])),
  );
  expect(SOURCES.length).toBeGreaterThan(250);
});

describe("the scanner", () => {
  it.each([
    ['if (noise === "uout") stop();', ["uout"]],
    ['if (setting.noise.kind !== "none") go();', ["none"]],
    ['switch (noise) { case "none": case "spatial": }', ["none", "spatial"]],
    ["const words = { bernoulli: 1, alpha: 2, none: 3 };", ["alpha", "bernoulli", "none"]],
    ["type Words = { gaussian: string };", ["gaussian"]],
    ['const kinds = ["dropconnect", `alpha`];', ["alpha", "dropconnect"]],
    ['const scenario = { noise: "none" };', ["none"]],
    ['if (activation === "lognormal") stop();', ["lognormal"]],
    ["const grids = { normal: 1, relu: 2 };", ["normal", "relu"]],
    ['import { RELU } from "../laws/relu.ts";', ["relu"]],
    ['switch (activation) { case "gelu": }', ["gelu"]],
    ['import { TANH } from "../../activations/tanh.ts";', ["tanh"]],
    ['import { UOUT } from "../noises/uout.ts";', ["uout"]],
  ])("finds in %s: %s", (text, kinds) => {
    expect(kindsNamed(text)).toEqual(kinds);
  });

  it.each([
    'if (layer.kind === "none") stop();',
    "const { alpha } = flags; check({ alpha, tolerance: 1 });",
    'import { propertiesOf } from "../noises/noises.ts";',
    'const hint = "choose another `noise`, such as uout";',
  ])("lets pass: %s", (text) => {
    expect(kindsNamed(text)).toEqual([]);
  });
});
