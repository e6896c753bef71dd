import type { OutputDistance, ShiftRecord } from "../experiment/record.ts";
import { scenarioOf } from "../experiment/record.ts";
import { type MeasuredRemedy, outputsOfRemedy, type RemediesRecord } from "../experiment/remedies.ts";
import type { Verdict } from "../experiment/verdict.ts";
import { ln } from "../numeric/ln.ts";
import { type Cell, recordColumns } from "./columns.ts";
import { describeScenario } from "./describe.ts";
import type { Block, Document, Table, TableColumn } from "./document.ts";
import { networksIn } from "./networks.ts";
import { counted, percent, readable, withHalfWidth } from "./numbers.ts";
import { bad, doubtful, faint, type Phrase } from "./phrase.ts";
import { measuredRatio } from "./ratio.ts";
import { positionInWords, shiftInWords } from "./shift-words.ts";
import { adviceOf, noiseInWords } from "./stack-advice.ts";
import { remedyInWords } from "./stack-words.ts";

/** Stacks by depth: what each norm receives at test time, compared with its statistics from training. */
export function stacksDocument(records: readonly ShiftRecord[]): Document {
  const networks = networksIn(records);
  const [only] = networks;
  return {
    ...(only === undefined || networks.length > 1 ? {} : titled(only)),
    blocks: networks.flatMap((positions) => stackBlocks(positions, networks.length > 1)),
    data: { kind: "records", records, isShown: true },
    figure: async () => {
      const { namedStacks, stackFigure } = await import("./figure/stack-figure.ts");
      return stackFigure(namedStacks(records));
    },
  };
}

/** What a stack is, and the shift of its output. */
function titled(positions: readonly ShiftRecord[]): Pick<Document, "title" | "conclusion"> {
  const last = positions.at(-1);
  if (last === undefined) return {};
  const { shift, interval } = last.measured;
  const isOne = interval !== null && interval[0] <= 1 && interval[1] >= 1;
  return {
    title: describeScenario(scenarioOf(last)),
    conclusion: shiftInWords(isOne ? 1 : shift, positionInWords(last.position)),
  };
}

function stackBlocks(positions: readonly ShiftRecord[], isOneOfMany: boolean): readonly Block[] {
  const [first] = positions;
  if (first === undefined) return [];
  const isOfText = first.scenario.network !== null;
  const remarks = [
    ...(isOfText ? verdictLines(positions) : []),
    ...outputLines(positions),
    ...limits(positions).map(faint),
  ];
  return [
    ...(isOneOfMany ? [{ kind: "heading", text: describeScenario(scenarioOf(first)) } as const] : []),
    isOfText
      ? without(FOLDED, { kind: "table", columns: PLACE_COLUMNS, rows: positions.map(placeCells) })
      : { kind: "table", columns: PLACE_COLUMNS, rows: positions.map(placeCells) },
    { kind: "paragraphs", paragraphs: remarks },
  ];
}

/** Not of a network as text: its ln Δ says the same in fewer columns. */
const FOLDED = "max(Δ, 1/Δ)";

/** The table without a column. */
function without(name: string, { columns, rows, ...table }: Table): Table {
  const isShown = (_: unknown, column: number) => columns[column]?.name !== name;
  return { ...table, columns: columns.filter(isShown), rows: rows.map((cells) => cells.filter(isShown)) };
}

/** Of positions whose verdict is not agreement, as the exit code has it. */
function verdictLines(positions: readonly ShiftRecord[]): readonly Phrase[] {
  const judged = positions.filter(({ theory }) => theory !== null);
  const at = (verdict: Verdict) => judged.filter(({ agreement }) => agreement.verdict === verdict).map(nameOf);
  const [disagreeing, open] = [at("disagrees"), at("inconclusive")];
  return [
    ...(disagreeing.length === 0 ? [] : [bad(`✗ Measurement and theory disagree at ${disagreeing.join(", ")}.`)]),
    ...(open.length === 0 ? [] : [doubtful(`? Inconclusive at ${open.join(", ")}: measure more samples.`)]),
  ];
}

function nameOf({ position }: ShiftRecord): string {
  if (position === null) return "BN";
  return position.norm === null ? `the ${position.name}` : position.name;
}

const PLACE_COLUMNS: readonly TableColumn[] = [
  { name: "position", align: "left" },
  { name: "Δ theory" },
  { name: "Δ measured" },
  { name: FOLDED, ifNarrow: 4 },
  { name: "ln Δ", ifNarrow: 3 },
  { name: "mean shift", ifNarrow: 1 },
  { name: "its theory", ifNarrow: 2 },
];

function placeCells({ position, theory, measured }: ShiftRecord): string[] {
  const { shift, meanShift, meanShiftInterval } = measured;
  return [
    position?.name ?? "BN",
    theory === null ? "–" : readable(theory.shift, 4),
    measuredRatio(measured),
    readable(Math.max(shift, 1 / shift), 4),
    readable(Math.round(LN_STEPS * ln(shift)) / LN_STEPS, 3),
    meanShift === null || meanShiftInterval === null ? "–" : inRange(meanShift, meanShiftInterval),
    theory === null || theory.meanShift === null ? "–" : readable(theory.meanShift < LEAST ? 0 : theory.meanShift, 3),
  ];
}

/** ln Δ is shown in ten-thousandths: what is nearer to 0 is chance. */
const LN_STEPS = 1e4;

/** A mean shift below is rounding. */
const LEAST = 1e-12;

