import { identify } from "../canonical.ts";
import type { StackScenario } from "./stack.ts";

/** The stack's identity: SHA-256 of its fields. */
export function stackId(stack: StackScenario): string {
  return identify(stack);
}

/** What the input and the weights depend on. A deeper stack begins with the layers of the shallower one. */
const DRAW_FIELDS: ReadonlySet<string> = new Set(["seed", "width"] satisfies (keyof StackScenario)[]);

/**
 * The identity of what is drawn: stacks that differ in their noise, norms or remedies have the same weights and see the same
 * mini-batches, so that they differ by nothing else.
 */
export function stackDrawId(stack: StackScenario): string {
  return identify(stack, (field) => DRAW_FIELDS.has(field));
}
