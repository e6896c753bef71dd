/** The last values that were made, by their keys. */
export interface Cache<Value> {
  /** The value of a key, made if it is not there. */
  get(key: string, make: () => Value): Value;
}

/** A cache of at most so many values; the one that was made first goes first. */
export function createCache<Value>(most: number): Cache<Value> {
  const values = new Map<string, { readonly value: Value }>();
  return {
    get(key, make) {
      const known = values.get(key);
      if (known !== undefined) return known.value;
      const made = { value: make() };
      const [oldest] = values.keys();
      if (values.size === most && oldest !== undefined) values.delete(oldest);
      values.set(key, made);
      return made.value;
    },
  };
}
