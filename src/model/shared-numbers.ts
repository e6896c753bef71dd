import { elementCount } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Reads statistics and their like, which many layers may share, once each; too many of them are refused. */
export function sharedNumbers<Key>(
  refuse: (problem: string) => never,
): (key: Key, tensor: Pick<Tensor, "shape" | "values">) => Float64Array {
  const numbers = new Map<Key, Float64Array>();
  let kept = 0;
  return (key, { shape, values }) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    kept += elementCount(shape) ?? 0;
    if (kept > MOST_STATISTICS) refuse(`its norms have more than ${MOST_STATISTICS} statistics`);
    const read = values();
    numbers.set(key, read);
    return read;
  };
}

/** 128 MiB of doubles; the largest networks have a million statistics. */
const MOST_STATISTICS = 2 ** 24;
