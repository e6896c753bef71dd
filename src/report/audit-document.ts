import type { Verdict } from "../experiment/verdict.ts";
import { excerpt } from "../tensor/file-error.ts";
import { type AuditedNoise, type AuditRecord, type AuditsRecord, type AuditVerdict, auditRow } from "./audit-record.ts";
import type { Block, Document, Item, Table, TableColumn, Words } from "./document.ts";
import { type FrameworkWords, frameworkWords } from "./framework-words.ts";
import { grouped, percent, readable } from "./numbers.ts";
import { faint, type Phrase, strong } from "./phrase.ts";
import { MARK, toned } from "./verdict-words.ts";

/** A trained model: how many of its norms are shifted, each norm, and what to do. */
export function auditDocument(record: AuditsRecord): Document {
  const { model, writer, norms } = record;
  const words = frameworkWords(record);
  return {
    title: `${excerpt(model)}, ${excerpt(writer)}${words.made}`,
    ...auditSummary(record),
    blocks: [
      tableOf(norms, words),
      ...adviceBlocks(record),
      { kind: "paragraphs", paragraphs: remarks(record).map(faint) },
    ],
    data: { kind: "values", json: record, lines: norms, rows: () => norms.map(auditRow) },
  };
}

/** The conclusion alone. */
export function auditSummary(record: AuditsRecord): Words {
  const verdict = TONE[record.verdict];
  return { conclusion: toned(verdict, `${MARK[verdict]} ${conclusionOf(record)}`), blocks: [] };
}

const TONE: { readonly [Kind in AuditVerdict]: Verdict } = {
  clean: "agrees",
  shifted: "disagrees",
  "needs-data": "inconclusive",
};

function conclusionOf(record: AuditsRecord): string {
  const { norms, tolerance, verdict } = record;
  const total = norms.length;
  const undecided = norms.filter((one) => one.verdict === "needs-data").length;
  const behind = norms.filter(({ control }) => !control).length;
  switch (verdict) {
    case "shifted": {
      const shifted = norms.filter((one) => one.verdict === "shifted");
      const what = `${partOf(shifted.length, total)} ${shifted.length === 1 ? "receives" : "receive"} ${changeOf(shifted)} variance at test time than during training`;
      const also =
        undecided === 0 ? "" : `, and ${undecided} more ${undecided === 1 ? "needs" : "need"} data for a verdict`;
      return `${what}${also}. ${worstIn(shifted)}`;
    }
    case "needs-data":
      return total === 1
        ? "The batch norm needs data for a verdict."
        : `No batch norm is certain to be shifted, but ${grouped(undecided)} of ${grouped(total)} ${undecided === 1 ? "needs" : "need"} data for a verdict.`;
    case "clean": {
      if (behind === 0) {
        const { missing } = frameworkWords(record);
        const unseen = missing === null ? "" : `, but ${missing}`;
        return `No noise in this file reaches ${total === 1 ? "the batch norm" : "a batch norm"}${unseen}.`;
      }
      const those = behind === 1 ? "1 batch norm is" : `${grouped(behind)} batch norms are`;
      const all = behind === 1 ? "its variance" : "their variances";
      return `${those} behind noise, and at test time ${all} ${behind === 1 ? "stays" : "stay"} within ${percent(tolerance)} of training.`;
    }
  }
}

/** "2 of 4 batch norms", or "1 batch norm" where there is only one. */
function partOf(count: number, total: number): string {
  return total === 1 ? "1 batch norm" : `${grouped(count)} of ${grouped(total)} batch norms`;
}

/** "less", where all of them receive less. */
function changeOf(shifted: readonly AuditRecord[]): string {
  const ratios = shifted.map(leastShift);
  if (ratios.every((ratio) => ratio < 1)) return "less";
  return ratios.every((ratio) => ratio > 1) ? "more" : "other";
}

/** The ratio, or the end of the interval that is closest to 1. */
function leastShift({ predicted: { ratio, high } }: AuditRecord): number {
  return ratio ?? high ?? 1;
}

