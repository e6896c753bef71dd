import type { Interval } from "../experiment/stack/estimate.ts";
import type { StackPlace, StackRecord } from "../experiment/stack/record.ts";
import type { RemediesRecord } from "../experiment/stack/remedies.ts";
import type { Cell } from "./columns.ts";
import type { Block, Document, TableColumn } from "./document.ts";
import { counted, percent, readable, withHalfWidth } from "./numbers.ts";
import { faint } from "./phrase.ts";
import { shiftInWords } from "./shift-words.ts";
import { adviceOf, noiseInWords } from "./stack-advice.ts";
import { describeStack, remedyInWords } from "./stack-words.ts";

/** Stacks by depth: what each norm receives at test time, compared with its statistics from training. */
export function stacksDocument(records: readonly StackRecord[]): Document {
  const [only] = records;
  return {
    ...(only === undefined || records.length > 1 ? {} : titled(only)),
    blocks: records.flatMap((record) => stackBlocks(record, records.length > 1)),
    data: {
      kind: "values",
      json: records.length === 1 ? only : records,
      lines: records,
      rows: () => records.flatMap(stackRows),
    },
    figure: async () => {
      const { namedStacks, stackFigure } = await import("./figure/stack-figure.ts");
      return stackFigure(namedStacks(records));
    },
  };
}

/** What a stack is, and the shift of its output. */
function titled({ scenario, places }: StackRecord): Pick<Document, "title" | "conclusion"> {
  const title = describeStack(scenario);
  const last = places.at(-1);
  return last === undefined
    ? { title }
    : { title, conclusion: shiftInWords(last.measured.shift, "the network's output") };
}

function stackBlocks(record: StackRecord, isOneOfMany: boolean): readonly Block[] {
  const limits = widthLine(record);
  return [
    ...(isOneOfMany ? [{ kind: "heading", text: describeStack(record.scenario) } as const] : []),
    { kind: "table", columns: PLACE_COLUMNS, rows: record.places.map(placeCells) },
    { kind: "paragraphs", paragraphs: [...outputLines(record), ...(limits === "" ? [] : [faint(limits)])] },
  ];
}

/** Positions as rows with the same columns, those of the scenario that vary among the records first. */
function stackRows(record: StackRecord): Record<string, Cell>[] {
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

const PLACE_COLUMNS: readonly TableColumn[] = [
  { name: "position", align: "left" },
  { name: "Δ theory" },
  { name: "Δ measured" },
  { name: "max(Δ, 1/Δ)", ifNarrow: 4 },
  { name: "ln Δ", ifNarrow: 3 },
  { name: "mean shift", ifNarrow: 1 },
  { name: "its theory", ifNarrow: 2 },
];

function placeCells({ block, meets, theory, measured }: StackPlace): string[] {
  const { shift, interval, foldedShift, logShift, meanShift, meanShiftInterval } = measured;
  return [
    meets === "output" ? "output" : `${NORM_NAMES[meets]} ${block}`,
    theory === null ? "–" : readable(theory.shift, 4),
    withHalfWidth(shift, (interval[1] - interval[0]) / 2),
    readable(foldedShift, 4),
    readable(logShift, 3),
    meanShift === null || meanShiftInterval === null
      ? "–"
      : withHalfWidth(meanShift, (meanShiftInterval[1] - meanShiftInterval[0]) / 2),
    theory === null || theory.meanShift === null ? "–" : readable(theory.meanShift, 3),
  ];
}

const NORM_NAMES = { batch: "BN", layer: "LN", group: "GN" } as const;

/** How far the outputs at test time are from the noise-averaged training output, and from those with noise-free statistics. */
function outputLines({ outputError, noiseFreeError }: StackRecord): readonly string[] {
  return [
    outputError === null
      ? "The noise-averaged training output does not vary measurably, so the distance from it is unknown."
      : `Outputs are off by ${withInterval(outputError)} SD (RMS) from the noise-averaged training output (${counted(outputError.sums.n, "mini-batch", "mini-batches")}, ${outputError.masks} masks).`,
    `Outputs are off by ${withInterval(noiseFreeError)} SD (RMS) compared with noise-free statistics.`,
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
  return `Theory assumes infinitely wide layers; at width ${scenario.width} expect deviations of up to ${most} in the last block.`;
}

/** Remedies side by side, and what to change. */
export function remediesDocument(record: RemediesRecord): Document {
  const { remedies } = record;
  // Advice needs all of the remedies.
  const advice = record.advice.length === 0 ? [] : adviceOf(remedies);
  const [asIs] = remedies;
  return {
    ...(asIs === undefined ? {} : titled(asIs.record)),
    blocks: [
      { kind: "table", columns: REMEDY_COLUMNS, rows: remedyRows(record) },
      { kind: "paragraphs", paragraphs: [faint(distancesIn(record))] },
      {
        kind: "items",
        isNumbered: true,
        items: advice.map(({ text, remedies: items }) => ({
          text: items.length === 0 ? `${text}.` : `${text}:`,
          items,
        })),
      },
    ],
    data: {
      kind: "values",
      json: record,
      rows: () => remedies.flatMap(({ kind, record }) => stackRows(record).map((row) => ({ remedy: kind, ...row }))),
    },
    figure: async () => {
      const { stackFigure } = await import("./figure/stack-figure.ts");
      const named = remedies.map((remedy) => ({ label: remedyInWords(remedy), record: remedy.record }));
      const subtitle = asIs === undefined ? "" : `Unchanged: ${describeStack(asIs.record.scenario)}.`;
      return stackFigure(named, { title: "Remedies side by side", subtitle });
    },
  };
}

/** What the columns of distances are of. */
function distancesIn({ remedies }: RemediesRecord): string {
  const batches = remedies.find(({ kind }) => kind === "reestimated")?.record.scenario.reestimateBatches;
  const reestimated = typeof batches === "number" ? ` Statistics are re-estimated from ${batches} mini-batches.` : "";
  return `Distances are root mean squares, in standard deviations (SD): to the noise-averaged training output, and to the output with noise-free statistics.${reestimated}`;
}

/** Distances are in standard deviations: from the noise-averaged training output, and from noise-free statistics. */
const REMEDY_COLUMNS: readonly TableColumn[] = [
  { name: "remedy", align: "left" },
  { name: "last Δ" },
  { name: "worst max(Δ, 1/Δ)", ifNarrow: 4 },
  { name: "mean shift", ifNarrow: 3 },
  { name: "SD to training" },
  { name: "SD to noise-free", ifNarrow: 1 },
  { name: "noise left", ifNarrow: 2 },
];

function remedyRows({ remedies }: RemediesRecord): string[][] {
  return remedies.map((remedy) => {
    const { record, lastShift, worstFolded } = remedy;
    const last = record.places[record.scenario.depth - 1];
    return [
      remedyInWords(remedy),
      readable(lastShift, 4),
      readable(worstFolded, 4),
      typeof last?.measured.meanShift === "number" ? readable(Math.max(0, last.measured.meanShift), 3) : "–",
      record.outputError === null ? "–" : withInterval(record.outputError),
      readable(record.noiseFreeError.value, 3),
      noiseInWords(remedy),
    ];
  });
}
