import { expect } from "vitest";
import type { Ran } from "./vshift.ts";

/** A refusal is one line on stderr that says these words in this order, nothing on stdout, and exit code 2. */
export function expectOneLine({ code, stdout, stderr }: Ran, says: readonly string[]): void {
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^vshift: [^\n]+\n$/);
  let from = 0;
  for (const words of says) {
    const at = stderr.indexOf(words, from);
    expect(at, `${JSON.stringify(words)} in ${stderr}`).not.toBe(-1);
    from = at + words.length;
  }
}
