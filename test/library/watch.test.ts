import { describe, expect, it } from "vitest";
import { type SoFar, simulate, stack, watch } from "../../src/index.ts";

async function all(measurement: AsyncIterable<SoFar>): Promise<readonly SoFar[]> {
  const seen: SoFar[] = [];
  for await (const soFar of measurement) seen.push(soFar);
  return seen;
}

describe("watch", () => {
  const wide = { layer: "linear", width: 64, precision: 0.002 } as const;

  it("ends with what simulate gives, and says so", async () => {
    const seen = await all(watch(wide));
    expect(seen.at(-1)?.records).toEqual([await simulate(wide)]);
    expect(seen.map(({ isFinal }) => isFinal)).toEqual(seen.map((_, index) => index === seen.length - 1));
    expect(seen.length).toBeGreaterThan(2);
    for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total);
    for (const { done, records } of seen) expect(records?.[0].measured.batches).toBe(done);
  });

  it("says on the way what was measured of the mini-batches so far, with an interval that shrinks", async () => {
    const widths: number[] = [];
    for await (const { records, isFinal } of watch(wide)) {
      if (records === undefined || isFinal) continue;
      const [{ measured }] = records;
      const alone = await simulate({ ...wide, precision: null, batches: measured.batches });
      // Other blocks, so that sums have other last bits.
      expect(measured.shift).toBeCloseTo(alone.measured.shift, 12);
      expect(measured.standardError).toBeCloseTo(alone.measured.standardError ?? Number.NaN, 10);
      widths.push((measured.interval?.[1] ?? Number.NaN) - (measured.interval?.[0] ?? Number.NaN));
    }
    expect(widths.length).toBeGreaterThan(1);
    expect(widths.at(-1)).toBeLessThan(widths[0] ?? 0);
  });

  it("of a stack counts passes, and has records at the end", async () => {
    const input = { depth: 2, width: 16, keep: 0.5, batches: 16 };
    const seen = await all(watch(input));
    expect(seen.at(-1)?.records).toEqual(await stack(input));
    expect(seen.slice(0, -1).every(({ records }) => records === undefined)).toBe(true);
  });

  it("ends where the reader leaves, and where the signal says so", async () => {
    for await (const { isFinal } of watch({ ...wide, precision: 1e-5, maxSamples: 1e9 })) {
      expect(isFinal).toBe(false);
      break;
    }
    const controller = new AbortController();
    let last: SoFar | undefined;
    for await (const soFar of watch({ ...wide, precision: 1e-5, maxSamples: 1e9 }, { signal: controller.signal })) {
      controller.abort();
      last = soFar;
    }
    expect(last?.isFinal).toBe(true);
    expect(last?.done).toBe(last?.records?.[0].measured.batches);
    expect(last?.done).toBeLessThanOrEqual(last?.total ?? 0);
    expect(last?.records?.[0].measured.batches).toBeGreaterThanOrEqual(2);
  });

  it("gives the same from several threads", async () => {
    const input = { width: 256, samples: 400_000 };
    const [alone, several] = await Promise.all(
      [1, 2].map(async (threads) => (await all(watch(input, { threads }))).at(-1)?.records),
    );
    expect(several).toEqual(alone);
  });

  it("names what is wrong at the call", async () => {
    expect(() => watch({ keep: 2 })).toThrow("keep: 2 is not a number");
    const aborted = AbortSignal.abort(new Error("stop"));
    await expect(watch(wide, { signal: aborted }).next()).rejects.toThrow("stop");
  });
});