function worstIn(shifted: readonly AuditRecord[]): string {
  const distance = (one: AuditRecord) => Math.abs(Math.log(leastShift(one)));
  const [worst] = shifted.toSorted((a, b) => distance(b) - distance(a));
  if (worst === undefined) return "";
  const { norm, predicted } = worst;
  const delta = inWords(predicted);
  return shifted.length === 1
    ? `Δ = Var_test / Var_train is ${delta} at norm ${excerpt(norm)}.`
    : `The largest shift is at norm ${excerpt(norm)}, where Δ = Var_test / Var_train is ${delta}.`;
}

function inWords({ method, ratio, high }: AuditRecord["predicted"]): string {
  if (ratio === null) return `at most ${readable(high ?? 1, 3)}`;
  return method === "transport" ? `about ${readable(ratio, 2)}` : readable(ratio, 3);
}

const COLUMNS: readonly TableColumn[] = [
  { name: "norm", align: "left" },
  { name: "verdict", align: "left" },
  { name: "Δ" },
  { name: "mean shift", ifNarrow: 2 },
  { name: "method", align: "left", ifNarrow: 1 },
  { name: "behind", align: "left", ifNarrow: "wraps" },
];

/** Where the user's code has the noise, of a file that says so. */
const SOURCE: TableColumn = { name: "source", align: "left", ifNarrow: "wraps" };

function tableOf(norms: readonly AuditRecord[], words: FrameworkWords): Table {
  const hasSources = norms.some(({ noise }) => noise.some(({ source }) => source !== null));
  const sourceOf = ({ noise }: AuditRecord) => few(noise.flatMap(({ source }) => source ?? []));
  return {
    kind: "table",
    columns: hasSources ? [...COLUMNS, SOURCE] : COLUMNS,
    rows: norms.map((one) => (hasSources ? [...rowOf(one, words), sourceOf(one)] : rowOf(one, words))),
    details: { name: "reason", of: norms.map(reasonsOf) },
  };
}

function rowOf({ norm, noise, predicted, control, verdict }: AuditRecord, words: FrameworkWords): readonly Phrase[] {
  const { meanShift, method } = predicted;
  const name = excerpt(norm);
  const mark = toned(TONE[verdict], `${MARK[TONE[verdict]]} ${WORDS[verdict]}`);
  if (control) return [name, mark, "1", "0", "–", faint("no noise (control)")];
  return [
    name,
    mark,
    strong(ratioIn(predicted)),
    meanShift === null ? "–" : readable(meanShift, 2),
    method === "needs-data" ? "–" : method,
    noiseInWords(noise, words),
  ];
}

const WORDS: { readonly [Kind in AuditVerdict]: string } = {
  clean: "clean",
  shifted: "shifted",
  "needs-data": "needs data",
};

/** Transport is an approximation, and has two digits. */
function ratioIn({ method, ratio, low, high }: AuditRecord["predicted"]): string {
  if (ratio !== null) return method === "transport" ? `≈ ${readable(ratio, 2)}` : readable(ratio, 4);
  return low === null || high === null ? "–" : `${readable(low, 3)} to ${readable(high, 3)}`;
}

/** "nn.Dropout(0.5) at head.drop"; noise of the same strength together: "2 × nn.Dropout(0.5) at block.2, block.5". */
function noiseInWords(noise: readonly AuditedNoise[], words: FrameworkWords): string {
  const callOf = (one: AuditedNoise) => callIn(one, words);
  const calls = [...new Set(noise.map(callOf))];
  return few(
    calls.map((call) => {
      const alike = noise.filter((one) => callOf(one) === call);
      const modules = few(alike.map(({ module }) => module).filter((module) => module !== ""));
      const times = alike.length === 1 ? "" : `${alike.length} × `;
      return `${times}${call}${modules === "" ? "" : ` at ${modules}`}`;
    }),
  );
}

