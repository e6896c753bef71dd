import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import type { Verdict } from "../experiment/verdict.ts";
import { percent, probability } from "./numbers.ts";
import { verdictsInWords } from "./verdict-words.ts";

const RANK: { readonly [Kind in Verdict]: number } = { disagrees: 0, inconclusive: 1, agrees: 2 };

/** Worst first: those that disagree, those that are inconclusive, the others; of equal verdict the farther off. */
export function worstFirst(cells: readonly CheckedCell[]): readonly CheckedCell[] {
  const distance = ({ deviation }: CheckedCell) => Math.abs(deviation ?? 0);
  return [...cells].sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || distance(b) - distance(a));
}

/**
 * Whether no cell accounts for the verdict of the whole: cells that are missing, say, make a check inconclusive though each
 * that is there agrees. Every report has to say so, or what a reader sees is all green and the exit code is not 0.
 */
export function isOnlyTheWhole({ cells, whole }: CheckReport): boolean {
  return whole !== "agrees" && !cells.some(({ verdict }) => verdict === whole);
}

/** "✓ all 30 cells agree within their tolerance (error rate 10⁻⁶ for all of them)". */
export function checkLine(report: CheckReport): string {
  const { cells, whole, alpha } = report;
  const words = verdictsInWords(
    whole,
    cells.map(({ verdict }) => verdict),
  );
  const one = cells.length === 1;
  const within = whole === "agrees" && cells.length > 0 ? ` within ${one ? "its" : "their"} tolerance` : "";
  const alone = isOnlyTheWhole(report) ? `; ${wholeInWords(report)}` : "";
  return `${words}${within}${alone} (error rate ${probability(alpha)}${one ? "" : " for all of them"})`;
}

/** The verdict of the whole where no cell has it. */
export function wholeInWords({ whole }: CheckReport): string {
  return whole === "inconclusive" ? "the check as a whole is inconclusive" : "the check as a whole disagrees";
}

/** The deviation of a cell, or a dash where there is nothing to compare. */
export function deviationOf({ deviation }: CheckedCell): string {
  return deviation === null ? "–" : percent(deviation);
}
