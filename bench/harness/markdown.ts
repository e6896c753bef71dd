import { markdownTable } from "../../src/report/markdown.ts";
import { grouped } from "../../src/report/numbers.ts";
import { WORKLOADS } from "../cases/simulate.ts";
import { MEMORY_TARGET_MB, MOST_SECONDS, OVER_NODE_TARGETS, SPEED_TARGETS } from "../targets.ts";
import { milliseconds, ratio, seconds, spread } from "./cells.ts";
import type { Machine } from "./machine.ts";
import { LONG_RUN_SECONDS, ROUNDS_OF_LONG_RUNS } from "./race.ts";
import { contestantsIn, costOf, entryOf, ratioToVshift } from "./ratios.ts";
import type { Figures, Measured, Race, Results, Scaling } from "./results.ts";
import { spreadOf } from "./statistics.ts";

/** The report, in Markdown: all measurements next to the aims. */
export function resultsMarkdown({ races, figures, scaling, absent }: Results): string {
  const workloads = WORKLOADS.flatMap(({ id }) => races.find((race) => race.id === id) ?? []);
  const others = races.filter((race) => !workloads.includes(race));
  const parts = [
    "# Results",
    "Written by the benchmark from `results.json`; [README.md](README.md) says how, and who takes part.",
    ...machineLines([...races, ...figures, ...(scaling === undefined ? [] : [scaling])]),
    ...(absent.length > 0 ? [`Not installed, and left out: ${absent.join("; ")}.`] : []),
    "![Seconds of each contestant in each race, and how the cost grows](results.svg)",
    ...aimsParts(races),
    ...(workloads.length > 0 ? workloadParts(workloads) : []),
    ...others.flatMap(raceParts),
    ...figures.flatMap(figuresParts),
    ...(scaling === undefined ? [] : scalingParts(scaling)),
  ];
  return `${parts.map((part) => part.trimEnd()).join("\n\n")}\n`;
}

/** A line for each machine that a part was measured on, with the days. */
function machineLines(parts: readonly Measured<unknown>[]): string[] {
  const days = new Map<string, string[]>();
  for (const { machine, date } of parts) {
    const line = machineLine(machine);
    days.set(line, [...(days.get(line) ?? []), date.slice(0, 10)]);
  }
  return [...days].map(([line, dates]) => {
    const [first, last] = [dates.toSorted()[0], dates.toSorted().at(-1)];
    return `${first === last ? first : `${first} to ${last}`}: ${line}`;
  });
}

function machineLine({ processor, vectors, cores, memoryGiB, system, versions }: Machine): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${processor} with ${vectors}, ${cores} cores, ${memoryGiB} GiB, ${system}. ${list.join(", ")}.`;
}

/** The aims, each compared with the fastest of the contestants that it is about. */
function aimsParts(races: readonly Race[]): string[] {
  const rows = SPEED_TARGETS.map((target) => {
    const race = races.find(({ id }) => id === target.race);
    const faster = race === undefined ? [] : target.contestants.flatMap((id) => ratiosIn(race, id));
    const [reached] = faster.toSorted((a, b) => a[target.measure].median - b[target.measure].median);
    const aim = [target.race, target.name, `${target.atLeast}× ${target.measure === "cpu" ? "CPU" : "wall"}`];
    if (reached === undefined) return [...aim, "not measured", "", ""];
    const isMet = reached[target.measure].median >= target.atLeast;
    return [...aim, spread(reached.seconds, ratio), spread(reached.cpu, ratio), isMet ? "yes" : "**no**"];
  });
  return [
    "## Aims",
    "How many times faster vshift is: median [least–greatest] of the ratios round by round, of wall time and of CPU time.",
    markdownTable(["race", "faster than", "aim", "wall", "CPU", "met"], rows),
  ];
}

function ratiosIn(race: Race, contestant: string) {
  const [wall, cpu] = [ratioToVshift(race, contestant, "seconds"), ratioToVshift(race, contestant, "cpu")];
  return wall === undefined || cpu === undefined ? [] : [{ seconds: wall, cpu }];
}

function workloadParts(races: readonly Race[]): string[] {
  const table = (cell: (race: Race, contestant: string) => string) =>
    markdownTable(
      ["", ...races.map(({ id }) => id)],
      [...contestantsIn(races)].map(([id, title]) => [title, ...races.map((race) => cell(race, id))]),
    );
  const median = (values: readonly (number | undefined)[], text: (value: number) => string) => {
    const told = values.flatMap((value) => value ?? []);
    return told.length === 0 ? "–" : text(spreadOf(told).median);
  };
  const runsOf = (race: Race, id: string) => entryOf(race, id)?.runs ?? [];
  return [
    "## Simulations",
    `Contestants that take longer than ${LONG_RUN_SECONDS} s for a run take part in at most ${ROUNDS_OF_LONG_RUNS} rounds.`,
    markdownTable(
      ["workload", "rounds"],
      races.map((race) => [race.title, String(roundsOf(race))]),
    ),
    "### Wall seconds of a whole process",
    "Median [least–greatest].",
    table((race, id) => spread(costOf(race, id, "seconds"), seconds)),
    "### CPU seconds of a whole process",
    "User and system time of all threads and processes of a contestant.",
    table((race, id) => spread(costOf(race, id, "cpu"), seconds)),
    "### Times as long as vshift",
    "Wall time: median [least–greatest] of the ratios round by round.",
    table((race, id) => (id === "vshift" ? "1" : spread(ratioToVshift(race, id, "seconds"), ratio))),
    "### Seconds of computing",
    "Without the start of the process and its imports, as the contestants report; medians.",
    table((race, id) =>
      median(
        runsOf(race, id).map(({ computing }) => computing),
        seconds,
      ),
    ),
    "### Samples",
    table((race, id) =>
      median(
        runsOf(race, id).map(({ samples }) => samples),
        (count) => grouped(Math.round(count)),
      ),
    ),
  ];
}

function roundsOf({ entries }: Race): number {
  return Math.max(0, ...entries.map(({ runs }) => runs.length));
}

/** A race of another kind, by itself. */
function raceParts(race: Race): string[] {
  const { id, title, multiplyAdds, entries } = race;
  const [heading, rest] = [title.split(":", 1)[0] ?? "", title.slice(title.indexOf(":") + 1).trim()];
  const work = multiplyAdds === undefined ? "" : `, ${(multiplyAdds / 1e12).toFixed(2)}·10¹² multiply-adds`;
  const isShort = Math.max(...entries.map(({ contestant }) => costOf(race, contestant, "seconds")?.median ?? 0)) < 1;
  const [unit, text] = isShort
    ? (["ms", (value: number) => milliseconds(1000 * value)] as const)
    : (["s", seconds] as const);
  return [
    `## ${heading}`,
    `${rest}${work}. Rounds: ${roundsOf(race)}.`,
    markdownTable(
      [
        ...["", unit, `CPU ${unit}`, "times as long as vshift", "times the CPU time"],
        ...(multiplyAdds === undefined ? [] : ["10⁹ multiply-adds/s"]),
      ],
      entries.map(({ contestant, title: name }) => {
        const wall = costOf(race, contestant, "seconds");
        const isOurs = contestant === "vshift";
        return [
          name,
          spread(wall, text),
          spread(costOf(race, contestant, "cpu"), text),
          isOurs ? "1" : spread(ratioToVshift(race, contestant, "seconds"), ratio),
          isOurs ? "1" : spread(ratioToVshift(race, contestant, "cpu"), ratio),
          ...(multiplyAdds === undefined
            ? []
            : [wall === undefined ? "–" : (multiplyAdds / wall.median / 1e9).toFixed(1)]),
        ];
      }),
    ),
    ...overNode(race),
    ...secondsAim(id, costOf(race, "vshift", "seconds")?.median),
  ];
}

