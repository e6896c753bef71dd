import { lawOf } from "../laws/laws.ts";
import { propertiesOf } from "../noises/noises.ts";
import type { LayerWeights, WrittenLayer } from "../notation/graph.ts";
import { printNetwork } from "../notation/print.ts";
import type { Element, LayerElement, Tree } from "../notation/tree.ts";
import { isArrayName } from "./arrays.ts";
import { blockNorms, isStack, noisyBlocks, type StackScenario } from "./blocks.ts";
import { conflict } from "./refusal.ts";
import type { NormKind, Scenario } from "./scenario.ts";

/**
 * The network of a scenario as text, in the notation that `network` takes. A `VshiftError` where the notation has no word for a field:
 * files of evaluation mode, channels of units without positions, classic scaling.
 */
export function networkText(scenario: Scenario): string {
  if (scenario.network !== null) return scenario.network;
  return printNetwork([inputLayer(scenario), ...(isStack(scenario) ? blocks(scenario) : single(scenario))]);
}

function layer(of: WrittenLayer): LayerElement {
  return { kind: "layer", layer: of, name: null, at: 0 };
}

function inputLayer({ activation, testActivation, mean, variance, rho, width }: Scenario): LayerElement {
  const shape = { channels: width, sizes: [] };
  if (testActivation !== null) throw unwritten("testActivation", testActivation);
  if (isArrayName(activation)) {
    return layer({ kind: "input", shape, law: activation, mean: null, variance: 1, rho: 0 });
  }
  const usual = lawOf(activation).defaultMean;
  return layer({ kind: "input", shape, law: activation, mean: mean === usual ? null : mean, variance, rho });
}

function single(scenario: Scenario): Tree {
  const { neurons, nonlinearity } = scenario;
  return [
    layer(noiseOf(scenario)),
    ...(neurons === null ? [] : [layer({ kind: "linear", units: neurons, ...weightsOf(scenario) })]),
    ...functionOf(nonlinearity),
    layer({ kind: "bn" }),
  ];
}

function functionOf(nonlinearity: Scenario["nonlinearity"]): Tree {
  return nonlinearity === null || nonlinearity === "identity" ? [] : [layer({ kind: nonlinearity })];
}

function weightsOf({ weights, weightMean, alignment }: Scenario): LayerWeights {
  if (weights === null) throw new RangeError("a linear layer has no weights");
  return { weights, alignment, mean: weightMean === 0 ? null : weightMean };
}

/** Blocks of norm → function → noise → linear; those that follow each other and are the same are one, repeated. */
function blocks(stack: StackScenario): Tree {
  const noisy = noisyBlocks(stack);
  const written = blockNorms(stack).map((norm, index) => blockOf(stack, { norm, isNoisy: noisy[index] === true }));
  const runs: { readonly block: Tree; count: number }[] = [];
  for (const block of written) {
    const last = runs.at(-1);
    if (last !== undefined && printNetwork(last.block) === printNetwork(block)) last.count++;
    else runs.push({ block, count: 1 });
  }
  return runs.flatMap(
    ({ block, count }): Tree => (count === 1 ? block : [{ kind: "repeat", count, branch: block, at: 0 }]),
  );
}

function blockOf(
  stack: StackScenario,
  { norm, isNoisy }: { readonly norm: NormKind; readonly isNoisy: boolean },
): Tree {
  const { width, connection, nonlinearity, relativeVariance } = stack;
  const inside: readonly Element[] = [
    layer(normOf(stack, norm)),
    ...functionOf(nonlinearity),
    ...(isNoisy && relativeVariance !== 0 ? [layer(noiseOf(stack))] : []),
    layer({ kind: "linear", units: width, weights: "normal", alignment: null, mean: null }),
  ];
  return connection === "residual" ? [{ kind: "residual", branch: inside, at: 0 }] : inside;
}

function normOf({ groups }: StackScenario, norm: NormKind): WrittenLayer {
  switch (norm) {
    case "batch":
      return { kind: "bn" };
    case "layer":
      return { kind: "layernorm" };
    case "group":
      return { kind: "groupnorm", groups: groups ?? 1 };
  }
}

function noiseOf({ noise, drop, beta, scaling, channelSize }: Scenario): WrittenLayer {
  if (scaling === "classic") throw unwritten("scaling", scaling);
  const { word } = propertiesOf(noise);
  if (word === null) throw unwritten("channelSize", channelSize);
  if (word === "identity") return { kind: word };
  return word === "uout" ? { kind: word, beta: beta ?? 0 } : { kind: word, rate: drop };
}

function unwritten(field: keyof Scenario, value: unknown): Error {
  return conflict(
    field,
    `${value} has no word in the notation of networks`,
    "leave it out, or describe the network with `network`",
  );
}
