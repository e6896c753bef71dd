import type { JudgedClaim } from "../theory/paper/claim.ts";
import type { Document, TableColumn } from "./document.ts";
import { counted } from "./numbers.ts";
import { claimRecord, claimRow, differenceShown, oursShown, paperSummary, whyOf } from "./paper-record.ts";
import { bad, code, doubtful, good, type Phrase } from "./phrase.ts";

/** The paper's numbers next to ours. docs/PAPER.md is its page. */
export function paperDocument(judged: readonly JudgedClaim[]): Document {
  const computed = judged.filter(({ claim }) => claim.kind === "computed");
  const uncheckable = judged.filter(({ claim }) => claim.kind === "uncheckable");
  return {
    title: "The paper's equations in numbers, and its tables",
    conclusion: `${paperSummary(judged).map(sentence).join(" ")}`,
    blocks: [
      { kind: "paragraphs", on: "page", paragraphs: [SOURCE] },
      { kind: "heading", text: "Numbers that its equations give" },
      { kind: "paragraphs", paragraphs: [STATED] },
      { kind: "table", columns: COMPUTED, rows: computed.map(computedRow) },
      { kind: "items", items: computed.flatMap((one) => explained(one).map((text) => ({ text }))) },
      { kind: "heading", text: "Numbers that its tables print" },
      { kind: "paragraphs", paragraphs: ["They come from trained networks. The equations do not give them."] },
      { kind: "items", items: reasons(judged).map((text) => ({ text })) },
      {
        kind: "table",
        on: "page",
        columns: [{ name: "source", align: "left" }, { name: "quantity", align: "left" }, { name: "stated" }],
        rows: uncheckable.map(({ claim: { source, claim, stated } }) => [source, claim, stated]),
      },
    ],
    data: {
      kind: "values",
      json: judged.map(claimRecord),
      lines: judged.map(claimRecord),
      rows: () => judged.map(claimRow),
    },
  };
}

const SOURCE: Phrase = [
  'Li, Chen, Hu, Yang, "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift", arXiv:1801.05134, CVPR 2019, pp. 2682-2690. ',
  code("vshift paper --format markdown"),
  " prints this page. Δ = Var_test / Var_train. Keep is the paper's p, and drop is 1 − p. The correlation of 0.2 in the row on table 1 is an assumption: the paper has no number for it.",
];

const STATED: Phrase = [
  "The stated numbers are the equations worked out by hand. A number matches if ours rounds to its digits. With these flags ",
  code("vshift theory"),
  " gives the same number and ",
  code("vshift simulate"),
  " measures it.",
];

const COMPUTED: readonly TableColumn[] = [
  { name: "stated" },
  { name: "ours" },
  { name: "difference", ifNarrow: 1 },
  { name: "verdict", align: "left" },
  { name: "quantity", align: "left", ifNarrow: "wraps" },
  { name: "source", align: "left", ifNarrow: "wraps" },
  { name: "flags", align: "left", ifNarrow: "below" },
];

function computedRow(judged: JudgedClaim): Phrase[] {
  const { claim } = judged;
  const flags = claim.kind === "computed" ? code(claim.flags) : "";
  return [
    claim.stated,
    oursShown(judged),
    differenceShown(judged),
    verdictOf(judged),
    claim.claim,
    claim.source,
    flags,
  ];
}

function verdictOf({ verdict, asExpected }: JudgedClaim): Phrase {
  if (!asExpected) return bad(`${verdict}, and should not`);
  return verdict === "matches" ? good(verdict) : doubtful(verdict);
}

function explained(judged: JudgedClaim): readonly string[] {
  const why = whyOf(judged);
  return why === null ? [] : [`${judged.claim.claim}, stated ${judged.claim.stated}: ${why}`];
}

/** Why numbers cannot be checked, each reason once, by where they are printed. */
function reasons(judged: readonly JudgedClaim[]): readonly string[] {
  const groups = new Map<string, { count: number; readonly because: string }>();
  for (const { claim } of judged) {
    if (claim.kind !== "uncheckable") continue;
    const group = groups.get(claim.source) ?? { count: 0, because: claim.because };
    group.count += 1;
    groups.set(claim.source, group);
  }
  return [...groups].map(([source, { count, because }]) => `${source}, ${counted(count, "number")}: ${because}`);
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}
