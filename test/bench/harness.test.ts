import { describe, expect, it } from "vitest";
import { checkAnswer } from "../../bench/cases/measurement.ts";
import { BEFORE, type Case, type Contestant } from "../../bench/harness/case.ts";
import { costOf, finish } from "../../bench/harness/child-process.ts";
import { vectorsOf } from "../../bench/harness/machine.ts";
import { resultsMarkdown } from "../../bench/harness/markdown.ts";
import { resultsPicture } from "../../bench/harness/picture.ts";
import { race } from "../../bench/harness/race.ts";
import { ratioToVshift } from "../../bench/harness/ratios.ts";
import { type Entry, type Race, type Results, type Scaling, withPart } from "../../bench/harness/results.ts";
import { exponentOf } from "../../bench/harness/statistics.ts";

const machine = {
  processor: "P",
  vectors: "AVX2",
  cores: 2,
  memoryGiB: 8,
  system: "linux x64",
  versions: { Node: "20" },
};
const measured = { date: "2026-01-02T03:04:05Z", machine };
const script = (text: string) => ({ file: process.execPath, args: ["-e", text] });

const entry = (contestant: string, ...runs: readonly (readonly [seconds: number, cpu: number])[]): Entry => ({
  contestant,
  title: contestant,
  runs: runs.map(([seconds, cpu], index) => ({ round: index + 1, seconds, cpu })),
});

describe("the cost of a process", () => {
  it("is the shell's last line on stderr, behind what the program wrote", () => {
    expect(costOf("a warning 1.000 2.000 3.000\nno end of line0.250 0.300 0.040\n")).toEqual({
      seconds: 0.25,
      cpu: 0.3 + 0.04,
      stderr: "a warning 1.000 2.000 3.000\nno end of line",
    });
    expect(() => costOf("a warning\n")).toThrow("no times");
  });

  it("has the CPU time of all threads and of children that are waited for", async () => {
    const busy = "while (process.cpuUsage().user < 150_000);";
    const threaded = `new (require('node:worker_threads').Worker)(${JSON.stringify(busy)}, { eval: true });`;
    const { cpu, exitCode } = await finish(
      script(`${busy} require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(busy)}]);`),
    );
    expect(exitCode).toBe(0);
    expect(cpu).toBeGreaterThan(0.29);
    expect((await finish(script(threaded))).cpu).toBeGreaterThan(0.14);
  });

  it("of a process that only waits is next to no CPU time", async () => {
    const { seconds, cpu } = await finish({ file: "sleep", args: ["0.3"] });
    expect(seconds).toBeGreaterThanOrEqual(0.3);
    expect(cpu).toBeLessThan(0.1);
  });

  it("of a program that is missing comes with 127", async () => {
    expect(await finish({ file: "no-such-program", args: [] })).toMatchObject({ exitCode: 127, stdout: "" });
  });
});

describe("a race", () => {
  const contestant = (id: string, text: string): Contestant => {
    const command = script(text);
    return { id, title: id, command, trial: command, answer: ({ stdout }) => ({ samples: Number(stdout) }) };
  };
  const of: Case = { id: "R", title: "R", timesRounds: 2, contestants: () => [] };
  const options = { rounds: 1, log: () => {} };

  it("runs all contestants in each round and keeps their answers", async () => {
    const contestants = [contestant("vshift", "console.log(7)"), contestant("other", "console.log(8)")];
    const { entries } = await race(of, { ...options, contestants });
    expect(entries.map(({ contestant: id, runs }) => [id, runs.map(({ round, samples }) => [round, samples])])).toEqual(
      [
        [
          "vshift",
          [
            [1, 7],
            [2, 7],
          ],
        ],
        [
          "other",
          [
            [1, 8],
            [2, 8],
          ],
        ],
      ],
    );
  });

  it("leaves an earlier vshift out that does not know the flags, and stops at any other failure", async () => {
    const contestants = [contestant("vshift", "console.log(7)"), contestant(BEFORE, "process.exit(2)")];
    const { entries } = await race(of, { ...options, contestants });
    expect(entries.map(({ contestant: id }) => id)).toEqual(["vshift"]);
    for (const [id, code] of [
      ["vshift", 2],
      [BEFORE, 1],
    ] as const) {
      const failing = race(of, { ...options, contestants: [contestant(id, `process.exit(${code})`)] });
      await expect(failing).rejects.toThrow(`ended with ${code}`);
    }
  });
});

