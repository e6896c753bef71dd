import type { CheckedCell, CheckReport } from "../experiment/check.ts";
import type { Verdict } from "../experiment/verdict.ts";
import { percent, probability } from "./numbers.ts";
import { MARK, verdictsInWords } from "./verdict-words.ts";

const RANK: { readonly [Kind in Verdict]: number } = { disagrees: 0, inconclusive: 1, agrees: 2 };

/** Worst first: those that disagree, those that are inconclusive, the others; of equal verdict the farther off. */
export function worstFirst(cells: readonly CheckedCell[]): readonly CheckedCell[] {
  const distance = ({ deviation }: CheckedCell) => Math.abs(deviation ?? 0);
  return [...cells].sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || distance(b) - distance(a));
}

/** What a cell is called: a scenario, a position of one, or one of several layers that another program measured. */
export function nounOf({ cells }: CheckReport): string {
  if (cells.some(({ position }) => position !== null)) return "position";
  return cells.length > 1 && cells.every(({ id }) => id === null) ? "layer" : "scenario";
}

/**
 * Whether no cell accounts for the verdict of the whole: a check that was interrupted, say, is inconclusive although each cell
 * agrees. Every report has to say so, or what a reader sees is all green and the exit code is not 0.
 */
export function isOnlyTheWhole({ cells, whole }: CheckReport): boolean {
  return whole !== "agrees" && !cells.some(({ verdict }) => verdict === whole);
}

/** "✓ all 30 scenarios agree within 0.5 % (error rate 10⁻⁶ overall)". */
export function checkLine(report: CheckReport): string {
  const { cells, whole } = report;
  const [first] = cells;
  if (cells.length === 1 && first?.verdict === whole) return `${MARK[whole]} ${oneInWords(first)}${terms(report)}`;
  const words = verdictsInWords(
    whole,
    cells.map(({ verdict }) => verdict),
    nounOf(report),
  );
  const tolerance = toleranceOf(report);
  const within = whole === "agrees" && tolerance !== undefined ? ` within ${percent(tolerance)}` : "";
  const alone = isOnlyTheWhole(report) ? `; ${wholeInWords(report)}` : "";
  return `${words}${within}${alone}${terms(report)}`;
}

/** The verdict of the whole where no cell has it. */
export function wholeInWords({ whole }: CheckReport): string {
  return whole === "inconclusive" ? "the check as a whole is inconclusive" : "the check as a whole disagrees";
}

function oneInWords({ verdict, deviation, tolerance, baseline, variances }: CheckedCell): string {
  const reference = baseline === null ? "theory" : "the baseline";
  switch (verdict) {
    case "agrees":
      return `agrees with ${reference} within ${percent(tolerance)}${variances === "differ" ? ", although the variances differ" : ""}`;
    case "disagrees": {
      if (deviation === null || baseline !== null) return `disagrees with ${reference}`;
      return `disagrees with theory: Δ is ${percent(Math.abs(deviation))} too ${deviation > 0 ? "high" : "low"}`;
    }
    case "inconclusive":
      return `inconclusive: too imprecise for a tolerance of ${percent(tolerance)}`;
  }
}

/** The tolerance of all cells; undefined where each has its own. */
function toleranceOf({ cells }: CheckReport): number | undefined {
  const [first] = cells;
  return cells.every(({ tolerance }) => tolerance === first?.tolerance) ? first?.tolerance : undefined;
}

/** What the verdict is at, where its words do not say so: " (tolerance 0.5 %, error rate 10⁻⁶ overall)". */
function terms(report: CheckReport): string {
  const { cells, whole, alpha } = report;
  const tolerance = toleranceOf(report);
  const isSaid = whole === "agrees" || (cells.length === 1 && whole === "inconclusive");
  const hasNoError = cells.length > 0 && cells.every(({ measured }) => measured?.standardError === null);
  const parts = [
    ...(isSaid || tolerance === undefined ? [] : [`tolerance ${percent(tolerance)}`]),
    ...(hasNoError ? [] : [`error rate ${probability(alpha)}${cells.length === 1 ? "" : " overall"}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