/** What a short command takes beyond the start of Node. */
function overNode(race: Race): string[] {
  const target = OVER_NODE_TARGETS[race.id];
  if (target === undefined) return [];
  const [ours, bare] = [costOf(race, "vshift", target.measure), costOf(race, "node", target.measure)];
  if (ours === undefined || bare === undefined) return [];
  const beyond = 1000 * (ours.median - bare.median);
  const isMet = beyond <= target.milliseconds ? "met" : "**not met**";
  const kind = target.measure === "cpu" ? "of CPU time more" : "more";
  return [
    `vshift takes ${milliseconds(beyond)} ms ${kind} than bare Node; the aim of ${target.milliseconds} is ${isMet}.`,
  ];
}

function secondsAim(id: string, reached: number | undefined): string[] {
  const most = MOST_SECONDS[id];
  return most === undefined || reached === undefined
    ? []
    : [`The aim of ${most} s is ${reached <= most ? "met" : "**not met**"}.`];
}

function figuresParts({ title, note, tables }: Figures): string[] {
  return [
    `## ${title}`,
    note,
    ...tables.map(({ columns, rows }) =>
      markdownTable(
        columns,
        rows.map(([name, value]) => [name, value.toPrecision(3)]),
      ),
    ),
  ];
}

function scalingParts({ series }: { readonly series: readonly Scaling[] }): string[] {
  return [
    "## Growth",
    "Whole processes, least of the rounds. Exponents are fitted to the last three points, less the cost of the shortest run; " +
      "1 is linear.",
    ...series.map(({ name, setting, variable, unit, points, reading, exponent }) =>
      [
        `**${name}** (${setting}). ${growth(variable, exponent)}${reading}`,
        "",
        markdownTable(
          [variable, ...points.map(({ x }) => grouped(x))],
          [[unit, ...points.map(({ value }) => (unit === "MB" ? value.toFixed(0) : seconds(value)))]],
        ),
      ].join("\n"),
    ),
    memoryLine(series),
  ];
}

function growth(variable: string, exponent: number | null): string {
  if (exponent === null) return "";
  return `The cost grows as ${variable}^${exponent.toFixed(2)}: twice as many cost ${(2 ** exponent).toFixed(2)} times as much. `;
}

function memoryLine(series: readonly Scaling[]): string {
  const peak = Math.max(
    ...series.filter(({ unit }) => unit === "MB").flatMap(({ points }) => points.map(({ value }) => value)),
  );
  return `Memory at its peak: ${peak.toFixed(0)} MB; the aim of ${MEMORY_TARGET_MB} MB is ${peak <= MEMORY_TARGET_MB ? "met" : "**not met**"}.`;
}