/** A noise in a framework's words: "nn.Dropout2d(0.3)". */
function callIn({ kind, shares, drop, variance }: AuditedNoise, words: FrameworkWords): string {
  const strength = readable(drop ?? variance ?? 0, 4);
  switch (kind) {
    case "dropout":
      return `${words.dropouts[shares]}(${strength})`;
    case "alpha-dropout":
      return `${words.alphaDropouts[shares]}(${strength})`;
    case "multiplied":
      return `noise of σ² ${strength}`;
    case "added":
      return `added noise of variance ${strength}`;
    case "unknown":
      return words.unknown;
  }
}

/** The first of them, and how many more there are. */
function few(items: readonly string[]): string {
  const each = [...new Set(items)].map(excerpt);
  const rest = each.length - MOST_NAMED;
  return rest > 0 ? `${each.slice(0, MOST_NAMED).join(", ")} and ${rest} more` : each.join(", ");
}

const MOST_NAMED = 2;

/** Why the file does not tell. */
function reasonsOf({ verdict, predicted: { method, reason } }: AuditRecord): readonly string[] {
  if (verdict !== "needs-data") return [];
  return [
    method === "bound" ? "the interval holds for any data, and both verdicts are in it" : (reason ?? "no prediction"),
  ];
}

function adviceBlocks(record: AuditsRecord): readonly Block[] {
  const { verdict, norms, tolerance } = record;
  if (verdict === "clean") return [];
  const weaker = verdict === "shifted" ? weakerNoise(norms, tolerance) : undefined;
  const items: readonly Item[] = [
    {
      text: "Re-estimate the running statistics on training data with the noise off, and keep them only if the validation loss falls. This version of vshift predicts from the file alone, and does not measure.",
    },
    ...(verdict === "shifted"
      ? [
          {
            text: "Or move the noise behind the last batch norm and retrain: usually better for classifiers, not always for regression.",
          },
        ]
      : []),
    ...(weaker === undefined ? [] : [{ text: `Or retrain with weaker noise: ${weaker}.` }]),
  ];
  return [
    { kind: "heading", text: "What to do" },
    { kind: "items", isNumbered: true, items },
  ];
}

/** For the largest shift that follows from one noise alone, the drop rate that ends at the tolerance. */
function weakerNoise(norms: readonly AuditRecord[], tolerance: number): string | undefined {
  const [worst] = norms
    .flatMap(({ norm, noise, verdict, predicted: { method, ratio } }) => {
      const [only, ...others] = noise;
      if (only?.kind !== "dropout" || only.drop === null || others.length > 0) return [];
      if (verdict !== "shifted" || method !== "exact" || ratio === null) return [];
      return ratio > 0 && ratio < 1 ? [{ norm, drop: only.drop, ratio }] : [];
    })
    .toSorted((a, b) => a.ratio - b.ratio);
  if (worst === undefined) return undefined;
  const { norm, drop, ratio } = worst;
  const weaker = readable(dropFor(1 - tolerance, { drop, ratio }), 2);
  return `norm ${excerpt(norm)} reaches a Δ of ${readable(1 - tolerance, 3)} with a drop rate of about ${weaker} instead of ${readable(drop, 4)}`;
}

/**
 * The drop rate that gives a target Δ where another rate gave a known one, the noise-free mean and variance unchanged:
 * 1/Δ − 1 is σ²(1 + mean²/variance), and σ² is drop/(1 − drop).
 */
function dropFor(target: number, { drop, ratio }: { readonly drop: number; readonly ratio: number }): number {
  const odds = (drop / (1 - drop)) * ((1 / target - 1) / (1 / ratio - 1));
  return odds / (1 + odds);
}

/** What the verdict rests on, and what it cannot see. */
function remarks(record: AuditsRecord): readonly string[] {
  const { norms, tolerance } = record;
  const { remark } = frameworkWords(record);
  const methods = new Set(norms.filter(({ control }) => !control).map(({ predicted }) => predicted.method));
  return [
    ...(methods.size === 0
      ? []
      : [
          `Δ is predicted from weights and running statistics, tolerance ${percent(tolerance)} (docs/AUDIT.md). Mean shift is in standard deviations.`,
        ]),
    ...(remark === null ? [] : [remark]),
  ];
}
