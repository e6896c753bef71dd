import { expect, it } from "vitest";
import { threefry2x32, type WordPair } from "../../src/random/threefry.ts";

// Known answers of Threefry-2x32 with 20 rounds: Random123 1.14, tests/kat_vectors.
const KNOWN: readonly { readonly counter: WordPair; readonly key: WordPair; readonly words: WordPair }[] = [
  { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
  { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
  { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], words: [0xc4923a9c, 0x483df7a0] },
];

it.each(KNOWN)("Threefry of counter $counter under key $key is $words", ({ counter, key, words }) => {
  const out = new Uint32Array(4);
  threefry2x32({ key, counter, out, at: 1 });
  expect([...out]).toEqual([0, ...words, 0]);
});

it("words of either sign are one word", () => {
  const out = new Uint32Array(2);
  threefry2x32({ key: [-1, -1], counter: [-1, -1], out, at: 0 });
  expect([...out]).toEqual([0x1cb996fc, 0xbb002be7]);
});
