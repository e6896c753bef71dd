import type { Verdict } from "../experiment/verdict.ts";
import { grouped } from "./numbers.ts";
import type { Painter } from "./painter.ts";

const MARK: { readonly [Kind in Verdict]: string } = { agrees: "✓", disagrees: "✗", inconclusive: "?" };

const PLURAL: { readonly [Kind in Verdict]: string } = {
  agrees: "agree",
  disagrees: "disagree",
  inconclusive: "inconclusive",
};

/** "✓ agrees". */
export function marked(verdict: Verdict): string {
  return `${MARK[verdict]} ${verdict}`;
}

/** The colour of a verdict. */
export function painted(verdict: Verdict, paint: Painter): (text: string) => string {
  return { agrees: paint.good, disagrees: paint.bad, inconclusive: paint.doubtful }[verdict];
}

/** Verdicts of many cells and of all together: "✓ all 380 cells agree", "✗ 380 cells: 2 disagree, 378 agree". */
export function verdictsInWords(whole: Verdict, verdicts: readonly Verdict[]): string {
  const total = verdicts.length;
  if (total === 0 && whole === "agrees") return "no cells to judge";
  const agreeing = verdicts.filter((verdict) => verdict === "agrees").length;
  if (whole === "agrees" && agreeing === total)
    return `${MARK.agrees} ${total === 1 ? "the cell agrees" : `all ${grouped(total)} cells agree`}`;
  const parts = (["disagrees", "inconclusive", "agrees"] as const).flatMap((kind) => {
    const count = verdicts.filter((verdict) => verdict === kind).length;
    return count === 0 ? [] : [`${grouped(count)} ${PLURAL[kind]}`];
  });
  const cells = `${grouped(total)} ${total === 1 ? "cell" : "cells"}`;
  return `${MARK[whole]} ${cells}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

/** The line under the worst cells of a table, for those that are not in it. */
export function noWorse(more: number): string {
  return more === 1 ? "… and 1 cell that is no worse" : `… and ${grouped(more)} cells that are no worse`;
}
