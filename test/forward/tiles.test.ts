import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { assignBuffers, type Buffers } from "../../src/forward/tiles.ts";
import type { Layer, Network, Node } from "../../src/network/network.ts";
import { networkOf } from "../../src/network/of-scenario.ts";
import type { Shape } from "../../src/notation/graph.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { networkOfText } from "./written-network.ts";

const networkOfInput = (input: ScenarioInput) => networkOf(defineScenario({ width: 8, batchSize: 8, ...input }));

describe("buffers for the outputs of all nodes", () => {
  it.each<[string, ScenarioInput, number]>([
    ["a chain without a product takes one", {}, 1],
    ["plain blocks take two, however many they are", { depth: 1 }, 2],
    ["plain blocks take two, however many they are", { depth: 9 }, 2],
    ["residual blocks take three, however many they are", { depth: 1, connection: "residual" }, 3],
    ["residual blocks take three, however many they are", { depth: 9, connection: "residual" }, 3],
    ["noise on weights takes none of its own", { depth: 3, noise: "dropconnect" }, 2],
  ])("%s: %o", (_, input, count) => {
    expect(assignBuffers(networkOfInput(input)).sizes).toHaveLength(count);
  });

  it.each([
    // Input, then maps of 4 channels: two for a product, and one for what is added.
    ["repeated blocks of maps take no more than one", "repeat(1, residual(bn relu conv(4, 3)))", 4],
    ["repeated blocks of maps take no more than one", "repeat(9, residual(bn relu conv(4, 3)))", 4],
    ["what is added to itself takes one", "residual(identity)", 2],
    ["pools, flattened maps and products of them have their own", "maxpool(2) flatten linear(5)", 5],
  ])("%s: %s", (_, layers, count) => {
    expect(assignBuffers(networkOfText(`input(2x4x4) conv(4, 3) ${layers}`)).sizes).toHaveLength(count);
  });

  it.each<[string, Network]>([
    ["a linear layer", networkOfInput({ layer: "linear", neurons: 3 })],
    ["maps", networkOfText("input(2x4x4) conv(3, 3) maxpool(2) concat(conv(2, 3) relu) flatten linear(5)")],
  ])("have room for the channels and positions of each node: %s", (_, network) => {
    const { of, sizes } = assignBuffers(network);
    for (const [node, { shape }] of network.nodes.entries()) {
      const positions = shape.sizes.reduce((product, size) => product * size, 1);
      expect(sizes[of[node] ?? -1]).toEqual({ channels: shape.channels, positions });
    }
  });
});

/** A node computes what its number says of what it reads: a text for each value, as many as it has channels. */
function madeBy(node: number, inputs: readonly string[]): string {
  return `${node}(${inputs.join(",")})`;
}

const IN_PLACE: readonly Layer["kind"][] = ["noise", "added-noise", "activation", "function", "norm", "add"];

/**
 * What each node makes when all read and write buffers as planned, in the order of the nodes. A node that works in place takes what is
 * there for the first that it reads.
 */
function valuesInBuffers({ nodes }: Pick<Network, "nodes">, { of, isCopied }: Buffers): readonly string[] {
  const buffers: string[] = [];
  return nodes.map(({ layer, from }, node) => {
    const own = of[node] ?? -1;
    const inputs = from.map((source) => buffers[of[source] ?? -1] ?? "nothing");
    if (isCopied[node] === true) buffers[own] = inputs[0] ?? "nothing";
    const value = madeBy(
      node,
      IN_PLACE.includes(layer.kind) ? [buffers[own] ?? "nothing", ...inputs.slice(1)] : inputs,
    );
    buffers[own] = value;
    return value;
  });
}

/** The same, where each has a buffer of its own. */
function valuesApart({ nodes }: Pick<Network, "nodes">): readonly string[] {
  const values: string[] = [];
  for (const [node, { from }] of nodes.entries()) {
    values.push(
      madeBy(
        node,
        from.map((source) => values[source] ?? "nothing"),
      ),
    );
  }
  return values;
}

/** Layers of 4 channels and 3 positions, and of 12 channels without: what each makes of what it reads. */
const WRITTEN = networkOfText(
  "input(4x3) conv(4, 3) relu gaussiannoise(1) elu dropblock(0.1, 2) bn residual(avgpool(1)) flatten linear(12)",
).nodes.map(({ layer }) => layer);
const [input] = WRITTEN as [Layer];
const LAYERS: readonly Layer[] = [...WRITTEN.slice(1), { kind: "concat" }];
const SHAPES: readonly [Shape, Shape] = [
  { channels: 4, sizes: [3] },
  { channels: 12, sizes: [] },
];
const READS_MANY: readonly Layer["kind"][] = ["add", "concat"];

/** Any graph of layers whose every node reads earlier ones; the first is the input. Only buffers make sense, and sizes are any. */
const graphs = fc
  .array(fc.tuple(fc.nat(LAYERS.length - 1), fc.nat(1000), fc.nat(1000), fc.boolean()), { maxLength: 12 })
  .map((drawn): Network => {
    const nodes: Node[] = [{ layer: input, from: [], shape: SHAPES[0] }];
    for (const [kind, first, second, isNear] of drawn) {
      const layer = LAYERS[kind] ?? input;
      const one = isNear ? nodes.length - 1 : first % nodes.length;
      const shape = IN_PLACE.includes(layer.kind) ? (nodes[one]?.shape ?? SHAPES[0]) : SHAPES[second % 2 === 0 ? 0 : 1];
      // Of the same shape, and perhaps the same node.
      const others = [...nodes.keys()].filter((node) => nodes[node]?.shape === shape);
      const other = others[second % Math.max(1, others.length)] ?? one;
      nodes.push({ layer, from: READS_MANY.includes(layer.kind) ? [one, other] : [one], shape });
    }
    return { seed: "", epsilon: 1e-5, nodes, positions: [] };
  });

property.prop([graphs], { numRuns: 1000 })("no node's output is overwritten before its last reader", (network) => {
  const buffers = assignBuffers(network);
  expect(valuesInBuffers(network, buffers)).toEqual(valuesApart(network));
  for (const [node, { layer, from }] of network.nodes.entries()) {
    if (!IN_PLACE.includes(layer.kind))
      expect(from.map((source) => buffers.of[source])).not.toContain(buffers.of[node]);
  }
});

it("a plan in which a buffer serves too early is found out: a negative control", () => {
  const network = networkOfInput({ depth: 2, connection: "residual" });
  const { of, ...rest } = assignBuffers(network);
  // The block's input would lie where its product goes.
  const broken = { ...rest, of: of.map((buffer) => Math.min(buffer, 1)) };
  expect(valuesInBuffers(network, { ...rest, of })).toEqual(valuesApart(network));
  expect(valuesInBuffers(network, broken)).not.toEqual(valuesApart(network));
});
