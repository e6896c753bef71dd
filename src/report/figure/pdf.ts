import PDFDocument from "pdfkit";
import type { Attributes, Drawing, Mark } from "./canvas.ts";
import { rounded } from "./canvas.ts";
import { INK } from "./palette.ts";

/** A px of SVG is 1/96 inch, a point of PDF 1/72. */
const POINTS = 72 / 96;

/** Attributes that a mark has from what it is in. */
interface Context {
  readonly fill: string;
  readonly size: number;
}

/**
 * A drawing as a PDF of one page: lines and text, with the signs that occur of one font inside. No date and no compression, whose
 * bytes differ between machines: the same drawing has the same bytes.
 *
 * font   a TrueType font
 */
export async function pdfOf(drawing: Drawing, font: Uint8Array): Promise<Uint8Array> {
  const { width, height } = drawing;
  const info = { Title: titleOf(drawing), Creator: "vshift", Producer: "PDFKit", CreationDate: NO_DATE };
  const document = new PDFDocument({
    size: [width * POINTS, height * POINTS],
    margin: 0,
    compress: false,
    font: "",
    info,
  });
  const pieces: Uint8Array[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    document.on("data", (piece: Uint8Array) => pieces.push(piece));
    document.on("end", resolve);
    document.on("error", reject);
  });
  // PDFKit writes what it finds when it lists the facts.
  Object.defineProperty(document.info, "CreationDate", { enumerable: false });
  document.registerFont(FONT, Buffer.from(font));
  document.font(FONT);
  document.scale(POINTS);
  for (const child of drawing.children) if (typeof child !== "string") draw(document, child, { fill: INK, size: 11 });
  document.end();
  await finished;
  return Buffer.concat(pieces);
}

const FONT = "figure";

/** What PDFKit reads of a date, for the file's identifier and for metadata that only PDF/A has; without one it takes the clock's. */
const NO_DATE = { getTime: () => 0, toISOString: () => "" } as Required<PDFKit.DocumentInfo>["CreationDate"];

function titleOf({ children }: Mark): string {
  const title = children.find((child) => typeof child !== "string" && child.name === "title");
  return title === undefined || typeof title === "string" ? "" : title.children.join("");
}

type Page = InstanceType<typeof PDFDocument>;

function draw(page: Page, mark: Mark, context: Context): void {
  const { name, attributes, children } = mark;
  if (name === "title") return;
  const inside = inherited(context, attributes);
  page.save();
  move(page, attributes.transform);
  if (name === "text") write(page, mark, inside);
  else if (name === "g") for (const child of children) typeof child === "string" || draw(page, child, inside);
  else {
    outline(page, mark);
    paint(page, attributes, inside);
  }
  page.restore();
}

function inherited({ fill, size }: Context, attributes: Attributes): Context {
  return { fill: String(attributes.fill ?? fill), size: Number(attributes["font-size"] ?? size) };
}

/** `translate(x,y)`, and `rotate(degrees)` after it. */
function move(page: Page, transform: string | number | undefined): void {
  for (const [, name, list = ""] of String(transform ?? "").matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [first = 0, second = 0] = list.split(",").map(Number);
    if (name === "translate") page.translate(first, second);
    else page.rotate(first);
  }
}

function outline(page: Page, { name, attributes }: Mark): void {
  const [x, y, width, height] = numbers(attributes, ["x", "y", "width", "height"]);
  const [x1, y1, x2, y2] = numbers(attributes, ["x1", "y1", "x2", "y2"]);
  if (name === "rect") page.rect(x, y, width, height);
  else if (name === "line") page.moveTo(x1, y1).lineTo(x2, y2);
  else page.path(String(attributes.d));
}

function numbers<const Names extends readonly string[]>(attributes: Attributes, names: Names) {
  return names.map((name) => rounded(Number(attributes[name] ?? 0))) as { [Index in keyof Names]: number };
}

function paint(page: Page, attributes: Attributes, { fill }: Context): void {
  const { stroke = "none" } = attributes;
  page.fillOpacity(Number(attributes["fill-opacity"] ?? 1)).strokeOpacity(Number(attributes["stroke-opacity"] ?? 1));
  page.lineWidth(Number(attributes["stroke-width"] ?? 1));
  if (attributes["stroke-linecap"] === "round") page.lineCap("round");
  const dashes = attributes["stroke-dasharray"];
  if (dashes !== undefined) {
    const [first = 1, ...rest] = String(dashes).split(" ").map(Number);
    page.dash(first, { space: rest[0] ?? first });
    // pdfkit's types know two lengths, the page any number.
    if (rest.length > 1) page.addContent(`[${[first, ...rest].join(" ")}] 0 d`);
  }
  if (fill !== "none" && stroke !== "none") page.fillAndStroke(fill, String(stroke));
  else if (stroke !== "none") page.stroke(String(stroke));
  else page.fill(fill);
}

/** A line of text from its anchor, with pieces below the line. */
function write(page: Page, { attributes, children }: Mark, context: Context): void {
  const pieces = children.map((child) => {
    if (typeof child === "string") return { text: child, size: context.size, dy: 0 };
    const size = Number(child.attributes["font-size"] ?? context.size);
    return { text: child.children.join(""), size, dy: Number(child.attributes.dy ?? 0) };
  });
  const widths = pieces.map(({ text, size }) => page.fontSize(size).widthOfString(text));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const anchor = attributes["text-anchor"];
  const part = anchor === "middle" ? 0.5 : anchor === "end" ? 1 : 0;
  let x = Number(attributes.x ?? 0) - part * total;
  let y = Number(attributes.y ?? 0);
  for (const [index, { text, size, dy }] of pieces.entries()) {
    y += dy;
    page.fillColor(context.fill).fontSize(size);
    page.text(text, rounded(x), rounded(y), { lineBreak: false, baseline: "alphabetic" });
    x += widths[index] ?? 0;
  }
}
