import { markdownTable } from "../../src/report/markdown.ts";
import { grouped } from "../../src/report/numbers.ts";
import { MEMORY_TARGET_MB, SPEED_TARGETS, START_TARGET_MS, SWEEP_TARGET_SECONDS } from "../targets.ts";
import { milliseconds, ratio, seconds, spread } from "./cells.ts";
import type { Machine } from "./machine.ts";
import { LONG_RUN_SECONDS, ROUNDS_OF_LONG_RUNS } from "./race.ts";
import { contestantsIn, entryOf, ratioToVshift, secondsOf } from "./ratios.ts";
import type {
  Growth,
  InProcess,
  Measured,
  Race,
  Results,
  Scaling,
  StackRace,
  Start,
  SweepRace,
  WorkerStart,
} from "./results.ts";
import { spreadOf } from "./statistics.ts";

/** The report, in Markdown: all measurements next to the aims. */
export function resultsMarkdown(results: Results): string {
  const { races, absent, start, inProcess, workerStart, scaling, sweep, stack } = results;
  const parts = [
    "# Results",
    "Written by the benchmark from `results.json`; [README.md](README.md) says how, and who takes part.",
    ...(races.length > 0 ? [machineLines(races[races.length - 1].machine), ...racesParts(races)] : []),
    ...(absent.length > 0 ? [`Not installed, and left out: ${absent.join(", ")}.`] : []),
    ...(start === undefined ? [] : startParts(start)),
    ...(sweep === undefined ? [] : sweepParts(sweep)),
    ...(stack === undefined ? [] : stackParts(stack)),
    ...(inProcess === undefined ? [] : inProcessParts(inProcess)),
    ...(workerStart === undefined ? [] : workerStartParts(workerStart)),
    ...(scaling === undefined ? [] : scalingParts(scaling)),
  ];
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n`;
}

function machineLines({ processor, cores, memoryGiB, system, versions }: Machine): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}. ${list.join(", ")}.`;
}

function racesParts(races: readonly Measured<Race>[]): string[] {
  const contestants = contestantsIn(races);
  const names = races.map(({ workload }) => workload);
  const table = (cell: (race: Race, contestant: string) => string) =>
    markdownTable(
      ["", ...names],
      [...contestants].map(([id, title]) => [title, ...races.map((race) => cell(race, id))]),
    );
  const dates = races.map(({ date }) => date.slice(0, 10)).sort();
  return [
    `${dates[0] === dates[dates.length - 1] ? dates[0] : `${dates[0]} to ${dates[dates.length - 1]}`}. ` +
      `Contestants that take longer than ${LONG_RUN_SECONDS} s for a run take part in at most ${ROUNDS_OF_LONG_RUNS} rounds.`,
    markdownTable(
      ["", "workload", "rounds"],
      races.map(({ workload, title, entries }) => [
        workload,
        title,
        String(Math.max(...entries.map(({ runs }) => runs.length))),
      ]),
    ),
    "![Seconds of each contestant in each workload](results.svg)",
    "## Seconds of a whole process",
    "Median [least–greatest].",
    table((race, id) => spread(secondsOf(race, id), seconds)),
    "## Times as long as vshift",
    "Median [least–greatest] of the ratios round by round.",
    table((race, id) => (id === "vshift" ? "1" : spread(ratioToVshift(race, id), ratio))),
    "## Seconds of computing",
    "Without the start of the process and its imports, as the contestants report; medians.",
    table((race, id) => {
      const told = (entryOf(race, id)?.runs ?? []).flatMap(({ computing }) => (computing === null ? [] : [computing]));
      return told.length === 0 ? "–" : seconds(spreadOf(told).median);
    }),
    "## Samples",
    table((race, id) => {
      const runs = entryOf(race, id)?.runs ?? [];
      return runs.length === 0 ? "–" : grouped(Math.round(spreadOf(runs.map(({ samples }) => samples)).median));
    }),
    "## Aims",
    targetTable(races),
  ];
}

/** The aims, each against the fastest of the contestants that it is about. */
function targetTable(races: readonly Race[]): string {
  const rows = SPEED_TARGETS.map(({ workload, contestants, name, atLeast }) => {
    const race = races.find((candidate) => candidate.workload === workload);
    const reached = contestants
      .flatMap((contestant) => (race === undefined ? [] : (ratioToVshift(race, contestant) ?? [])))
      .sort((a, b) => a.median - b.median)
      .at(0);
    if (reached === undefined) return [workload, name, `${atLeast}×`, "not measured", ""];
    return [workload, name, `${atLeast}×`, spread(reached, ratio), reached.median >= atLeast ? "yes" : "**no**"];
  });
  return markdownTable(["workload", "faster than", "aim", "reached", "met"], rows);
}

