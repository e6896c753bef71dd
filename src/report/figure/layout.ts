import { element, type Node, type Page, textAt, wrapped } from "./canvas.ts";
import type { Figure } from "./figure.ts";
import { FAINT } from "./palette.ts";

const LEAST_WIDTH = 800;
const LEAST_PLOT_WIDTH = 480;
export const PLOT_HEIGHT = 380;
const CAPTION_LINE = 16;
const MARGIN_LEFT = 84;

/** Size of the text that is neither title nor tick. */
export const TEXT_SIZE = 12;
/** Room that a character of DejaVu Sans takes at that size, on average, with some to spare for other fonts. */
export const CHARACTER_WIDTH = 7.2;

/** Where the parts of a picture are, in pixels. */
export interface Layout {
  readonly frame: {
    readonly width: number;
    readonly height: number;
    readonly marginTop: number;
    readonly marginRight: number;
    readonly marginBottom: number;
    readonly marginLeft: number;
  };
  readonly caption: readonly string[];
}

/** The room for a title above, a caption below, and a legend of the widest of some texts to the right. */
export function layoutOf({ caption }: Figure, legendWidth: number): Layout {
  const marginRight = Math.max(28, legendWidth);
  const width = Math.ceil(Math.max(LEAST_WIDTH, MARGIN_LEFT + LEAST_PLOT_WIDTH + marginRight));
  const lines = caption.flatMap((sentence) => wrapped(sentence, Math.floor((width - 40) / 6.4)));
  const below = 62 + CAPTION_LINE * lines.length;
  return {
    frame: {
      width,
      height: 48 + PLOT_HEIGHT + below,
      marginTop: 48,
      marginRight,
      marginBottom: below,
      marginLeft: MARGIN_LEFT,
    },
    caption: lines,
  };
}

/** Puts a white ground under a drawing, and the title, the titles of the axes and the caption on it. */
export function addWords(
  page: Page,
  svg: Node,
  { figure, layout }: { readonly figure: Figure; readonly layout: Layout },
) {
  const { frame, caption } = layout;
  const { width, height, marginTop, marginRight, marginBottom, marginLeft } = frame;
  const middleX = (marginLeft + width - marginRight) / 2;
  const middleY = (marginTop + height - marginBottom) / 2;
  const bottom = height - marginBottom;
  const style = { "font-size": TEXT_SIZE, "text-anchor": "middle" };
  svg.prepend(element(page, "rect", { width, height, fill: "#ffffff" }));
  svg.prepend(element(page, "title", { text: figure.title }));
  svg.append(textAt(page, { x: 20, y: 28, "font-size": 15, text: figure.title }));
  svg.append(textAt(page, { ...style, x: middleX, y: bottom + 40, text: figure.x.title }));
  svg.append(textAt(page, { ...style, transform: `translate(20,${middleY}) rotate(-90)`, text: figure.y.title }));
  for (const [index, text] of caption.entries()) {
    const y = bottom + 66 + CAPTION_LINE * index;
    svg.append(textAt(page, { x: 20, y, "font-size": 11, fill: FAINT, text }));
  }
}
