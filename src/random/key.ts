import seedrandom from "seedrandom";
import { drawId } from "../scenario/canonical.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { stackDrawId } from "../scenario/stack/identity.ts";
import type { StackScenario } from "../scenario/stack/stack.ts";
import type { WordPair } from "./threefry.ts";

/**
 * The root key of every draw of a scenario: two 32-bit words from the seed's text and every field that says what is drawn.
 *
 * seedrandom repeats a seed's text until its pool is full, so that "1" and "11" would be one stream, and reads only the low
 * byte of a character. It is therefore given the SHA-256 of all of that, whose length is always the same.
 */
export function drawKey(scenario: Scenario): WordPair {
  return keyOf(drawId(scenario));
}

/** The root key of every draw of a stack. */
export function stackKey(stack: StackScenario): WordPair {
  return keyOf(stackDrawId(stack));
}

function keyOf(id: string): WordPair {
  const root = seedrandom(id);
  return [root.int32(), root.int32()];
}