function startParts({ node, vshift }: Measured<Start>): string[] {
  const bare = spreadOf(node.map((value) => 1000 * value));
  const ours = spreadOf(vshift.map((value) => 1000 * value));
  const beyond = ours.median - bare.median;
  return [
    "## Start",
    markdownTable(
      ["", "ms"],
      [
        ["`node -e 0`", spread(bare, milliseconds)],
        ["`vshift simulate --samples 2000`", spread(ours, milliseconds)],
        ["difference of the medians", milliseconds(beyond)],
        ["aim", `${START_TARGET_MS} (${beyond <= START_TARGET_MS ? "met" : "**not met**"})`],
      ],
    ),
  ];
}

function sweepParts({ cells, vshift, numpy }: Measured<SweepRace>): string[] {
  const ours = spreadOf(vshift);
  return [
    "## A sweep",
    `${grouped(cells)} scenarios without a layer, d 64 and 512, keep 0.05 to 0.95 and mean 0 to 1, each until Δ is known to ±0.1 %.`,
    duelTable({ ours: ["vshift sweep", vshift], theirs: ["NumPy, competent", numpy] }),
    `Aim: ${SWEEP_TARGET_SECONDS} s (${ours.median <= SWEEP_TARGET_SECONDS ? "met" : "**not met**"}).`,
  ];
}

function stackParts({ depth, width, batches, keep, vshift, torch, ...rest }: Measured<StackRace>): string[] {
  const { passes, nanosecondsAMultiplyAdd: product } = rest;
  const samples = rest["batch-size"];
  const multiplyAdds = passes * samples * width * width * depth;
  const share = (multiplyAdds * product) / 1e9 / 2 / spreadOf(vshift).median;
  return [
    "## A stack",
    `${depth} blocks of BN → ReLU → dropout (keep ${keep}) → linear, d = ${width}, ${batches} mini-batches of ${samples}: training, statistics with the noise off, test, and the training output to compare with; ${grouped(passes)} mini-batches through the stack, ${(multiplyAdds / 1e12).toFixed(2)}·10¹² multiply-adds.`,
    duelTable({ ours: ["vshift stack, 2 threads", vshift], theirs: ["PyTorch modules, 2 threads", torch] }),
    `A multiply-add of the product takes ${product.toFixed(4)} ns on one thread by itself: ${Math.round(100 * share)} % of the time of both.`,
  ];
}

/** Seconds of two that do the same, round by round, and the ratio. */
function duelTable({
  ours,
  theirs,
}: Readonly<Record<"ours" | "theirs", readonly [string, readonly number[]]>>): string {
  const ratios = theirs[1].map((value, round) => value / (ours[1][round] ?? Number.NaN));
  const isThere = theirs[1].length > 0;
  return markdownTable(
    ["", "s", "times as long as vshift"],
    [
      [ours[0], spread(spreadOf(ours[1]), seconds), "1"],
      [
        theirs[0],
        spread(isThere ? spreadOf(theirs[1]) : undefined, seconds),
        isThere ? spread(spreadOf(ratios), ratio) : "–",
      ],
    ],
  );
}

function inProcessParts({ loops, blocks }: Measured<InProcess>): string[] {
  const nanoseconds = (value: number) => value.toFixed(2);
  return [
    "## In process, one thread",
    "Nanoseconds an element for the loops of the kernel, nanoseconds a drawn activation for whole blocks.",
    markdownTable(
      ["loop", "ns"],
      loops.map((loop) => [loop.name, nanoseconds(loop.nanoseconds)]),
    ),
    markdownTable(
      ["block", "ns"],
      blocks.map((block) => [block.name, nanoseconds(block.nanoseconds)]),
    ),
  ];
}

function workerStartParts({ kinds }: Measured<WorkerStart>): string[] {
  return [
    "## Start of a worker thread",
    "Milliseconds until it answers, least of many starts.",
    markdownTable(
      ["", "CPU", "wall"],
      kinds.map(({ name, cpu, wall }) => [name, cpu.toFixed(1), wall.toFixed(1)]),
    ),
  ];
}

function scalingParts({ series }: Measured<Growth>): string[] {
  return [
    "## Growth",
    "Whole processes, least of the rounds. Exponents are fitted to the last three points, less the time of the shortest run; 1 is linear.",
    ...series.map(({ name, variable, unit, points, exponent }) =>
      [
        `${name}${exponent === null ? "" : `: grows as ${variable}^${exponent.toFixed(2)}`}`,
        "",
        markdownTable(
          [variable, ...points.map(({ x }) => grouped(x))],
          [[unit, ...points.map(({ value }) => (unit === "s" ? seconds(value) : value.toFixed(0)))]],
        ),
      ].join("\n"),
    ),
    memoryLine(series),
  ];
}

function memoryLine(series: readonly Scaling[]): string {
  const peak = Math.max(
    ...series.filter(({ unit }) => unit === "MB").flatMap(({ points }) => points.map(({ value }) => value)),
  );
  return `Memory at its peak: ${peak.toFixed(0)} MB; the aim of ${MEMORY_TARGET_MB} MB is ${peak <= MEMORY_TARGET_MB ? "met" : "**not met**"}.`;
}
