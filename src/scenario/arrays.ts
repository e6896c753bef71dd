import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { VshiftError } from "../errors.ts";
import type { ArrayName, Scenario } from "./scenario.ts";

/** A matrix of real numbers: weights, a row a neuron, or activations, a row a sample. In single precision, row by row. */
export interface RealArray {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The arrays that scenarios name, by their digests. They travel alongside the scenarios, which are plain data. */
export type Arrays = ReadonlyMap<string, RealArray>;

export const NO_ARRAYS: Arrays = new Map();

/** The fields that may name an array. */
export const ARRAY_FIELDS = ["activation", "testActivation", "weights"] as const;
export type ArrayField = (typeof ARRAY_FIELDS)[number];

export function isArrayName(value: unknown): value is ArrayName {
  return typeof value === "string" && value.startsWith("file:");
}

/** The name and the digest of a field that may name an array. */
export type Naming<Field extends ArrayField> = Pick<Scenario, Field | `${Field}Digest`>;

/** The array that a field of a scenario or a layer names, undefined where it names none; a `VshiftError` where it is not among them. */
export function arrayOf<Field extends ArrayField>(
  naming: Naming<Field>,
  field: Field,
  arrays: Arrays,
): RealArray | undefined {
  const name = naming[field];
  const digest: string | null = naming[`${field}Digest` as const];
  if (!isArrayName(name) || digest === null) return undefined;
  const array = arrays.get(digest);
  if (array !== undefined) return array;
  throw missingArray(field, name, digest);
}

export function missingArray(field: ArrayField | "network", name: string, digest: string): VshiftError {
  return new VshiftError({
    code: "invalid-value",
    field,
    problem: `${name} (SHA-256 ${digest.slice(0, 12)}…) is needed, and its numbers are missing`,
    hint: "give the file again",
  });
}

/** SHA-256, in hexadecimal, of an array's size as text and its values in single precision, little-endian. */
export function digestOf({ rows, columns, values }: RealArray): string {
  const hash = sha256.create().update(utf8ToBytes(`${rows} ${columns}\n`));
  const piece = new DataView(new ArrayBuffer(4 * PIECE));
  for (let start = 0; start < values.length; start += PIECE) {
    const count = Math.min(PIECE, values.length - start);
    for (let at = 0; at < count; at++) piece.setFloat32(4 * at, values[start + at], true);
    hash.update(new Uint8Array(piece.buffer, 0, 4 * count));
  }
  return bytesToHex(hash.digest());
}

const PIECE = 2 ** 14;
