import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Address,
  branchOf,
  MOST_BATCHES,
  ONCE,
  STATE_WORDS,
  STREAMS,
  type StreamName,
  startStream,
} from "../../src/random/streams.ts";
import { threefry2x32 } from "../../src/random/threefry.ts";

const NAMES = Object.keys(STREAMS) as StreamName[];
const WORD = fc.integer({ min: 0, max: 0xffffffff });
const PLACE = fc.record({
  batch: fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 3 }).map((near) => 2 ** 16 * near),
    fc.integer({ min: 0, max: MOST_BATCHES - 1 }),
    fc.constant(ONCE),
  ),
  name: fc.constantFrom(...NAMES),
});
const KEY = fc.tuple(WORD, WORD);

function stateOf({ name, ...address }: Address & { readonly name: StreamName }): Uint32Array {
  const state = new Uint32Array(STATE_WORDS);
  startStream(address, name, state);
  return state;
}

/** The state in pieces of two words, each of which is one output of Threefry. */
function pairsOf(state: Uint32Array): string[] {
  return Array.from({ length: STATE_WORDS / 2 }, (_, index) => `${state[2 * index]},${state[2 * index + 1]}`);
}

describe("streams", () => {
  // Threefry is a bijection of the counter: under one key distinct counters never give the same pair. No odds are involved.
  test.prop([KEY, fc.uniqueArray(PLACE, { minLength: 2, maxLength: 6, comparator: "SameValue", selector: addressOf })])(
    "at distinct addresses (batch, stream) share no pair of words",
    (key, places) => {
      const pairs = places.flatMap((place) => pairsOf(stateOf({ key, ...place })));
      expect(new Set(pairs).size).toBe(places.length * (STATE_WORDS / 2));
    },
  );

  test.prop([KEY, PLACE])("start from the same words whatever the state held before", (key, { name, ...place }) => {
    const state = new Uint32Array(STATE_WORDS).fill(7);
    startStream({ key, ...place }, name, state);
    expect(state).toEqual(stateOf({ key, ...place, name }));
  });

  // Two keys whose whole states agree: 2⁻⁵¹² for a random function.
  test.prop([KEY, KEY, PLACE])("under distinct keys are distinct", (one, other, place) => {
    fc.pre(one[0] !== other[0] || one[1] !== other[1]);
    expect(stateOf({ key: one, ...place })).not.toEqual(stateOf({ key: other, ...place }));
  });

  it("have the batch in 48 bits of the counter, the stream and the index in 8 each", () => {
    const state = stateOf({ key: [1, 2], batch: 0x3fedc, name: "noiseAngle" });
    const expected = new Uint32Array(STATE_WORDS);
    for (let index = 0; index < 8; index++) {
      threefry2x32({ key: [1, 2], counter: [3, 0xfedc0600 + index], out: expected, at: 2 * index });
    }
    expect(state).toEqual(expected);
  });

  it("have distinct numbers", () => {
    expect(new Set(Object.values(STREAMS)).size).toBe(NAMES.length);
  });
});

describe("branches of a key", () => {
  test.prop([KEY, fc.integer({ min: 0, max: 2 ** 31 - 2 })])("are keys of their own", (key, index) => {
    const branches = [branchOf(key, 0), branchOf(key, index + 1), key].map(String);
    expect(new Set(branches).size).toBe(3);
    expect(branchOf(key, index)).toEqual(branchOf(key, index));
  });

  it("are Threefry of a counter that no mini-batch has, nor the weights", () => {
    const out = new Uint32Array(2);
    threefry2x32({ key: [1, 2], counter: [0xffffffff, 0x80000005], out, at: 0 });
    expect(Uint32Array.from(branchOf([1, 2], 5))).toEqual(out);
    // The first word of a counter is the batch's upper 32 bits, the upper half of the second its lower 16.
    expect(Math.floor((MOST_BATCHES - 1) / 2 ** 16)).toBeLessThan(0xffffffff);
    expect(Math.floor(ONCE / 2 ** 16)).toBe(0xffffffff);
    expect(ONCE % 2 ** 16).toBeLessThan(0x8000);
  });
});

function addressOf({ batch, name }: { batch: number; name: StreamName }): string {
  return `${batch}/${name}`;
}
