import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Scenario } from "./scenario.ts";

/** The fields that say how much to make of the draws and how to read the result; all others say what is drawn. */
const READING_FIELDS: ReadonlySet<string> = new Set([
  "masks",
  "preset",
  "momentum",
  "epsilon",
  "precision",
  "confidence",
  "maxSamples",
  "samples",
  "tolerance",
] satisfies (keyof Scenario)[]);

/**
 * The scenario's identity: SHA-256, in hexadecimal, of its fields as JSON with sorted keys, those that are null left out.
 * However it was written; and a field that is added later, null where it says nothing new, changes no identity.
 */
export function scenarioId(scenario: Scenario): string {
  return identify(scenario, () => true);
}

/**
 * The identity of what is drawn: scenarios that differ only in how long they draw or how the draws are read share it, and
 * so share the draws. A longer run begins with the shorter one, and balanced masks with the single one.
 */
export function drawId(scenario: Scenario): string {
  return identify(scenario, (field) => !READING_FIELDS.has(field));
}

function identify(scenario: Scenario, counts: (field: string) => boolean): string {
  const fields = Object.entries(scenario).filter(([field, value]) => value !== null && counts(field));
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return hexadecimal(sha256(utf8ToBytes(JSON.stringify(Object.fromEntries(fields)))));
}

/** In one piece: text that was put together from 32 takes V8 ten times the memory, and a sweep keeps 100,000 of them. */
function hexadecimal(bytes: Uint8Array): string {
  const digits = Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15]);
  return String.fromCharCode(...digits.map((digit) => DIGITS.charCodeAt(digit)));
}

const DIGITS = "0123456789abcdef";
