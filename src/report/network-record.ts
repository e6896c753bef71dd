import type { NormLayer } from "../notation/graph.ts";
import { layOut } from "../notation/lay-out.ts";
import { parseNetwork } from "../notation/parse.ts";
import { printNetwork } from "../notation/print.ts";
import type { Variables } from "../notation/variables.ts";
import { type NetworkTheory, networkTheory } from "../theory/network/follow.ts";
import type { Cell } from "./columns.ts";

export const NETWORK_THEORY_SCHEMA = "vshift.network-theory/1";

/** What theory says of a network that is written down. */
export interface NetworkTheoryRecord {
  readonly schema: typeof NETWORK_THEORY_SCHEMA;
  /** The network's canonical text. */
  readonly network: string;
  readonly positions: readonly PositionOfText[];
}

/** A position of a network, and what theory says of it. */
export interface PositionOfText {
  readonly position: {
    /** From 1. */
    readonly index: number;
    readonly name: string;
    /** What normalises there; null at the network's output. */
    readonly norm: NormName | null;
  };
  /** Channels, and the lengths of a map. */
  readonly shape: readonly number[];
  readonly theory: NetworkTheory | null;
  readonly theoryReason: string | null;
}

const NORM_NAMES = { bn: "batch", layernorm: "layer", groupnorm: "group" } as const satisfies {
  readonly [Kind in NormLayer["kind"]]: string;
};
/** What normalises at a position. */
export type NormName = (typeof NORM_NAMES)[NormLayer["kind"]];

export const NORMS: readonly NormName[] = Object.values(NORM_NAMES);

/** The closed form at each position of a network. A `VshiftError` for a text that says none. */
export function networkTheoryRecord(text: string, variables?: Variables): NetworkTheoryRecord {
  const tree = parseNetwork(text, variables);
  const graph = layOut(tree);
  const theories = networkTheory(graph);
  const positions = graph.positions.map(({ node, name, norm }, index): PositionOfText => {
    const { channels, sizes } = graph.nodes[node]?.shape ?? { channels: 0, sizes: [] };
    const { theory = null, reason = null } = theories[index] ?? {};
    return {
      position: { index: index + 1, name, norm: norm === null ? null : NORM_NAMES[norm.kind] },
      shape: [channels, ...sizes],
      theory,
      theoryReason: reason,
    };
  });
  return { schema: NETWORK_THEORY_SCHEMA, network: printNetwork(tree), positions };
}

/** A position as a row of a flat table. */
export function networkTheoryRow({
  position,
  shape,
  theory,
  theoryReason,
}: PositionOfText): Readonly<Record<string, Cell>> {
  const { trainVariance, testVariance, shift, meanShift, trainMean, testMean } = theory ?? NONE;
  return {
    ...{ position: position.index, name: position.name, norm: position.norm, shape: shape.join("x") },
    ...{ trainVariance, testVariance, shift, meanShift, trainMean, testMean, reason: theoryReason },
  };
}

const NONE = {
  ...{ trainVariance: null, testVariance: null, shift: null, meanShift: null, trainMean: null, testMean: null },
};
