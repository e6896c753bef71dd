import { excerpt, invalidFile } from "./file-error.ts";

/** What the header of a .npy file says of the array after it. */
export interface NpyHeader {
  /** NumPy's code of the element type, such as "<f4". */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads the header, the text of a Python dictionary, by its three keys and the few kinds of value that they have. Nothing
 * in it is evaluated.
 *
 * Format: NEP 1, and numpy.lib.format for versions 2.0 and 3.0.
 */
export function parseNpyHeader(text: string, where: string): NpyHeader {
  const values = valuesIn(text, where);
  const { descr, fortran_order: fortranOrder, shape } = Object.fromEntries(values);
  if (
    values.size !== 3 ||
    descr?.text === undefined ||
    fortranOrder?.flag === undefined ||
    shape?.tuple === undefined
  ) {
    throw malformed(where, "its header must have descr, fortran_order and shape, and nothing else");
  }
  return { descr: descr.text, fortranOrder: fortranOrder.flag === "True", shape: lengths(shape.tuple, where) };
}

/** One value, by what kind of literal it is. */
interface Literal {
  readonly text: string | undefined;
  readonly flag: string | undefined;
  readonly tuple: string | undefined;
}

// 'key': 'text' | True | False | (1, 2), with a comma between entries; Python 2 wrote 1L for a long number.
const ENTRY = /\s*(['"])(\w+)\1\s*:\s*(?:(['"])([^'"\\]*)\3|(True|False)|\(([\d\sL,]*)\))\s*(,|$)\s*/y;

function valuesIn(text: string, where: string): Map<string, Literal> {
  const whole = text.trim();
  if (!whole.startsWith("{") || !whole.endsWith("}"))
    throw malformed(where, "its header is not a dictionary in braces");
  const body = whole.slice(1, -1).trim();
  if (/['"]descr['"]\s*:\s*\[/.test(body)) {
    throw invalidFile({
      where,
      problem: "has records of several fields as elements",
      hint: "save one field as a separate array",
    });
  }
  const values = new Map<string, Literal>();
  const entry = new RegExp(ENTRY);
  while (entry.lastIndex < body.length) {
    const [, , key, , string, flag, tuple] = entry.exec(body) ?? [];
    if (key === undefined) throw malformed(where, "its header is not a dictionary as NumPy writes it");
    if (values.has(key)) throw malformed(where, `its header has ${key} twice`);
    values.set(key, { text: string, flag, tuple });
  }
  return values;
}

function lengths(tuple: string, where: string): number[] {
  const parts = tuple.split(",").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  return parts.map((part) => {
    if (!/^\d{1,16}L?$/.test(part))
      throw malformed(where, `its header has the invalid shape (${excerpt(tuple.trim())})`);
    return Number(part.replace("L", ""));
  });
}

function malformed(where: string, problem: string) {
  return invalidFile({ where, problem, hint: "save it again with numpy.save" });
}
