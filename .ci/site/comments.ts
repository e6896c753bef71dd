import { Comment, type CommentDisplayPart, type Reflection } from "typedoc";

/** Stands for a part that is not text, such as a link, while the text around it changes. */
const HOLE = /(\uE000\d+\uE001)/;

/** A row of a legend: a symbol or a parameter, or several, and after two spaces or more what it is. */
const ROW = /^(\S+(?:, \S+)*) {2,}(?=\S)/;

/** Gives a comment the Markdown for what its layout says: formulas and examples are indented, legends are in two columns. */
export function layOutComment({ comment }: Reflection): void {
  if (comment === undefined) return;
  comment.summary = laidOut(comment.summary);
  for (const tag of comment.blockTags) tag.content = laidOut(tag.content);
}

function laidOut(parts: readonly CommentDisplayPart[]): CommentDisplayPart[] {
  const text = parts.map((part, index) => (part.kind === "inline-tag" ? `\uE000${index}\uE001` : part.text)).join("");
  const pieces = markdownOf(text).split(HOLE);
  return pieces.flatMap((piece) => {
    const hole = HOLE.test(piece) ? parts[Number(piece.slice(1, -1))] : undefined;
    if (hole !== undefined) return [Comment.cloneDisplayParts([hole])].flat();
    return piece === "" ? [] : [{ kind: "text" as const, text: piece }];
  });
}

/** Markdown of a comment that is laid out with spaces. */
export function markdownOf(comment: string): string {
  const blocks: { readonly isCode: boolean; text: string }[] = [];
  for (const block of comment.split(/\n(?:[^\S\n]*\n)+/)) {
    const isCode = block.split("\n").every((line) => /^ {2}/.test(line));
    const last = blocks.at(-1);
    if (isCode && last?.isCode) last.text += `\n\n${block}`;
    else blocks.push({ isCode, text: block });
  }
  return blocks.map(({ isCode, text }) => (isCode ? fenced(text) : withLegend(withLinks(text)))).join("\n\n");
}

/** Links to the documents that a text names. Pages of the API are two folders down. */
function withLinks(block: string): string {
  return block.replace(/\bdocs\/([A-Z-]+)\.md\b/g, "[$&](../../docs/$1.html)");
}

function fenced(block: string): string {
  const language = /;$/m.test(block) ? "ts" : "text";
  return `\`\`\`${language}\n${block.replace(/^ {2}/gm, "")}\n\`\`\``;
}

function withLegend(block: string): string {
  if (!ROW.test(block)) return block;
  return block
    .split("\n")
    .map((line) => (ROW.test(line) ? line.replace(ROW, "- `$1` – ") : `  ${line.trim()}`))
    .join("\n");
}
