import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { assignBuffers, type Buffers } from "../../src/forward/tiles.ts";
import type { Layer, Network, Node } from "../../src/network/network.ts";
import { networkOf } from "../../src/network/of-scenario.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";

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

  it("have room for the channels of each node", () => {
    const network = networkOfInput({ layer: "linear", neurons: 3 });
    const { of, channels, sizes } = assignBuffers(network);
    expect(channels).toEqual(network.nodes.map(({ layer }, index) => (index < 2 || layer.kind === "input" ? 8 : 3)));
    for (const [node, buffer] of of.entries()) expect(sizes[buffer]).toBe(channels[node]);
  });
});

/** A node computes what its number says of what it reads: a text for each value, as many as it has channels. */
function madeBy(node: number, inputs: readonly string[]): string {
  return `${node}(${inputs.join(",")})`;
}

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
    const isInPlace = layer.kind !== "input" && layer.kind !== "linear";
    const value = madeBy(node, isInPlace ? [buffers[own] ?? "nothing", ...inputs.slice(1)] : inputs);
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

const [input, , linear] = networkOfInput({ layer: "linear", neurons: 8 }).nodes.map(({ layer }) => layer) as [
  Layer,
  Layer,
  Layer,
];
const LAYERS: readonly Layer[] = [linear, { kind: "activation", activation: "relu" }, { kind: "add" }];

/** Any graph of layers of 8 channels whose every node reads earlier ones; the first is the input. */
const graphs = fc
  .array(fc.tuple(fc.nat(LAYERS.length - 1), fc.nat(1000), fc.nat(1000), fc.boolean()), { maxLength: 12 })
  .map((drawn): Network => {
    const nodes: Node[] = [{ layer: input, from: [] }];
    for (const [kind, first, second, isNear] of drawn) {
      const layer = LAYERS[kind] ?? input;
      const latest = nodes.length - 1;
      const one = isNear ? latest : first % nodes.length;
      // The other is another node, where there is one.
      const other = (one + 1 + (second % Math.max(1, latest))) % nodes.length;
      nodes.push({ layer, from: layer.kind === "add" && other !== one ? [one, other] : [one] });
    }
    return { seed: "", nodes, positions: [] };
  });

property.prop([graphs], { numRuns: 1000 })("no node's output is overwritten before its last reader", (network) => {
  expect(valuesInBuffers(network, assignBuffers(network))).toEqual(valuesApart(network));
});

it("a plan in which a buffer serves too early is found out: a negative control", () => {
  const network = networkOfInput({ depth: 2, connection: "residual" });
  const { of, ...rest } = assignBuffers(network);
  // The block's input would lie where its product goes.
  const broken = { ...rest, of: of.map((buffer) => Math.min(buffer, 1)) };
  expect(valuesInBuffers(network, { ...rest, of })).toEqual(valuesApart(network));
  expect(valuesInBuffers(network, broken)).not.toEqual(valuesApart(network));
});
