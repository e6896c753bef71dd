import { markdownTable } from "../../src/report/markdown.ts";
import { grouped } from "../../src/report/numbers.ts";
import { MEMORY_TARGET_MB, SPEED_TARGETS, START_TARGET_MS, SWEEP_TARGET_SECONDS } from "../targets.ts";
import { milliseconds, ratio, seconds, spread } from "./cells.ts";
import type { Machine } from "./machine.ts";
import { LONG_RUN_SECONDS, ROUNDS_OF_LONG_RUNS } from "./race.ts";
import { contestantsIn, entryOf, ratioToVshift, secondsOf } from "./ratios.ts";
import type { Growth, InProcess, Measured, Race, Results, Scaling, Start, SweepRace } from "./results.ts";
import { spreadOf } from "./statistics.ts";

/** The report, in Markdown: all that was measured, beside what was aimed at. */
export function resultsMarkdown(results: Results): string {
  const { races, absent, start, inProcess, scaling, sweep } = results;
  const parts = [
    "# Results",
    "Written by the benchmark from `results.json`; [README.md](README.md) says how, and who takes part.",
    ...(races.length > 0 ? [machineLines(races[races.length - 1].machine), ...racesParts(races)] : []),
    ...(absent.length > 0 ? [`Not installed, and left out: ${absent.join(", ")}.`] : []),
    ...(start === undefined ? [] : startParts(start)),
    ...(sweep === undefined ? [] : sweepParts(sweep)),
    ...(inProcess === undefined ? [] : inProcessParts(inProcess)),
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
      `Who takes longer than ${LONG_RUN_SECONDS} s for a run takes part in at most ${ROUNDS_OF_LONG_RUNS} rounds.`,
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
    "Without the start of the process and its imports, as the contestants tell; medians.",
    table((race, id) => {
      const told = (entryOf(race, id)?.runs ?? []).flatMap(({ computing }) => (computing === null ? [] : [computing]));
      return told.length === 0 ? "–" : seconds(spreadOf(told).median);
    }),
    "## Samples drawn",
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
  return markdownTable(["workload", "sooner than", "aim", "reached", "met"], rows);
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
  const theirs = numpy.length === 0 ? undefined : spreadOf(numpy);
  const ratios = numpy.map((value, round) => value / (vshift[round] ?? Number.NaN));
  const rows = [
    ["vshift sweep", spread(ours, seconds), "1"],
    ["NumPy, competent", spread(theirs, seconds), numpy.length === 0 ? "–" : spread(spreadOf(ratios), ratio)],
  ];
  return [
    "## A sweep",
    `${grouped(cells)} cells without a layer, d 64 and 512, keep 0.05 to 0.95 and mean 0 to 1, each until Δ is known to ±0.1 %.`,
    markdownTable(["", "s", "times as long as vshift"], rows),
    `Aim: ${SWEEP_TARGET_SECONDS} s (${ours.median <= SWEEP_TARGET_SECONDS ? "met" : "**not met**"}).`,
  ];
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