/** How far the outputs at test time are from the noise-averaged training output, and from those with noise-free statistics. */
function outputLines(positions: readonly ShiftRecord[]): readonly string[] {
  const outputs = positions.at(-1)?.outputs ?? null;
  if (outputs === null) return [];
  const { training, noiseFree, masks } = outputs;
  return [
    training.value === null
      ? "The noise-averaged training output does not vary measurably, so the distance from it is unknown."
      : `Outputs are off by ${distanceInWords(training)} SD (RMS) from the noise-averaged training output (${counted(training.sums.n, "mini-batch", "mini-batches")}, ${masks} masks).`,
    ...(positions.some(({ position }) => position?.norm === "batch")
      ? [`Outputs are off by ${distanceInWords(noiseFree)} SD (RMS) compared with noise-free statistics.`]
      : []),
  ];
}

/** "1.095 ± 0.003", or 0. */
function distanceInWords({ value, interval }: OutputDistance): string {
  if (value === null || interval === null) return "–";
  return value === 0 && interval[1] === 0 ? "0" : inRange(value, interval);
}

function inRange(value: number, [low, high]: readonly [number, number]): string {
  return withHalfWidth(value, (high - low) / 2);
}

/** How far one network may be from theory, which is of infinite width; and why there is none. */
function limits(positions: readonly ShiftRecord[]): readonly string[] {
  const widest = positions.reduce<ShiftRecord | undefined>(
    (most, one) => ((one.theory?.spread ?? 0) > (most?.theory?.spread ?? 0) ? one : most),
    undefined,
  );
  const spread = widest?.theory?.spread ?? 0;
  return [
    ...(widest === undefined || spread === 0 ? [] : [scatterInWords(widest, percent(spread))]),
    ...reasonsInWords(positions),
  ];
}

function scatterInWords(widest: ShiftRecord, spread: string): string {
  const { network, width } = widest.scenario;
  return network === null
    ? `Theory assumes infinitely wide layers; at width ${width} expect deviations of up to ${spread} in the last block.`
    : `Theory is that of infinitely wide layers. Networks of these widths scatter around it, most at ${nameOf(widest)}: with a standard deviation of ${spread} or less.`;
}

/** Each reason once, with its positions where several are compared. */
function reasonsInWords(positions: readonly ShiftRecord[]): readonly string[] {
  const reasons = new Map<string, string[]>();
  for (const record of positions) {
    const { theoryReason } = record;
    if (theoryReason === null) continue;
    reasons.set(theoryReason, [...(reasons.get(theoryReason) ?? []), nameOf(record)]);
  }
  return [...reasons].map(([reason, names]) => `No theory at ${names.join(", ")}: ${reason}.`);
}

/** Remedies side by side, and what to change. */
export function remediesDocument(record: RemediesRecord): Document {
  const { remedies } = record;
  // Advice needs all of the remedies.
  const advice = record.advice.length === 0 ? [] : adviceOf(remedies);
  const [asIs] = remedies;
  return {
    ...(asIs === undefined ? {} : titled(asIs.records)),
    blocks: [
      hasOutputs(record) ? tableWithOutputs(record) : tableOfShifts(record),
      { kind: "paragraphs", paragraphs: hasOutputs(record) ? [faint(distancesIn(record))] : [] },
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
      rows: () => remedyLines(record),
    },
    figure: async () => {
      const { stackFigure } = await import("./figure/stack-figure.ts");
      const named = remedies.map((remedy) => ({ label: remedyInWords(remedy), records: remedy.records }));
      const subtitle = asIs === undefined ? "" : `Unchanged: ${describeScenario(scenarioOf(asIs.records[0]))}.`;
      return stackFigure(named, { title: "Remedies side by side", subtitle });
    },
  };
}

function hasOutputs({ remedies }: RemediesRecord): boolean {
  return remedies.some((remedy) => outputsOfRemedy(remedy) !== null);
}

function tableWithOutputs(record: RemediesRecord): Table {
  return { kind: "table", columns: REMEDY_COLUMNS, rows: remedyRows(record) };
}

/** Without the columns of distances, where no outputs are compared. */
function tableOfShifts(record: RemediesRecord): Table {
  const isShown = (_: unknown, column: number) => REMEDY_COLUMNS[column]?.name.startsWith("SD") !== true;
  return {
    kind: "table",
    columns: REMEDY_COLUMNS.filter(isShown),
    rows: remedyRows(record).map((cells) => cells.filter(isShown)),
  };
}

/** What the columns of distances are of. */
function distancesIn({ remedies }: RemediesRecord): string {
  const batches = remedies.find(({ kind }) => kind === "reestimated")?.records[0].scenario.reestimateBatches;
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
  return remedies.map((remedy: MeasuredRemedy) => {
    const { records, lastShift, worstFolded } = remedy;
    const last = records.findLast(({ position }) => position?.norm !== null);
    const outputs = outputsOfRemedy(remedy);
    return [
      remedyInWords(remedy),
      readable(lastShift, 4),
      readable(worstFolded, 4),
      typeof last?.measured.meanShift === "number" ? readable(Math.max(0, last.measured.meanShift), 3) : "–",
      outputs === null ? "–" : distanceInWords(outputs.training),
      outputs === null ? "–" : readable(outputs.noiseFree.value ?? 0, 3),
      noiseInWords(remedy),
    ];
  });
}

/** A row for each position of each remedy, with the columns of records. */
function remedyLines({ remedies }: RemediesRecord): readonly Readonly<Record<string, Cell>>[] {
  const columns = recordColumns();
  return remedies.flatMap(({ kind, records }) =>
    records.map((one) => ({
      remedy: kind,
      ...Object.fromEntries(columns.map(({ name, cellOf }) => [name, cellOf(one)])),
    })),
  );
}
