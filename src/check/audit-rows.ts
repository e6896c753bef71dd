import { VshiftError } from "../errors.ts";
import type { ModelGraph } from "../model/graph.ts";
import { sharedFloats } from "../numeric/shared-memory.ts";
import { NUMBERS, objectOf, type Rule, SHAPE } from "../scenario/arguments.ts";
import { shown } from "../scenario/typed.ts";

/** What rows must be; which shape they may have is the model's to say. */
export const ROWS: Rule = objectOf(
  { shape: SHAPE, values: NUMBERS },
  { is: "an array of inputs", hint: "write for example { shape: [64, 3, 32, 32], values }" },
);

/** Inputs of a model: an array whose first axis counts them, as the model's framework takes it. */
export interface AuditRows {
  /** Lengths of the axes, the first of the inputs. */
  readonly shape: readonly number[];
  /** As many as the shape needs, the last axis the fastest; finite in single precision. */
  readonly values: ArrayLike<number>;
}

/** Rows that fit a model, channels first. */
export interface FittingRows {
  readonly count: number;
  /** Lengths of the axes of one input, channels first. */
  readonly shape: readonly number[];
  /** In memory that threads share. */
  readonly values: Float32Array;
}

/**
 * The rows as the model reads them. A `VshiftError` for rows of another shape; rows that are flat, as those of a table, have the model's shape
 * if it has no open lengths.
 *
 * field  what messages call them
 */
export function fittingRows(
  graph: Pick<ModelGraph, "nodes">,
  { shape, values }: AuditRows,
  field: string,
): FittingRows {
  const inputs = graph.nodes.filter(({ layer }) => layer.kind === "input");
  const [input, ...others] = inputs;
  if (input?.layer.kind !== "input" || others.length > 0) {
    throw new VshiftError({
      code: "invalid-file",
      field,
      problem: `cannot be used: the model has ${inputs.length} inputs, and vshift runs models of one`,
      hint: "export a model with one input",
    });
  }
  const isLast = input.layer.channels === "last";
  const wanted = asTheFileHasIt(input.shape.slice(1), isLast);
  const given = givenShape(shape, wanted);
  if (given === undefined) {
    throw new VshiftError({
      code: "invalid-file",
      field,
      problem: `has the shape [${shape.join(", ")}], and the model reads [inputs, ${wanted.map((length) => length ?? "any").join(", ")}]`,
      hint: isLast ? "save rows as the model is given them, channels last" : "save rows as the model is given them",
    });
  }
  const count = shape[0] ?? 0;
  const size = given.reduce((product, length) => product * length, 1);
  requireNumbers(values, { field, size, count });
  const rows = sharedFloats(count * size);
  const channels = isLast ? (given.at(-1) ?? 1) : 1;
  const positions = size / channels;
  for (let row = 0; row < count; row++) {
    for (let at = 0; at < size; at++) {
      const to = (at % channels) * positions + Math.floor(at / channels);
      rows[row * size + to] = values[row * size + at] as number;
    }
  }
  return { count, shape: isLast ? [channels, ...given.slice(0, -1)] : given, values: rows };
}

/** A `VshiftError` unless there are as many numbers as the shape needs, each finite in single precision. */
function requireNumbers(
  values: ArrayLike<unknown>,
  { field, size, count }: { readonly field: string; readonly size: number; readonly count: number },
): void {
  if (values.length !== count * size) {
    throw new VshiftError({
      code: "invalid-file",
      field,
      problem: `has ${values.length} numbers, and its shape needs ${count * size}`,
      hint: "give as many numbers as the shape needs",
    });
  }
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (typeof value === "number" && Number.isFinite(Math.fround(value))) continue;
    throw new VshiftError({
      code: "invalid-file",
      field,
      problem: `has ${shown(value)} in row ${Math.floor(at / size) + 1}, and every value must be finite in single precision`,
      hint: "give the model's inputs, in the range that it was trained with (--scale of vshift audit)",
    });
  }
}

function asTheFileHasIt(shape: readonly (number | null)[], isLast: boolean): readonly (number | null)[] {
  const [channels = null, ...positions] = shape;
  return isLast && shape.length > 0 ? [...positions, channels] : shape;
}

/** Lengths of one row's axes; undefined where they are not those of the model. */
function givenShape(shape: readonly number[], wanted: readonly (number | null)[]): readonly number[] | undefined {
  const [, ...given] = shape;
  const isSame = given.length === wanted.length && given.every((length, axis) => (wanted[axis] ?? length) === length);
  if (isSame) return given;
  const known = wanted.filter((length) => length !== null);
  const isFlat = given.length === 1 && known.length === wanted.length && given[0] === known.reduce((a, b) => a * b, 1);
  return isFlat ? known : undefined;
}