describe("an answer", () => {
  const right = { shift: 4 / 9, samples: 51_200, trainVariance: 2.25, testVariance: 1, runningVariance: 2.25 };
  const workload = { amount: { samples: 51_200 }, samplesForPermille: 51_200 };

  it("passes within six standard errors, and with the samples asked for", () => {
    // 1.96 standard errors are 0.1 % here: six are 0.306 %.
    const off = (part: number) => ({ ...right, shift: (4 / 9) * (1 + part), testVariance: 1 + part });
    expect(() => checkAnswer(off(0.003), workload)).not.toThrow();
    expect(() => checkAnswer(off(0.0031), workload)).toThrow("a shift of");
    expect(() => checkAnswer({ ...right, testVariance: 1.01 }, workload)).toThrow("ratio of its variances");
    expect(() => checkAnswer({ ...right, runningVariance: 2 }, workload)).toThrow("a running variance");
    expect(() => checkAnswer({ ...right, samples: 51_456 }, workload)).toThrow("samples instead of");
  });
});

it("vectorsOf names the widest vectors of a processor", () => {
  expect(vectorsOf(["sse4_1", "avx", "avx2", "avx512f"])).toBe("AVX-512");
  expect(vectorsOf(["sse4_1", "avx", "avx2"])).toBe("AVX2");
});

it("exponentOf finds the exponent of a power", () => {
  expect(exponentOf([1, 2, 8].map((x) => [x, 3 * x ** 1.5] as const))).toBeCloseTo(1.5, 12);
});

it("ratioToVshift compares runs of the same round, by wall and by CPU time", () => {
  const one: Race = {
    id: "R",
    title: "R",
    entries: [entry("vshift", [1, 2], [2, 4], [9, 9]), entry("b", [3, 1], [2, 1])],
  };
  expect(ratioToVshift(one, "b", "seconds")).toEqual({ median: 2, low: 1, high: 3 });
  expect(ratioToVshift(one, "b", "cpu")).toEqual({ median: 0.375, low: 0.25, high: 0.5 });
  expect(ratioToVshift(one, "c", "cpu")).toBeUndefined();
});

describe("results", () => {
  const sweep: Race = {
    id: "sweep",
    title: "A sweep: all of them",
    multiplyAdds: 6e12,
    entries: [entry("vshift", [2, 3]), entry(BEFORE, [3, 6.3])],
  };
  const start: Race = {
    id: "start",
    title: "Start: short",
    entries: [entry("node", [0.02, 0.02]), entry("vshift", [0.024, 0.03])],
  };
  const growth: Scaling = {
    ...{ name: "Width", setting: "s", variable: "d", unit: "CPU s", reading: "Linear.", exponent: 1 },
    points: [1, 10, 100].map((x) => ({ x, value: x / 10 })),
  };
  const empty: Results = { races: [], figures: [], absent: [] };
  const full = [{ race: sweep }, { race: start }, { series: [growth] }].reduce<Results>(
    (results, part) => withPart(results, part, measured),
    empty,
  );

  it("keep other parts when one is measured again", () => {
    const again = withPart(full, { race: { ...sweep, entries: [] }, absent: ["NumPy"] }, measured);
    expect(again.races.map(({ id, entries }) => [id, entries.length])).toEqual([
      ["sweep", 0],
      ["start", 2],
    ]);
    expect(again).toMatchObject({ scaling: full.scaling, figures: [], absent: ["NumPy"] });
  });

  it("are compared with the aims: CPU time for the state before, wall time for the start", () => {
    const report = resultsMarkdown(full);
    expect(report).toContain("2026-01-02: P with AVX2, 2 cores, 8 GiB, linux x64. Node 20.");
    expect(report).toContain("| sweep | vshift before | 2× CPU | 1.50 | 2.10 | yes |");
    expect(report).toContain("| W1 | vshift before | 1.4× CPU | not measured |  |  |");
    expect(report).toContain("## A sweep\n\nall of them, 6.00·10¹² multiply-adds. Rounds: 1.");
    expect(report).toContain("| vshift | 2.00 | 3.00 | 1 | 1 | 3000.0 |");
    expect(report).toContain("vshift takes 4.0 ms more than bare Node; the aim of 5 is met.");
    expect(report).toContain("The cost grows as d^1.00: twice as many cost 2.00 times as much. Linear.");
  });

  it("have a picture with a dot for each contestant and each point of growth, the same for the same results", () => {
    const picture = resultsPicture(full.races, full.scaling?.series ?? []);
    expect(picture.match(/<circle/g)).toHaveLength(4 + 3);
    expect(picture).not.toMatch(/NaN|Infinity|undefined/);
    expect(resultsPicture(full.races, full.scaling?.series ?? [])).toBe(picture);
  });
});
