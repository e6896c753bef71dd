import { meanOf } from "../numeric/mean.ts";
import { excerpt } from "../tensor/file-error.ts";
import { adviceBlocks } from "./audit-advice.ts";
import { auditSummary, reasonsOf, TONE, WORDS } from "./audit-conclusion.ts";
import { few, noiseInWords } from "./audit-noise.ts";
import { type AuditRecord, type AuditsRecord, auditRow, auditSummaryRecord } from "./audit-record.ts";
import type { Document, Table, TableColumn } from "./document.ts";
import { type FrameworkWords, frameworkWords } from "./framework-words.ts";
import { orDash, percent, readable, withHalfWidth } from "./numbers.ts";
import { faint, type Phrase, strong } from "./phrase.ts";
import { MARK, toned } from "./verdict-words.ts";

/** A trained model: how many of its norms are shifted, each norm, and what to do. */
export function auditDocument(record: AuditsRecord): Document {
  const { model, writer, norms } = record;
  const words = frameworkWords(record);
  return {
    title: `${excerpt(model)}, ${excerpt(writer)}${words.made}`,
    ...auditSummary(record),
    blocks: [tableOf(record), ...adviceBlocks(record), { kind: "paragraphs", paragraphs: remarks(record).map(faint) }],
    data: {
      kind: "values",
      json: record,
      lines: [...norms, auditSummaryRecord(record)],
      rows: () => norms.map(auditRow),
    },
  };
}

/** A column, and its cell of a norm that noise reaches, and of a control. */
interface Column extends TableColumn {
  readonly of: (record: AuditRecord, words: FrameworkWords) => Phrase;
  readonly ofControl: Phrase;
}

const NORM: Column = { name: "norm", align: "left", of: ({ norm }) => excerpt(norm), ofControl: "" };

const VERDICT: Column = {
  name: "verdict",
  align: "left",
  of: ({ verdict }) => toned(TONE[verdict], `${MARK[TONE[verdict]]} ${WORDS[verdict]}`),
  ofControl: "",
};

const BEHIND: Column = {
  name: "behind",
  align: "left",
  ifNarrow: "wraps",
  of: ({ noise }, words) => noiseInWords(noise, words),
  ofControl: faint("no noise (control)"),
};

/** Where the user's code has the noise, of a file that says so. */
const SOURCE: Column = {
  name: "source",
  align: "left",
  ifNarrow: "wraps",
  of: ({ noise }) => few(noise.flatMap(({ source }) => source ?? [])),
  ofControl: "",
};

const FROM_FILE: readonly Column[] = [
  { name: "Δ", of: ({ predicted }) => strong(ratioIn(predicted)), ofControl: "1" },
  { name: "mean shift", ifNarrow: 2, of: ({ predicted }) => shiftIn(predicted), ofControl: "0" },
  {
    name: "method",
    align: "left",
    ifNarrow: 1,
    of: ({ predicted: { method } }) => (method === "needs-data" ? "–" : method),
    ofControl: "–",
  },
];

const MEASURED: readonly Column[] = [
  { name: "Δ measured", of: ({ measured }) => strong(measuredIn(measured)), ofControl: "1" },
  { name: "Δ of the file", ifNarrow: 2, of: ({ predicted }) => ratioIn(predicted), ofControl: "1" },
  { name: "mean shift", ifNarrow: 1, of: ({ measured }) => shiftIn(measured), ofControl: "0" },
];

const BASELINE: Column = {
  name: "Δ baseline",
  of: ({ baseline }) => orDash(baseline),
  ofControl: "1",
};

const REPAIRED: Column = {
  name: "Δ repaired",
  of: ({ repaired }) => orDash(repaired?.ratio ?? null, 3),
  ofControl: "–",
};

function tableOf(record: AuditsRecord): Table {
  const { norms, measurement, baseline } = record;
  const words = frameworkWords(record);
  const columns = [
    NORM,
    VERDICT,
    ...(measurement === null ? FROM_FILE : MEASURED),
    ...(baseline === null ? [] : [BASELINE]),
    ...(norms.some(({ repaired }) => repaired?.ratio != null) ? [REPAIRED] : []),
    BEHIND,
    ...(norms.some(({ noise }) => noise.some(({ source }) => source !== null)) ? [SOURCE] : []),
  ];
  return {
    kind: "table",
    columns: columns.map(({ of: _, ofControl: __, ...column }) => column),
    rows: norms.map((one) =>
      columns.map(({ of, ofControl }, at) => (one.control && at >= FOR_ALL ? ofControl : of(one, words))),
    ),
    details: { name: "reason", of: norms.map(reasonsOf) },
  };
}

/** Name and verdict are a control's, too. */
const FOR_ALL = 2;

/** Transport is an approximation, and has two digits. */
function ratioIn({ method, ratio, low, high }: AuditRecord["predicted"]): string {
  if (ratio !== null) return method === "transport" ? `≈ ${readable(ratio, 2)}` : readable(ratio, 4);
  return low === null || high === null ? "–" : `${readable(low, 3)} to ${readable(high, 3)}`;
}

function measuredIn(measured: AuditRecord["measured"]): string {
  if (measured === null) return "–";
  const { ratio, interval } = measured;
  return interval === null ? `≈ ${readable(ratio, 2)}` : withHalfWidth(ratio, (interval[1] - interval[0]) / 2);
}

function shiftIn(of: { readonly meanShift: number | null } | null): string {
  if (of?.meanShift == null) return "–";
  return of.meanShift < NO_SHIFT ? "0" : readable(of.meanShift, 2);
}

/** Of a standard deviation: less is rounding. */
const NO_SHIFT = 1e-4;

/** What the verdict rests on, and what it cannot see. */
function remarks(record: AuditsRecord): readonly string[] {
  const { norms, tolerance, measurement } = record;
  const { remark } = frameworkWords(record);
  const isBehindNoise = norms.some(({ control }) => !control);
  const controls = norms.flatMap(({ control, measured }) => (control && measured !== null ? [measured.toStored] : []));
  return [
    ...(isBehindNoise && measurement === null
      ? [
          `Δ is predicted from weights and running statistics, tolerance ${percent(tolerance)} (docs/AUDIT.md). Mean shift is in standard deviations.`,
        ]
      : []),
    ...(measurement === null
      ? []
      : [
          `Δ is measured by the same ${measurement.inputs} inputs with noise (${measurement.masks} masks each) and without, with intervals of ${percent(measurement.confidence, 6)} confidence, tolerance ${percent(tolerance)} (docs/AUDIT.md). Mean shift is in standard deviations.`,
        ]),
    ...(measurement !== null && measurement.inputs < FEW_INPUTS
      ? [`Fewer than ${FEW_INPUTS} inputs say little about channels that are rarely active; use 64 where you can.`]
      : []),
    ...(controls.length === 0 ? [] : [ofControls(meanOf(controls))]),
    ...(remark === null ? [] : [remark]),
  ];
}

const FEW_INPUTS = 16;

function ofControls(toStored: number): string {
  const isOdd = Math.abs(Math.log(toStored)) > Math.log(ODD_INPUTS);
  const odd = isOdd ? ", so they differ from those of training: check --scale and the preprocessing" : "";
  return `Where no noise reaches, the variance of these inputs is ${readable(toStored, 3)} times that of training${odd}.`;
}

/** Rows of a test set stay below it: at most 1.12 on eight networks, and rows of training below 1.2. */
const ODD_INPUTS = 1.3;
