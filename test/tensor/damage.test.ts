import { fc, it } from "@fast-check/vitest";
import { expect } from "vitest";
import { refusalOf, stored, valuesOf } from "./files.ts";

const FILES = [
  ...[
    "matrix-lf2.npy",
    "matrix-lf4.npy",
    "matrix-bf8.npy",
    "matrix-version-2.npy",
    "matrix-version-3.npy",
    "kernel.npy",
  ],
  ...["matrix-fortran.npy", "objects.npy", "records.npy", "model.npz", "model-compressed.npz"],
  ...["model.safetensors", "halves.safetensors", "matrix.csv"],
].map((file) => ({ file, content: stored(file) }));

/** Every number is finite, or the file is refused: `refusalOf` throws on what is no `VshiftError`. */
async function isReadOrRefused(file: string, content: Uint8Array): Promise<void> {
  const refusal = await refusalOf(file, content);
  expect(refusal).not.toMatch(/[\p{Cc}\u2028]/u);
  if (refusal !== "none") return;
  for (const { values } of await valuesOf(file, content)) expect(values.every(Number.isFinite)).toBe(true);
}

const RUNS = { numRuns: 3000 };

it.prop([fc.constantFrom(...FILES), fc.nat(), fc.integer({ min: 1, max: 255 })], RUNS)(
  "a file with one byte changed is read or refused",
  async ({ file, content }, at, change) => {
    const damaged = content.slice();
    const place = at % damaged.length;
    damaged[place] = (damaged[place] ?? 0) ^ change;
    await isReadOrRefused(file, damaged);
  },
);

it.prop([fc.constantFrom(...FILES), fc.nat()], RUNS)(
  "a file that was cut short is read or refused, and refused but for text",
  async ({ file, content }, at) => {
    const cut = content.slice(0, at % content.length);
    await isReadOrRefused(file, cut);
    // A zip archive ends with a comment that may be cut, and has none here; half a CSV file is a CSV file.
    if (!file.endsWith(".csv")) expect(await refusalOf(file, cut)).not.toBe("none");
  },
);

it.prop([fc.constantFrom(".npy", ".npz", ".safetensors", ".csv", ".pt"), fc.uint8Array({ maxLength: 200 })], RUNS)(
  "any bytes at all are read or refused",
  (ending, content) => isReadOrRefused(`w${ending}`, content),
);
