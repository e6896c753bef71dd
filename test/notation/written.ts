import { layOut } from "../../src/notation/lay-out.ts";
import { parseNetwork } from "../../src/notation/parse.ts";
import { type NetworkTheory, networkTheory } from "../../src/theory/network/follow.ts";

/** What theory says of each position of a network, by its name; a text says why nothing. */
export function theoryOf(text: string): { readonly [name: string]: NetworkTheory | string } {
  const graph = layOut(parseNetwork(text));
  const theories = networkTheory(graph);
  return Object.fromEntries(
    graph.positions.map(({ name }, index) => [name, theories[index]?.theory ?? theories[index]?.reason ?? ""]),
  );
}

/** The closed form at the only position of a network, or at the one of a name. */
export function knownTheory(text: string, name?: string): NetworkTheory {
  const all = theoryOf(text);
  const found = name === undefined ? Object.values(all).at(-1) : all[name];
  if (found === undefined || typeof found === "string") throw new Error(`${text}: ${found}`);
  return found;
}
