import { attribute } from "../markup.ts";
import { INK } from "./palette.ts";

/** A part of a drawing: an element of SVG as plain data. The text of a file and the pages of a PDF are made of it. */
export interface Mark {
  readonly name: "svg" | "title" | "g" | "rect" | "line" | "path" | "text" | "tspan";
  readonly attributes: Attributes;
  readonly children: readonly (Mark | string)[];
}

export type Attributes = Readonly<Record<string, string | number>>;

/** A drawing with its size in pixels. */
export interface Drawing extends Mark {
  readonly name: "svg";
  readonly width: number;
  readonly height: number;
}

/** DejaVu Sans has every sign that a figure uses; where it is not installed, fonts of about its widths stand in. */
export const FONT = "DejaVu Sans, Verdana, sans-serif";

/** Marks on a white ground; those that have no colour of their own are in ink. */
export function drawing({ title, width, height, marks }: DrawingParts): Drawing {
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    role: "img",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    "font-family": FONT,
    fill: INK,
  };
  const ground = mark("rect", { width, height, fill: "#ffffff" });
  return { name: "svg", width, height, attributes, children: [mark("title", {}, [title]), ground, ...marks] };
}

interface DrawingParts {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

export function mark(name: Mark["name"], attributes: Attributes, children: Mark["children"] = []): Mark {
  return { name, attributes, children };
}

/** Marks with attributes in common, moved to a position. */
export function groupAt({ x, y, ...attributes }: GroupSetting, children: readonly Mark[]): Mark {
  const isMoved = x !== 0 || y !== 0;
  return mark(
    "g",
    { ...attributes, ...(isMoved ? { transform: `translate(${rounded(x)},${rounded(y)})` } : {}) },
    children,
  );
}

interface GroupSetting extends Attributes {
  readonly x: number;
  readonly y: number;
}

/**
 * A line of text; x and y are where its baseline begins, or ends, or has its middle, as `text-anchor` says. Var_test and Var_train
 * have their index below the line.
 */
export function textAt({ text, ...attributes }: TextAttributes): Mark {
  const size = attributes["font-size"];
  const pieces = typeset(text).split(INDEX);
  if (pieces.length === 1) return mark("text", attributes, pieces);
  const drop = INDEX_DROP * size;
  const spans = pieces.map((piece, at) => {
    const isIndex = at % 2 === 1;
    const dy = at === 0 ? {} : { dy: isIndex ? drop : -drop };
    return mark("tspan", { ...dy, ...(isIndex ? { "font-size": INDEX_SIZE * size } : {}) }, [piece]);
  });
  return mark(
    "text",
    attributes,
    spans.filter(({ children: [piece] }) => piece !== ""),
  );
}

interface TextAttributes extends Attributes {
  readonly text: string;
  readonly "font-size": number;
}

/** What stands below the line: the words that follow the underscore. */
const INDEX = /(?<=Var)_(test|train)/;
const INDEX_SIZE = 0.75;
const INDEX_DROP = 0.22;

/** Spaces that neither break nor gape: a thin one before a unit, and those that keep "ρ = 0.2" and "N(0, 1)" in one line. */
export function typeset(text: string): string {
  return text
    .replace(/(?<=\d) (?=%)/g, "\u202f")
    .replace(/(?<=\S) ([=±]) (?=[\d−])/g, "\u00a0$1\u00a0")
    .replace(/(?<=N\([^ ,()]+,) (?=[^ ,()]+\))/g, "\u00a0");
}

/**
 * The text of an SVG file. Coordinates are rounded to a thousandth of a pixel: what engines' logarithms differ by is not seen, and
 * the same figure has the same bytes.
 */
export function svgText(svg: Drawing): string {
  return `${written(svg)}\n`;
}

function written({ name, attributes, children }: Mark): string {
  const start = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(attributeText(value))}"`);
  const inside = children.map((child) => (typeof child === "string" ? escaped(child) : written(child)));
  return children.length === 0
    ? `<${name}${start.join("")}/>`
    : `<${name}${start.join("")}>${inside.join("")}</${name}>`;
}

function attributeText(value: string | number): string {
  return typeof value === "number" ? String(rounded(value)) : value;
}

/** To a thousandth of a pixel; and no minus before a zero. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0;
}

/** Signs that mean something in XML; control characters, which it may not have, are left out. */
function escaped(text: string): string {
  return attribute(text.replace(/\p{Cc}/gu, ""));
}
