import { describe, expect, it } from "vitest";
import * as library from "../../src/index.ts";
import { plot, type ShiftRecord, simulate, solve, stack, sweep } from "../../src/index.ts";
import { vshift } from "../cli/in-process.ts";
import { refusal } from "../refusal.ts";

async function all(records: AsyncIterable<ShiftRecord>): Promise<readonly ShiftRecord[]> {
  const list: ShiftRecord[] = [];
  for await (const record of records) list.push(record);
  return list;
}

async function lines(...args: readonly string[]): Promise<readonly unknown[]> {
  const { stdout } = await vshift(args);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

it("has these exports, and no other", () => {
  expect(Object.keys(library).toSorted()).toEqual([
    ...["VshiftError", "audit", "checkMeasured", "defineScenario", "describeCheck", "plot", "repair", "simulate"],
    ...["solve", "stack", "sweep", "theory"],
  ]);
});

describe("sweep", () => {
  it("gives the records that the command gives, in the order of the grid", async () => {
    const records = await all(sweep({ keep: "0.3:0.7:0.2", width: [8, 16], samples: 2048 }));
    expect(records).toEqual(
      await lines("sweep", "--p", "0.3:0.7:0.2", "--d", "8,16", "--samples", "2048", "--format", "ndjson"),
    );
  });

  it("pairs fields that are zipped, and measures a scenario once", async () => {
    const records = await all(
      sweep({ keep: [0.5, 0.7, 0.5], width: [8, 16, 8], samples: 2048 }, { zip: [["keep", "width"]] }),
    );
    expect(records.map(({ scenario }) => [scenario.keep, scenario.width])).toEqual([
      [0.5, 8],
      [0.7, 16],
    ]);
  });

  it("has a record for each position of a stack, and takes arrays by name", async () => {
    const input = { keep: [0.5, 0.9], width: 8, depth: 2, batches: 8 };
    const stacks = [await stack({ ...input, keep: 0.5 }), await stack({ ...input, keep: 0.9 })];
    expect(await all(sweep(input))).toEqual(stacks.flat());
    const arrays = { "file:w": { shape: [1, 2], values: [1, -0.5] } };
    const weighted = { weights: "file:w", samples: 2048 } as const;
    expect(await all(sweep({ ...weighted, keep: [0.5] }, { arrays }))).toEqual([
      await simulate({ ...weighted, keep: 0.5 }, { arrays }),
    ]);
  });

  it("gives the same from several threads", async () => {
    const grid = { keep: [0.3, 0.5], width: 256, samples: 200_000 };
    expect(await all(sweep(grid, { threads: 2 }))).toEqual(await all(sweep(grid)));
  });

  it("refuses a grid before it measures, and a scenario that cannot be measured when it is due", async () => {
    expect(await refusal(() => sweep({ keep: [0.5, 1.5] }).next())).toMatchObject({ field: "keep" });
    expect(await refusal(() => sweep({}, { threads: 0 }).next())).toMatchObject({ field: "threads" });
    expect(await refusal(() => sweep({ keep: 0.5 }, { zip: [["keep"]] }).next())).toMatchObject({ field: "zip" });
    const records = sweep({ keep: [0.5, 0.0001], width: 1, batchSize: 2, samples: 8 });
    expect((await records.next()).value?.scenario.keep).toBe(0.5);
    expect(await refusal(() => records.next())).toMatchObject({
      field: "samples",
      problem: "4 mini-batches of 2 have no variance to measure (scenario 2 of the grid)",
    });
  });

  it("ends with the signal's reason when it is aborted, and early when nobody reads on", async () => {
    const control = new AbortController();
    const records = sweep({ keep: "0.1:0.9:0.1", width: 8, samples: 2048 }, { signal: control.signal });
    await records.next();
    control.abort(new Error("enough"));
    await expect(all(records)).rejects.toThrow("enough");
    for await (const record of sweep({ keep: "0.1:0.9:0.1", width: 8, samples: 2048 })) {
      expect(record.scenario.keep).toBe(0.1);
      break;
    }
  });
});

describe("solve", () => {
  it.each([
    [{ width: 64 }, "keep", 0.9, "--solve-for keep --shift 0.9 --d 64"],
    [{ noise: "uout" }, "beta", 0.99, "--solve-for beta --shift 0.99 --noise uout"],
    [
      { keep: 0.5, layer: "linear", rho: 0.2 },
      "alignment",
      0.9,
      "--solve-for alignment --shift 0.9 --p 0.5 --layer linear --rho 0.2",
    ],
  ] as const)("%o for %s gives the record of the command", async (input, solveFor, shift, flags) => {
    const [record] = await lines("solve", ...flags.split(" "), "--format", "ndjson");
    expect(JSON.parse(JSON.stringify(solve(input, { solveFor, shift })))).toEqual(record);
  });

  it.each([
    [{}, { solveFor: "keep", shift: 1.2 }, { field: "shift" }],
    [{ keep: 0.5 }, { solveFor: "keep", shift: 0.9 }, { field: "keep", code: "conflicting-fields" }],
    [{ drop: 0.5 }, { solveFor: "keep", shift: 0.9 }, { field: "drop", code: "conflicting-fields" }],
    [{}, { solveFor: "kepe", shift: 0.9 }, { field: "solveFor", hint: "did you mean keep?" }],
    [
      { depth: 4, width: 64 },
      { solveFor: "keep", shift: 0.9 },
      { field: "depth", code: "conflicting-fields" },
    ],
    [{ network: "input(8) bn relu dropout(0.5) linear(8) bn" }, { solveFor: "keep", shift: 0.9 }, { field: "network" }],
    [{ width: -1 }, { solveFor: "keep", shift: 0.9 }, { field: "width" }],
  ])("%o, %o is refused", async (input, options, expected) => {
    expect(await refusal(() => solve(input, options as never))).toMatchObject(expected);
  });
});

describe("plot", () => {
  it("draws what the command draws", async () => {
    const records = await all(sweep({ keep: "0.3:0.7:0.2", width: [8, 16], samples: 2048 }));
    const svg = await plot(records, { by: "width", title: "Shift", width: 600 });
    expect(svg).toMatch(/^<svg .*width="600"/s);
    expect(svg).toContain("Shift");
    expect(svg).toBe(await plot(records, { by: "width", title: "Shift", width: 600 }));
  });

  it("refuses names that no field has, sizes that no picture has, and nothing to draw", async () => {
    const records = await all(sweep({ keep: [0.3, 0.5], width: 8, samples: 2048 }));
    expect(await refusal(() => plot(records, { x: "kepe" }))).toMatchObject({ hint: "did you mean keep?" });
    expect(await refusal(() => plot(records, { width: 3 }))).toMatchObject({ field: "width" });
    expect(await refusal(() => plot([]))).toMatchObject({ field: "records" });
  });
});
