import { KEEP } from "../noises/parameter.ts";
import { UOUT } from "../noises/uout.ts";
import { type GraphLayer, isFunctionLayer, isNoiseLayer, type WrittenLayer } from "../notation/graph.ts";
import { parseNetwork } from "../notation/parse.ts";
import { printNetwork } from "../notation/print.ts";
import type { Element, LayerElement, Tree } from "../notation/tree.ts";
import { type NetworkScenario, writtenNetwork } from "../scenario/define-network.ts";
import type { ScenarioInput } from "../scenario/scenario.ts";
import type { RemedyKind } from "./remedies.ts";

/** The changes to a network that is written down, each in the fields of its scenario, in the order in which they are shown. */
export function changesOfNetwork({ network }: NetworkScenario): readonly (readonly [RemedyKind, ScenarioInput])[] {
  const tree = parseNetwork(network);
  const { graph } = writtenNetwork(network);
  const hasNorm = graph.nodes.some(({ layer }) => layer.kind === "bn");
  const strongest = noiseOfNetwork({ network }).relativeVariance;
  const text = (changed: Tree | undefined): readonly ScenarioInput[] =>
    changed === undefined ? [] : [{ network: printNetwork(changed) }];
  const among = (kind: RemedyKind, changes: readonly ScenarioInput[]) =>
    changes.map((change) => [kind, change] as const);
  return [
    ...(hasNorm
      ? ([
          ["reestimated", { statistics: "reestimated" }],
          ["reestimated-noisy", { statistics: "reestimated-noisy" }],
        ] as const)
      : []),
    ...among("noise-last", text(noiseLast(tree))),
    ...among("uout-paper", text(withNoise(tree, () => ({ kind: "uout", beta: PAPER_BETA })))),
    ...(strongest > UOUT.reach.relativeVariance ? [] : among("uout-matched", text(withNoise(tree, uoutOf)))),
    ...among("gaussian-matched", text(withNoise(tree, (rate) => ({ kind: "gaussiandropout", rate })))),
    ...(strongest === 1
      ? []
      : among("gaussian-paper", text(withNoise(tree, () => ({ kind: "gaussiandropout", rate: 0.5 }))))),
    ...among("wider", text(eachLayer(tree, wider))),
  ];
}

/** Uout of Li et al. 2019, §5. */
const PAPER_BETA = 0.1;

/** The largest relative variance of its noises that multiply, and how many noise layers there are. */
export function noiseOfNetwork({ network }: Pick<NetworkScenario, "network">): {
  readonly relativeVariance: number;
  readonly blocks: number;
} {
  const noises = writtenNetwork(network).graph.nodes.filter(({ layer }) => isNoiseLayer(layer));
  const variances = noises.map(({ layer }) => relativeVarianceOf(layer));
  return { relativeVariance: Math.max(0, ...variances), blocks: noises.length };
}

function relativeVarianceOf(layer: GraphLayer): number {
  if ("rate" in layer) return KEEP.relativeVariance(1 - layer.rate);
  return layer.kind === "uout" ? UOUT.parameter.relativeVariance(layer.beta) : 0;
}

/** The tree with each of its layers changed. */
function eachLayer(tree: Tree, change: (layer: WrittenLayer) => WrittenLayer): Tree {
  return tree.map((element) =>
    element.kind === "layer"
      ? { ...element, layer: change(element.layer) }
      : { ...element, branch: eachLayer(element.branch, change) },
  );
}

/** With another noise instead of each that multiplies units one by one; undefined where there is none. */
function withNoise(tree: Tree, noiseOf: (rate: number) => WrittenLayer): Tree | undefined {
  let count = 0;
  const changed = eachLayer(tree, (layer) => {
    const isOfUnits = layer.kind === "dropout" || layer.kind === "gaussiandropout" || layer.kind === "mask";
    if (!isOfUnits || layer.rate === 0) return layer;
    count++;
    return noiseOf(layer.rate);
  });
  return count === 0 ? undefined : changed;
}

function uoutOf(rate: number): WrittenLayer {
  return { kind: "uout", beta: UOUT.parameter.ofRelativeVariance(KEEP.relativeVariance(1 - rate)) };
}

/** Twice the units and channels of each layer with weights. */
function wider(layer: WrittenLayer): WrittenLayer {
  if (layer.kind === "linear") return { ...layer, units: 2 * layer.units };
  return layer.kind === "conv" ? { ...layer, channels: 2 * layer.channels } : layer;
}

/**
 * Without the noise in front of any norm (Li et al. 2019, §5): what stands behind the last one stays, or is put there. Undefined where no
 * norm follows any noise, or nothing follows the last norm.
 */
function noiseLast(tree: Tree): Tree | undefined {
  let isBeforeNorm = false;
  let last: LayerElement | undefined;
  let left = 0;
  /** From the last layer to the first. */
  const cleared = (elements: Tree): Tree => {
    const kept: Element[] = [];
    for (const element of elements.toReversed()) {
      if (element.kind !== "layer") {
        const branch = cleared(element.branch);
        // x + x of an empty branch, or x and x, are not the network without noise: it keeps its identity.
        kept.push({ ...element, branch: branch.length === 0 ? [IDENTITY] : branch });
        continue;
      }
      const { layer } = element;
      if (NORMS.has(layer.kind)) isBeforeNorm = true;
      const isNoise = isNoiseLayer(layer);
      if (isNoise && isBeforeNorm) last ??= element;
      else kept.push(element);
      if (isNoise && !isBeforeNorm) left++;
    }
    return kept.reverse();
  };
  const changed = cleared(unrolled(tree));
  if (last === undefined) return undefined;
  return left > 0 ? changed : behindLastNorm(changed, last);
}

/** With the noise behind the last norm and the functions that follow it; undefined where that is the end. */
function behindLastNorm(tree: Tree, noise: LayerElement): Tree | undefined {
  for (let at = tree.length - 1; at >= 0; at--) {
    const element = tree[at];
    if (element === undefined) break;
    if (element.kind !== "layer") {
      const branch = behindLastNorm(element.branch, noise);
      if (branch !== undefined) return tree.with(at, { ...element, branch });
      continue;
    }
    if (!NORMS.has(element.layer.kind)) continue;
    let to = at + 1;
    while (isFunction(tree[to])) to++;
    return to === tree.length ? undefined : [...tree.slice(0, to), noise, ...tree.slice(to)];
  }
  return undefined;
}

function isFunction(element: Element | undefined): boolean {
  return element?.kind === "layer" && isFunctionLayer(element.layer);
}

const IDENTITY: Element = { kind: "layer", layer: { kind: "identity" }, name: null, at: 0 };

const NORMS: ReadonlySet<string> = new Set(["bn", "layernorm", "groupnorm"]);

/** With the last of each repetition by itself, since only what stands in it may be behind the last norm. */
function unrolled(tree: Tree): Tree {
  return tree.flatMap((element): Tree => {
    if (element.kind === "layer") return [element];
    const branch = unrolled(element.branch);
    if (element.kind !== "repeat") return [{ ...element, branch }];
    const { count } = element;
    if (count === 1) return branch;
    const others: Tree = count === 2 ? branch : [{ ...element, count: count - 1, branch }];
    return [...others, ...branch];
  });
}
