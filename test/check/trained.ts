import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AuditRows } from "../../src/check/audit-rows.ts";
import { readTensors } from "../../src/tensor/read.ts";

// Trained networks, inputs of theirs, and what torch measured (test/model/data/README.md).
const DATA = join(import.meta.dirname, "../model/data");

export type Trained = "mlp" | "tab" | "cnnel" | "dense" | "pointnet";

export const TRAINED: readonly Trained[] = ["mlp", "tab", "cnnel", "dense", "pointnet"];

export interface Truth {
  readonly stored: { readonly loss: number; readonly acc: number };
  readonly reestimated_all_train: { readonly loss: number };
  readonly bn: Readonly<Record<string, TruthOfNorm>>;
}

export interface TruthOfNorm {
  readonly running_mean: readonly number[];
  readonly running_var: readonly number[];
  readonly eps: number;
  /** Without noise, over the test rows. */
  readonly inference_mean: readonly number[];
  readonly inference_var: readonly number[];
  /** Without noise, over all rows of training. */
  readonly corrected_mean: readonly number[];
  readonly corrected_var: readonly number[];
}

export function modelOf(name: Trained) {
  return { file: `${name}.pt2`, bytes: trained(name) };
}

/** What torch exported of a network. */
export function trained(name: Trained): Uint8Array {
  return new Uint8Array(readFileSync(join(DATA, `${name}-drop-0.5-s0.pt2`)));
}

export function truthOf(name: Trained): Truth {
  return JSON.parse(readFileSync(join(DATA, `${name}-drop-0.5-s0.truth.json`), "utf8")) as Truth;
}

/** Rows of training without labels, or of the test set with labels. */
export async function rowsOf(
  name: Trained,
  of: "probe" | "test",
): Promise<AuditRows & { readonly labels: Float64Array }> {
  const file = `${name === "tab" ? "tab" : "mnist"}-${of}.npz`;
  const tensors = await readTensors({ file, bytes: new Uint8Array(readFileSync(join(DATA, file))) });
  const [x, y] = ["x", "y"].map((wanted) => tensors.find((tensor) => tensor.name === wanted)?.open());
  return { shape: x?.shape ?? [], values: x?.values() ?? [], labels: y?.values() ?? new Float64Array(0) };
}

/** The first rows. */
export function first({ shape: [, ...shape], values }: AuditRows, count: number): AuditRows {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape: [count, ...shape], values: Array.from(values).slice(0, count * size) };
}
