import { type Shape, shapeInWords, type WrittenLayer } from "./graph.ts";
import type { Element, Tree } from "./tree.ts";
import { LAYERS, type Option } from "./words.ts";

/** The canonical text of a network: words of the table, options in its order, and none that says what holds anyway. */
export function printNetwork(tree: Tree): string {
  return tree.map(printElement).join(" ");
}

function printElement(element: Element): string {
  switch (element.kind) {
    case "layer":
      return `${printLayer(element.layer)}${element.name === null ? "" : ` as ${element.name}`}`;
    case "repeat":
      return `repeat(${element.count}, ${printNetwork(element.branch)})`;
    default:
      return `${element.kind}(${printNetwork(element.branch)})`;
  }
}

/** A layer as the text has it: "conv(16, 3, stride=2)". */
export function printLayer(layer: WrittenLayer): string {
  const values: { readonly [name: string]: unknown } = { ...layer };
  const known: readonly (readonly [string, Option])[] = Object.entries(LAYERS[layer.kind]);
  const options = known.flatMap(([name, { isBare, usual }]) => {
    const value = values[name];
    if (value === usual) return [];
    return isBare === true ? [printValue(value)] : [`${name}=${printValue(value)}`];
  });
  return options.length === 0 ? layer.kind : `${layer.kind}(${options.join(", ")})`;
}

function printValue(value: unknown): string {
  return typeof value === "object" && value !== null
    ? shapeInWords(value as Shape).replaceAll("×", "x")
    : String(value);
}
