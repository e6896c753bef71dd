import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { parseFiles } from "../notation/files.ts";
import { ARRAY_FIELDS, isArrayName } from "./arrays.ts";
import type { Scenario } from "./scenario.ts";

const MAY_NAME_ARRAYS: ReadonlySet<string> = new Set(ARRAY_FIELDS);

/**
 * The scenario's identity: SHA-256, in hexadecimal, of its fields as JSON with sorted keys, those that are null left out.
 * However it was written; and a field that is added later, null where it says nothing new, changes no identity. A file
 * counts by its content, the digest, and not by its name.
 */
export function scenarioId(scenario: Scenario): string {
  return identify(asked(scenario));
}

/**
 * The identity of what is measured at one position of a network: that of the scenario where it has only one, and else with the
 * number of the position.
 */
export function positionId(scenario: Scenario, position: number | null): string {
  return identify({ ...asked(scenario), position });
}

/** Mini-batches are another spelling of samples, and variables of what the network's text has; of its files the content counts. */
function asked(scenario: Scenario): object {
  return { ...scenario, batches: null, variables: null, files: null, network: networkByContent(scenario) };
}

function networkByContent({ network, files }: Scenario): string | null {
  if (files === null || network === null) return network;
  const known = parseFiles(files);
  return network.replace(FILE, (name) => `file:${known.get(name)?.digest ?? name}`);
}

/** As the notation has it. */
const FILE = /file:[^\s,()]+/g;

/** The identity of plain data: SHA-256, in hexadecimal, of the fields that count, sorted, as JSON; nulls are left out. */
export function identify(scenario: object, counts: (field: string) => boolean = () => true): string {
  const values = scenario as Readonly<Record<string, unknown>>;
  const fields = Object.keys(values).filter((field) => values[field] !== null && counts(field));
  let members = "";
  // Sorted by UTF-16 code units, in any language.
  for (const field of fields.sort()) {
    const value = values[field];
    const text = JSON.stringify(MAY_NAME_ARRAYS.has(field) && isArrayName(value) ? "file" : value);
    if (text !== undefined) members += `${members === "" ? "" : ","}${JSON.stringify(field)}:${text}`;
  }
  return hexadecimal(sha256(utf8ToBytes(`{${members}}`)));
}

/** In one piece: text that was put together from 32 takes V8 ten times the memory, and a sweep keeps 100,000 of them. */
function hexadecimal(bytes: Uint8Array): string {
  const digits = new Uint8Array(2 * bytes.length);
  for (const [at, byte] of bytes.entries()) {
    digits[2 * at] = DIGITS.charCodeAt(byte >> 4);
    digits[2 * at + 1] = DIGITS.charCodeAt(byte & 15);
  }
  return String.fromCharCode(...digits);
}

const DIGITS = "0123456789abcdef";
