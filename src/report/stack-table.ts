import type { Interval } from "../experiment/stack/estimate.ts";
import type { StackPlace, StackRecord } from "../experiment/stack/record.ts";
import type { RemediesRecord } from "../experiment/stack/remedies.ts";
import type { Cell } from "./columns.ts";
import { markdownTable } from "./markdown.ts";
import { percent, readable, withHalfWidth } from "./numbers.ts";
import type { Painter } from "./painter.ts";
import { noiseInWords } from "./stack-advice.ts";
import { describeStack, remedyInWords } from "./stack-words.ts";
import { textTable } from "./table.ts";

/** A stack by depth: what each norm sees at test time, against its statistics from training. */
export function stackTable(record: StackRecord, paint: Painter): string {
  const header = PLACE_HEADER.map((name) => paint.faint(name));
  const rows = record.places.map(placeCells);
  const limits = widthLine(record);
  const faint = limits === "" ? "" : `  ${paint.faint(limits)}\n`;
  const outputs = outputLines(record).map((line) => `  ${paint.strong(line)}\n`);
  return `  ${describeStack(record.scenario)}\n\n${textTable(header, rows)}\n${outputs.join("")}${faint}`;
}

export function stackMarkdown(record: StackRecord): string {
  const rows = record.places.map(placeCells);
  return `${describeStack(record.scenario)}\n\n${markdownTable(PLACE_HEADER, rows)}\n${outputLines(record).join("; ")}.\n`;
}

/** Places as rows with the same columns, those of the scenario that vary among the records first. */
export function stackRows(record: StackRecord): Record<string, Cell>[] {
  const { id, scenario, places, outputError, noiseFreeError } = record;
  return places.map(({ block, meets, theory, measured }) => ({
    id,
    ...scenario,
    block,
    meets,
    theoryShift: theory?.shift ?? null,
    theoryMeanShift: theory?.meanShift ?? null,
    theorySpread: theory?.spread ?? null,
    trainVariance: measured.trainVariance,
    testVariance: measured.testVariance,
    shift: measured.shift,
    standardError: measured.standardError,
    shiftLow: measured.interval[0],
    shiftHigh: measured.interval[1],
    foldedShift: measured.foldedShift,
    logShift: measured.logShift,
    meanShift: measured.meanShift,
    meanShiftLow: measured.meanShiftInterval?.[0] ?? null,
    meanShiftHigh: measured.meanShiftInterval?.[1] ?? null,
    outputError: outputError?.value ?? null,
    outputErrorLow: outputError?.interval[0] ?? null,
    outputErrorHigh: outputError?.interval[1] ?? null,
    noiseFreeError: noiseFreeError.value,
    noiseFreeErrorLow: noiseFreeError.interval[0],
    noiseFreeErrorHigh: noiseFreeError.interval[1],
  }));
}

const PLACE_HEADER = ["place", "Δ theory", "Δ measured", "max(Δ, 1/Δ)", "ln Δ", "mean shift theory", "measured"];

function placeCells({ block, meets, theory, measured }: StackPlace): string[] {
  const { shift, interval, foldedShift, logShift, meanShift, meanShiftInterval } = measured;
  return [
    meets === "output" ? "output" : `${NORM_NAMES[meets]} ${block}`,
    theory === null ? "–" : readable(theory.shift, 4),
    withHalfWidth(shift, (interval[1] - interval[0]) / 2),
    readable(foldedShift, 4),
    readable(logShift, 3),
    theory === null || theory.meanShift === null ? "–" : readable(theory.meanShift, 3),
    meanShift === null || meanShiftInterval === null
      ? "–"
      : withHalfWidth(meanShift, (meanShiftInterval[1] - meanShiftInterval[0]) / 2),
  ];
}

const NORM_NAMES = { batch: "BN", layer: "LN", group: "GN" } as const;

/** How far the outputs at test time are from the noise-averaged training output, and from those with noise-free statistics. */
function outputLines({ outputError, noiseFreeError }: StackRecord): readonly string[] {
  return [
    outputError === null
      ? "outputs at test time: the noise-averaged training output does not vary measurably, so the distance from it is unknown"
      : `outputs at test time are off by ${withInterval(outputError)} SD (RMS) from the noise-averaged training output (${outputError.sums.n} mini-batches, ${outputError.masks} masks)`,
    `outputs at test time are off by ${withInterval(noiseFreeError)} SD (RMS) compared with noise-free statistics`,
  ];
}

/** "1.095 ± 0.003", or 0. */
function withInterval({ value, interval }: Interval): string {
  return value === 0 && interval[1] === 0 ? "0" : withHalfWidth(value, (interval[1] - interval[0]) / 2);
}

/** How far one network may be from theory, which is of infinite width. */
function widthLine({ places, scenario }: StackRecord): string {
  const spreads = places.flatMap(({ theory }) => (theory === null ? [] : [theory.spread]));
  if (spreads.length === 0) return "";
  const most = percent(Math.max(...spreads));
  return `theory assumes infinitely wide layers; at width ${scenario.width} expect deviations of up to ${most} in the last block`;
}

/** Remedies side by side, and what to change. */
export function remediesTable(record: RemediesRecord, paint: Painter): string {
  const [asIs] = record.remedies;
  if (asIs === undefined) return "";
  const header = REMEDY_HEADER.map((name) => paint.faint(name));
  const table = textTable(header, remedyCells(record), 1);
  const lines = record.advice.map((line, index) => `  ${paint.strong(`${index + 1}. ${line}`)}\n`).join("");
  return `  ${describeStack(asIs.record.scenario)}\n\n${table}\n${lines}`;
}

export function remediesMarkdown(record: RemediesRecord): string {
  const advice = record.advice.map((line, index) => `${index + 1}. ${line}\n`).join("");
  return `${markdownTable(REMEDY_HEADER, remedyCells(record))}\n${advice}`;
}

/** What outputs are off by, in standard deviations (SD): from the noise-averaged training output, and from noise-free statistics. */
const REMEDY_HEADER = [
  "Δ at last norm",
  "worst max(Δ, 1/Δ)",
  "mean shift",
  "RMS to training output",
  "RMS to noise-free",
  "noise left",
  "remedy",
];

function remedyCells({ remedies }: RemediesRecord): string[][] {
  return remedies.map((remedy) => {
    const { record, lastShift, worstFolded } = remedy;
    const last = record.places[record.scenario.depth - 1];
    return [
      readable(lastShift, 4),
      readable(worstFolded, 4),
      typeof last?.measured.meanShift === "number" ? readable(Math.max(0, last.measured.meanShift), 3) : "–",
      record.outputError === null ? "–" : `${withInterval(record.outputError)} SD`,
      `${readable(record.noiseFreeError.value, 3)} SD`,
      noiseInWords(remedy),
      remedyInWords(remedy),
    ];
  });
}
