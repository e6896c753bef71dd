import type { JudgedClaim } from "../theory/paper/claim.ts";
import type { Painter } from "./painter.ts";
import { differenceShown, oursShown, paperSummary, whyOf } from "./paper-record.ts";
import { textTable } from "./table.ts";

const STATED = "stated: what the equation gives, worked out by hand; the number of the article is as written there";

/** The claims for the eye: the computed ones line by line, those that cannot be checked counted by what they are. */
export function paperTable(judged: readonly JudgedClaim[], paint: Painter): string {
  const computed = judged.filter(({ claim }) => claim.kind === "computed");
  const rows = computed.map((one) => [
    one.claim.stated,
    oursShown(one),
    differenceShown(one),
    verdictPainted(one, paint),
    one.claim.claim,
    one.claim.source,
  ]);
  const reasons = computed.flatMap((one) => {
    const why = whyOf(one);
    return why === null ? [] : [`  ${one.claim.claim}, stated ${one.claim.stated}: ${why}\n`];
  });
  return [
    textTable(["stated", "ours", "difference", "verdict", "of what", "source"], rows, 3),
    `\n  ${paint.faint(STATED)}\n\n`,
    ...reasons,
    "\n",
    ...uncheckableGroups(judged).map(({ source, count, because }) => `  ${source}, ${count} cells: ${because}\n`),
    "\n",
    ...paperSummary(judged).map((line) => `  ${paint.strong(line)}\n`),
  ].join("");
}

/** Claims that cannot be checked, by where they stand. */
function uncheckableGroups(judged: readonly JudgedClaim[]) {
  const groups = new Map<string, { readonly source: string; count: number; readonly because: string }>();
  for (const { claim } of judged) {
    if (claim.kind !== "uncheckable") continue;
    const { source, because } = claim;
    const group = groups.get(source) ?? { source, count: 0, because };
    group.count += 1;
    groups.set(source, group);
  }
  return [...groups.values()];
}

function verdictPainted({ verdict, asExpected }: JudgedClaim, paint: Painter): string {
  if (!asExpected) return paint.bad(`${verdict}!`);
  return verdict === "matches" ? paint.good(verdict) : paint.doubtful(verdict);
}
