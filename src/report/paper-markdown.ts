import type { JudgedClaim } from "../theory/paper/claim.ts";
import { markdownTable } from "./markdown.ts";
import { differenceShown, oursShown, paperSummary, whyOf } from "./paper-record.ts";

/** The claims as a page in Markdown, which docs/PAPER.md is. */
export function paperMarkdown(judged: readonly JudgedClaim[]): string {
  const computed = judged.filter(({ claim }) => claim.kind === "computed");
  const uncheckable = judged.filter(({ claim }) => claim.kind === "uncheckable");
  return `${TITLE}
${paperSummary(judged)
  .map((line) => `- ${line[0]?.toUpperCase()}${line.slice(1)}.`)
  .join("\n")}

## Numbers that its equations give

The stated numbers are the equations worked out by hand. One matches if ours rounds to its digits. The flags make
\`vshift theory\` say, and \`vshift simulate\` measure, the same.

${computedTable(computed)}
## Numbers that its tables print

They are of trained networks, and none follows from the equations.

${reasons(uncheckable)}
${markdownTable(
  ["source", "of what", "stated"],
  uncheckable.map(({ claim: { source, claim, stated } }) => [source, claim, stated]),
)}`;
}

const TITLE = `# The paper's equations in numbers, and its tables

Li, Chen, Hu, Yang, "Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift",
arXiv:1801.05134, CVPR 2019, pp. 2682-2690. This page is what \`vshift paper --format markdown\` prints. Δ = Var_test / Var_train;
keep is the paper's p, and drop is 1 − p. The correlation of 0.2 beside table 1 is an assumption, which the paper has no number for.
`;

function computedTable(computed: readonly JudgedClaim[]): string {
  const header = ["source", "of what", "stated", "ours", "difference", "verdict", "flags"];
  const rows = computed.map((one) => {
    const why = whyOf(one);
    const { claim, verdict, asExpected } = one;
    const outcome = `${verdict}${asExpected ? "" : ", and should not"}${why === null ? "" : `: ${why}`}`;
    const flags = claim.kind === "computed" ? `\`${claim.flags}\`` : "";
    return [claim.source, claim.claim, claim.stated, oursShown(one), differenceShown(one), outcome, flags];
  });
  return markdownTable(header, rows);
}

/** Each reason once, with where it applies. */
function reasons(uncheckable: readonly JudgedClaim[]): string {
  const lines = uncheckable.map((one) => `- ${one.claim.source}: ${whyOf(one)}.\n`);
  return [...new Set(lines)].join("");
}
