import { VshiftError } from "./errors.ts";

/** What errors about a text call it, and what they advise. */
export interface JsonPlace {
  /** "sweep.ndjson:12". */
  readonly field: string;
  readonly hint: string;
}

/**
 * The value of JSON text from outside. `JSON.parse` keeps the last of two equal keys in silence, and lets pass nesting that
 * overflows the stack of the code that walks the value next; here both are a `VshiftError`, as is text that is not JSON.
 *
 * Keys are those of the value alone: "__proto__" is a key like any other.
 */
export function parseJson(text: string, place: JsonPlace): unknown {
  const refuse = (problem: string, cause?: unknown) =>
    new VshiftError({ code: "invalid-file", ...place, problem, cause });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(`is not JSON (${(cause as Error).message.split("\n")[0]})`, cause);
  }
  const keys = countKeys(value);
  if (keys === undefined) throw refuse(TOO_DEEP);
  if (countKeysIn(text) > keys) throw refuse(`has the key ${repeatedKey(text)} more than once`);
  return value;
}

/** Lists and objects within each other; what vshift reads has 5 levels at most. */
export const DEEPEST = 100;

/** What is wrong with a value for which `countKeys` is undefined. */
export const TOO_DEEP = `is nested deeper than ${DEEPEST} levels`;

/** The number of keys of all objects in a value; undefined where it is nested too deep, as one that holds itself is. */
export function countKeys(value: unknown, levels = DEEPEST): number | undefined {
  if (typeof value !== "object" || value === null) return 0;
  if (levels === 0) return undefined;
  let count = 0;
  const inside = Object.values(value);
  for (const one of inside) {
    if (typeof one !== "object" || one === null) continue;
    const below = countKeys(one, levels - 1);
    if (below === undefined) return undefined;
    count += below;
  }
  return Array.isArray(value) ? count : count + inside.length;
}

/** The number of keys that stand in a JSON text: strings before a colon. From quote to quote, which the engine finds. */
function countKeysIn(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open !== -1; ) {
    const end = endOfString(text, open);
    if (isKey(text, end)) count++;
    open = text.indexOf('"', end);
  }
  return count;
}

/** Where the string that begins at `open` ends, behind its closing quote. */
function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (isEscaped(text, close)) close = text.indexOf('"', close + 1);
  return close + 1;
}

/** Whether an odd number of backslashes stands before a quote. */
function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
}

/** Whether the string that ends at `end` is a key. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (WHITE_SPACE.has(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === COLON;
}

const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** RFC 8259, §2. */
const WHITE_SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** A list, or an object with the keys that it had so far, and where in it the text has come to. */
interface Level {
  readonly keys: Set<string> | undefined;
  step: string | number;
}

/** The first key of a JSON text that its object has already, with the way to it: "scenario.width", "[3].id". */
function repeatedKey(text: string): string {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const inside = levels.at(-1);
    switch (text[at]) {
      case "{":
        levels.push({ keys: new Set(), step: "" });
        break;
      case "[":
        levels.push({ keys: undefined, step: 0 });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (typeof inside?.step === "number") inside.step++;
        break;
      case '"': {
        const end = endOfString(text, at);
        if (inside?.keys !== undefined && isKey(text, end)) {
          // Escapes spell one key in many ways.
          const key = JSON.parse(text.slice(at, end)) as string;
          inside.step = key;
          if (inside.keys.has(key)) return pathOf(levels);
          inside.keys.add(key);
        }
        at = end - 1;
      }
    }
  }
  throw new RangeError("no key is there twice");
}

function pathOf(levels: readonly Level[]): string {
  return levels.reduce((path, { step }) => {
    if (typeof step === "number") return `${path}[${step}]`;
    const name = /^[\w$-]+$/.test(step) ? step : JSON.stringify(step);
    return path === "" ? name : `${path}.${name}`;
  }, "");
}
