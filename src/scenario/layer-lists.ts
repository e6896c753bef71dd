import { VshiftError } from "../errors.ts";

/** Whether a value is layers one by one, each a text. */
export function isListOfLayers(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((layer) => typeof layer === "string");
}

/** The text of a network, given as that or as a list of its layers. */
export function networkText(given: string | readonly string[]): string {
  return typeof given === "string" ? given : given.join(" ");
}

/**
 * The networks of a list. Where every element begins with `input` or is a list itself, each is a network, lists as their layers; else
 * all are layers of one.
 */
export function networksOf(list: readonly unknown[]): readonly unknown[] {
  const isNetwork = (element: unknown) =>
    Array.isArray(element) || (typeof element === "string" && BEGINNING.test(element));
  if (list.every(isNetwork)) return list.map((one) => (isListOfLayers(one) ? networkText(one) : one));
  if (isListOfLayers(list)) return [networkText(list)];
  throw new VshiftError({
    code: "invalid-value",
    field: "network",
    problem: "lists layers next to networks",
    hint: "write each network as a list of its layers",
  });
}

const BEGINNING = /^\s*input\b/i;
