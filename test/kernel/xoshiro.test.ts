import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextWords } from "../../src/kernel/xoshiro.ts";

const LANES = [0, 1, 2, 3] as const;

// From the state {1, 2, 3, 4} of the C reference, prng.di.unimi.it/xoshiro128plusplus.c; also in rand_xoshiro's tests.
const KNOWN = [
  ...[641, 1573767, 3222811527, 3517856514, 836907274],
  ...[4247214768, 3867114732, 1355841295, 495546011, 621204420],
];

const WORD = fc.integer({ min: 0, max: 0xffffffff });
const STATE = fc.uint32Array({ minLength: 16, maxLength: 16 });

/** The state that holds the lane's words and, in the other lanes, the rest's. */
function stateWith(words: readonly number[], lane: number, rest: Uint32Array): Uint32Array {
  const state = Uint32Array.from(rest);
  words.forEach((word, index) => {
    state[4 * index + lane] = word;
  });
  return state;
}

function drawn(state: Uint32Array, lane: number, count: number): number[] {
  const out = new Uint32Array(count);
  nextWords(state, lane, count, out);
  return [...out];
}

describe.each(LANES)("xoshiro128++ in lane %i", (lane) => {
  it("gives the reference's words", () => {
    const others = Uint32Array.from({ length: 16 }, (_, index) => 0x9e3779b9 * (index + 1));
    expect(drawn(stateWith([1, 2, 3, 4], lane, others), lane, KNOWN.length)).toEqual(KNOWN);
  });

  test.prop([STATE])("leaves the other lanes alone", (before) => {
    const state = Uint32Array.from(before);
    drawn(state, lane, 5);
    const others = (words: Uint32Array) => [...words].filter((_, index) => index % 4 !== lane);
    expect(others(state)).toEqual(others(before));
  });

  test.prop([fc.tuple(WORD, WORD, WORD, WORD), STATE, STATE])("does not read the other lanes", (words, one, other) => {
    expect(drawn(stateWith(words, lane, one), lane, 5)).toEqual(drawn(stateWith(words, lane, other), lane, 5));
  });

  test.prop([STATE, fc.integer({ min: 0, max: 9 })])("goes on where it stopped", (before, first) => {
    const state = Uint32Array.from(before);
    const inTwo = [...drawn(state, lane, first), ...drawn(state, lane, 9 - first)];
    expect(inTwo).toEqual(drawn(Uint32Array.from(before), lane, 9));
  });
});
