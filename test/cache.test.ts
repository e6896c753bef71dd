import { expect, it } from "vitest";
import { createCache } from "../src/cache.ts";

it("a value is made once, also where it is undefined, until as many others as fit were made after it", () => {
  const made: string[] = [];
  const cache = createCache<string | undefined>(2);
  const get = (key: string) =>
    cache.get(key, () => {
      made.push(key);
      return key === "none" ? undefined : key.toUpperCase();
    });
  expect(["a", "none", "a", "none"].map(get)).toEqual(["A", undefined, "A", undefined]);
  expect(made).toEqual(["a", "none"]);
  // "a" goes, which was made first.
  expect(["b", "none", "a"].map(get)).toEqual(["B", undefined, "A"]);
  expect(made).toEqual(["a", "none", "b", "a"]);
});

it("what cannot be made is asked for again", () => {
  const cache = createCache<number>(1);
  expect(() =>
    cache.get("a", () => {
      throw new RangeError("no");
    }),
  ).toThrow("no");
  expect(cache.get("a", () => 1)).toBe(1);
});
