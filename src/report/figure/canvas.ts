import { parseHTML } from "linkedom";
import { INK } from "./palette.ts";

/** The parts of the document model that drawing needs; the engine has none of its own. */
export interface Node {
  readonly outerHTML: string;
  textContent: string | null;
  setAttribute(name: string, value: string): void;
  append(child: Node): void;
  prepend(child: Node): void;
}

export interface Page {
  createElementNS(namespace: string, name: string): Node;
}

export type Attributes = Readonly<Record<string, string | number>>;

const SVG = "http://www.w3.org/2000/svg";

/** DejaVu Sans has every sign that a figure uses; where it is not installed, fonts of about its widths stand in. */
export const FONT = "DejaVu Sans, Verdana, sans-serif";

/** An empty document to draw in. */
export function createPage(): Page {
  return parseHTML("<html><body></body></html>").document;
}

export function element(page: Page, name: string, { text, ...attributes }: Attributes): Node {
  const made = page.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  if (text !== undefined) made.textContent = String(text);
  return made;
}

/** A line of text; x and y are where its baseline begins, or ends, or has its middle, as `text-anchor` says. */
export function textAt(page: Page, attributes: Attributes): Node {
  return element(page, "text", { fill: INK, "text-anchor": "start", ...attributes });
}

/**
 * The text of an SVG file. Coordinates are rounded to a thousandth of a pixel: what engines' logarithms differ by is not
 * seen, and the same figure has the same bytes.
 */
export function svgText(svg: Node): string {
  svg.setAttribute("xmlns", SVG);
  // Plot's style sheet is for pages, and says nothing that a file needs.
  const bare = svg.outerHTML.replace(/<style>[\s\S]*?<\/style>/, "");
  const rounded = bare.replace(/="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3)))),
  );
  return `${rounded}\n`;
}

/** Sentences in lines of at most so many characters. */
export function wrapped(text: string, length: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= length) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
