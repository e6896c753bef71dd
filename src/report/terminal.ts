import type { Block, Command, Facts, Items, Words } from "./document.ts";
import { type Painter, painted, plain } from "./phrase.ts";

/** What a document is shown on. */
export interface Screen {
  /** Columns of text. */
  readonly width: number;
  readonly paint: Painter;
}

/** Columns where nobody knows the width. */
export const USUAL_WIDTH = 80;

/** What every line begins with. */
export const MARGIN = "  ";

/**
 * A document for a terminal. No line is longer than the screen is wide: text is wrapped between words, and a table that is too
 * wide lets go of columns, the least important first.
 */
export async function terminalText({ title, conclusion, blocks }: Words, screen: Screen): Promise<string> {
  const parts: string[] = [];
  const { paint } = screen;
  if (title !== undefined) parts.push(await wrapped(painted(title, paint), screen));
  if (conclusion !== undefined) {
    const text = painted(conclusion, paint);
    parts.push(await wrapped(typeof conclusion === "string" ? paint.strong(text) : text, screen));
  }
  for (const block of blocks) {
    if (block.on === "page") continue;
    const text = await blockText(block, screen);
    if (text !== "") parts.push(text);
  }
  return parts.join("\n");
}

async function blockText(block: Block, screen: Screen): Promise<string> {
  const { paint } = screen;
  switch (block.kind) {
    case "heading":
      return wrapped(paint.strong(block.text), screen);
    case "paragraphs":
      return all(block.paragraphs, (text) => wrapped(painted(text, paint), screen, several(block.paragraphs)));
    case "items":
      return itemsText(block, screen);
    case "facts":
      return factsText(block, screen);
    case "table":
      return (await import("./terminal-table.ts")).tableText(block, screen);
    case "command":
      return commandText(block, screen);
  }
}

/** Where paragraphs follow each other, what sets them apart. */
function several({ length }: readonly unknown[]): Indent {
  return length === 1 ? {} : { hanging: "  " };
}

function itemsText({ items, isNumbered }: Items, screen: Screen): Promise<string> {
  return all(items, async ({ text, items: inner = [] }, index) => {
    const mark = isNumbered ? `${index + 1}. ` : "- ";
    const hanging = " ".repeat(mark.length);
    const head = await wrapped(painted(text, screen.paint), screen, { mark, hanging });
    const below = await all(inner, (each) =>
      wrapped(painted(each, screen.paint), screen, { mark: `${hanging}- `, hanging: `${hanging}  ` }),
    );
    return head + below;
  });
}

function factsText({ facts }: Facts, screen: Screen): Promise<string> {
  const longest = Math.max(...facts.map(([name]) => name.length));
  const indent = " ".repeat(Math.max(12, longest) + 1);
  return all(facts, async ([name, value]) => {
    if (plain(value) === "") return "\n";
    const mark = screen.paint.faint(name) + indent.slice(name.length);
    return wrapped(painted(value, screen.paint), screen, { mark, hanging: indent });
  });
}

/** A command can be copied: a backslash continues it in the next line. */
function commandText({ about, command }: Command, screen: Screen): Promise<string> {
  return all([`${about}:`, command], async (text, index) => {
    if (index === 0) return wrapped(screen.paint.faint(text), screen);
    const lines = (
      await wrapped(text, { ...screen, width: screen.width - 2 }, { mark: "  ", hanging: "      " })
    ).split("\n");
    return `${lines.slice(0, -1).join(" \\\n")}\n`;
  });
}

export interface Indent {
  /** Before the first line, as long as `hanging` where it is seen. */
  readonly mark?: string;
  /** Before the lines after it. */
  readonly hanging?: string;
}

/** A paragraph within the screen. Only a word that is longer than the screen is wide is broken. */
export async function wrapped(
  text: string,
  { width }: Screen,
  { mark = "", hanging = "" }: Indent = {},
): Promise<string> {
  // Signs of ASCII and Latin take a column each. All others, and colours, are measured.
  if (MARGIN.length + mark.length + text.length <= width && /^[\0-\u02ff]*$/.test(text))
    return `${MARGIN}${mark}${text}\n`;
  const [{ wrapAnsi }, { default: widthOf }] = await Promise.all([
    import("fast-wrap-ansi"),
    import("fast-string-width"),
  ]);
  const indent = Math.max(widthOf(mark), hanging.length);
  const room = Math.max(LEAST_ROOM, width - MARGIN.length - indent);
  return wrapAnsi(glued(text), room, { hard: true, trim: true })
    .replaceAll(GLUE, " ")
    .split("\n")
    .map((line, index) => `${MARGIN}${index === 0 ? mark : hanging}${line}`.trimEnd())
    .join("\n")
    .concat("\n");
}

/** Columns that a text gets on the narrowest screen. */
const LEAST_ROOM = 16;

/** Keeps a number with its unit, a sign with what it stands before, and a flag with its value. */
function glued(text: string): string {
  return text.replace(
    /(?<=--[\w-]+|\beq\.) (?=[^-\s])|(?<=\d) (?=(?:%|SD|units?|neurons?)(?!\w))| (?=[±…])|(?<=[±≈≥≤=]) (?=[\d−])/g,
    GLUE,
  );
}

const GLUE = "\u00A0";

/** What each makes, together. */
export async function all<Each>(
  list: readonly Each[],
  make: (each: Each, index: number) => Promise<string>,
): Promise<string> {
  let text = "";
  for (const [index, each] of list.entries()) text += await make(each, index);
  return text;
}
