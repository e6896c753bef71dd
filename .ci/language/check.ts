import ts from "typescript";
import { type Kind, RULES } from "./rules.ts";

/** A wording to change: where it is, what it says, and what to say. */
export interface Finding {
  readonly line: number;
  readonly words: string;
  readonly say: string;
}

/** A stretch of a file that people read. `text` has the length of the original, with blanks for what is not language. */
interface Passage {
  readonly kind: Kind;
  readonly start: number;
  readonly text: string;
}

/** What separates two words: at most one line break, since an empty line ends a sentence. */
const GAP = String.raw`(?:[^\S\n]+|[^\S\n]*\n[^\S\n]*)`;

const PATTERNS = RULES.map(({ not, ...rule }) => ({
  ...rule,
  pattern: new RegExp(not.source.replaceAll(" ", GAP), "gi"),
}));

/** Every wording in a TypeScript or Markdown file that the rules advise against, in the order of the file. */
export function checkLanguage(path: string, text: string): readonly Finding[] {
  const passages = path.endsWith(".md") ? [documentPassage(text)] : codePassages(path, text);
  const found = passages.flatMap(findingsIn).sort((a, b) => a.at - b.at);
  return found.map(({ at, words, say }) => ({ line: text.slice(0, at).split("\n").length, words, say }));
}

function findingsIn({ kind, start, text }: Passage) {
  const rules = PATTERNS.filter((rule) => rule.in === undefined || rule.in.includes(kind));
  return rules.flatMap(({ pattern, say }) =>
    [...text.matchAll(pattern)].map(({ 0: match, index }) => ({
      at: start + index,
      words: match.replace(/\s+/g, " "),
      say,
    })),
  );
}

/** A document without the output of commands, quoted code, and the targets of links. */
function documentPassage(text: string): Passage {
  const prose = blank(text, /^```console\n[\s\S]*?^```$/gm, /`[^`\n]*`/g, /\]\([^)\n]*\)/g);
  return { kind: "prose", start: 0, text: prose };
}

/** The comments and sentences of a program: text in strings without white space is a name, and names are not language. */
function codePassages(path: string, text: string): Passage[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const passages: Passage[] = [];
  visit(file);
  return passages;

  function visit(node: ts.Node): void {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) addString(node);
    const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
    if (children.length === 0) addComments(node);
    for (const child of children) visit(child);
  }

  function addComments(node: ts.Node): void {
    const trivia = text.slice(node.pos, node.getStart(file));
    // Line breaks stay; what marks a comment does not stand between two words.
    const comment = blank(trivia, /^\s*(\/\*\*?|\*\/|\*|\/\/)/gm, /`[^`\n]*`/g);
    if (/\S/.test(comment)) passages.push({ kind: "comment", start: node.pos, text: comment });
  }

  function addString(node: ts.Node): void {
    const start = node.getStart(file);
    const literal = text.slice(start, node.end);
    const sentence = blank(literal.replaceAll("\\n", "  "), /\$\{[^{}]*\}/g, /\\?`/g);
    if (/\S\s+\S/.test(sentence)) passages.push({ kind: "string", start, text: sentence });
  }
}

/** Spaces for what matches, so that all else stays where it is. */
function blank(text: string, ...patterns: readonly RegExp[]): string {
  return patterns.reduce((rest, pattern) => rest.replace(pattern, (match) => match.replace(/[^\n]/g, " ")), text);
}
