import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as library from "../../src/index.ts";
import {
  check,
  networkTheory,
  plot,
  type ShiftRecord,
  simulate,
  solve,
  stack,
  sweep,
  weights,
} from "../../src/index.ts";
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
    ...["VshiftError", "audit", "check", "checkMeasured", "defineScenario", "describeCheck", "histogram"],
    ...["networkTheory", "plot", "repair", "simulate", "solve", "stack", "sweep", "theory", "watch", "weights"],
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

describe("check", () => {
  const GRID = { keep: [0.5, 0.9], width: 8, depth: [1, 2], batches: 64 };

  it.each([
    [{ keep: "0.3:0.7:0.2", width: 16 }, "--p 0.3:0.7:0.2 --d 16"],
    [{ ...GRID, tolerance: 0.4 }, "--p 0.5,0.9 --d 8 --depth 1,2 --batches 64 --tolerance 0.4"],
    [
      { keep: 0.5, width: 8, nonlinearity: "relu", layer: "linear", batches: 64 },
      "--p 0.5 --d 8 --layer linear --nonlinearity relu --batches 64",
    ],
  ] as const)("of %o gives the bytes of the command's JSON", async (grid, flags) => {
    const { stdout } = await vshift(["check", ...flags.split(" "), "--format", "json"]);
    expect(`${JSON.stringify(await check(grid), null, 2)}\n`).toBe(stdout);
  });

  it("compares with a baseline as the command does, and at its error rate", async () => {
    const grid = { keep: [0.5, 0.7], width: 8, samples: 4096 };
    const baseline = await all(sweep(grid));
    const same = await check(grid, { baseline, alpha: 0.01 });
    expect(same).toMatchObject({ verdict: "agrees", alpha: 0.01, counts: { agrees: 2 } });
    expect(same.cells.map(({ notes }) => notes)).toEqual([
      ["the same sums, to the last bit"],
      ["the same sums, to the last bit"],
    ]);
    const fewer = await check({ ...grid, keep: 0.5 }, { baseline });
    expect(fewer).toMatchObject({ verdict: "disagrees", counts: { agrees: 1, disagrees: 1 } });
  });

  it("refuses what is no baseline, and stops with the signal's reason", async () => {
    expect(await refusal(() => check({}, { baseline: [{}] as never }))).toMatchObject({ field: "baseline[0]" });
    await expect(check({ width: 8 }, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});

describe("weights", () => {
  const VALUES = [1, -0.5, 0.25, 2, 1, 1];

  it("gives the record of the command, from the bytes of a file or from arrays", async () => {
    const bytes = new TextEncoder().encode("1,-0.5,0.25\n2,1,1\n");
    const cwd = mkdtempSync(join(tmpdir(), "vshift-weights-"));
    writeFileSync(join(cwd, "fc.csv"), bytes);
    const { stdout } = await vshift(["weights", "fc.csv", "--drop", "0.3", "--rho", "0.2", "--format", "json"], {
      cwd,
    });
    const scenario = { drop: 0.3, rho: 0.2 };
    const ofFile = await weights({ file: "fc.csv", bytes }, { scenario });
    expect(`${JSON.stringify(ofFile, null, 2)}\n`).toBe(stdout);
    const arrays = { fc: { shape: [2, 3], values: VALUES } };
    expect(await weights({ file: "fc.csv", arrays }, { scenario })).toEqual(ofFile);
    rmSync(cwd, { recursive: true });
  });

  it("takes several sources, names with *, and neurons on the last axis; biases are skipped, norms are told", async () => {
    const arrays = {
      "fc1.weight": { shape: [2, 3], values: VALUES },
      "fc1.bias": { shape: [2], values: [0, 0] },
      "bn.running_var": { shape: [2], values: [1, 3] },
    };
    const all = await weights([{ arrays }, { file: "other", arrays }], { layout: "in-first" });
    expect(all.layers.map(({ file, inputs, neurons }) => ({ file, inputs, neurons }))).toEqual([
      { file: "arrays", inputs: 2, neurons: 3 },
      { file: "other", inputs: 2, neurons: 3 },
    ]);
    expect(all.summary.skippedArrays).toBe(2);
    expect(all.norms[0]?.runningVariance).toEqual({ mean: 2, least: 1, most: 3 });
    expect((await weights({ arrays }, { names: ["bn*"] })).layers).toEqual([]);
  });

  it.each([
    [{ arrays: { a: { shape: [2, 2], values: [1, 2, 3] } } }, {}, "arrays: a: has the shape [2, 2], but 3 numbers"],
    [{ arrays: { a: { shape: [1, 2], values: [1, Number.NaN] } } }, {}, "arrays: a: has NaN as element 2"],
    [{ arrays: { a: { shape: [2], values: [1, 2] } } }, {}, "arrays: does not contain a layer, only 1 array"],
    [
      { arrays: { a: { shape: [1, 2], values: [1, 2] } } },
      { names: ["b"] },
      "names: b does not match any array; choose from a",
    ],
    [
      { arrays: { a: { shape: [1, 2], values: [1, 2] } } },
      { scenario: { width: 3 } },
      "width: is not a field of a setting",
    ],
    [{ file: "x.txt", bytes: new Uint8Array(1) }, {}, "x.txt: has the file extension .txt, and vshift reads"],
    [{}, {}, "source[0].file: is missing"],
    [null, {}, "source[0]: null is not a file or arrays"],
  ])("%o, %o is refused", async (source, options, message) => {
    expect((await refusal(() => weights(source as never, options))).message).toContain(message);
  });
});

describe("networkTheory", () => {
  const TEXT = "input(512) bn relu dropout($p) linear(512) bn";

  it("gives the record of vshift theory --network, of a text or a list of layers", async () => {
    const { stdout } = await vshift(["theory", "--network", TEXT, "--set", "p=0.3", "--format", "json"]);
    const record = networkTheory(TEXT, { variables: "p=0.3" });
    expect(`${JSON.stringify(record, null, 2)}\n`).toBe(stdout);
    expect(networkTheory(TEXT.replace("$p", "0.3").split(" "))).toEqual(record);
  });

  it.each([
    [5, {}, "network: 5 is not a network as text"],
    [TEXT, {}, "p"],
    [TEXT, { variables: "p=0.1,0.2" }, "variables: p=0.1,0.2 is a list, and a network has one value of each"],
    ["input(512) dropoutt(0.5) bn", {}, "did you mean dropout?"],
  ])("%o, %o is refused", async (network, options, message) => {
    expect((await refusal(() => networkTheory(network as never, options))).message).toContain(message);
  });
});
