import type { Verdict } from "../experiment/verdict.ts";
import { grouped } from "./numbers.ts";
import { bad, doubtful, good, type Span } from "./phrase.ts";

const MARK: { readonly [Kind in Verdict]: string } = { agrees: "✓", disagrees: "✗", inconclusive: "?" };

const PLURAL: { readonly [Kind in Verdict]: string } = {
  agrees: "agree",
  disagrees: "disagree",
  inconclusive: "inconclusive",
};

/** "✓ agrees". */
export function marked(verdict: Verdict): Span {
  return toned(verdict, `${MARK[verdict]} ${verdict}`);
}

/** Text with the tone of a verdict. */
export function toned(verdict: Verdict, text: string): Span {
  return { agrees: good, disagrees: bad, inconclusive: doubtful }[verdict](text);
}

/** Verdicts of many cells and of all together: "✓ all 380 cells agree", "✗ 2 of 380 cells disagree, 378 agree". */
export function verdictsInWords(whole: Verdict, verdicts: readonly Verdict[]): string {
  const total = verdicts.length;
  if (total === 0 && whole === "agrees") return "no cells to judge";
  const agreeing = verdicts.filter((verdict) => verdict === "agrees").length;
  if (whole === "agrees" && agreeing === total)
    return `${MARK.agrees} ${total === 1 ? "the cell agrees" : `all ${grouped(total)} cells agree`}`;
  if (total === 1) return `${MARK[whole]} the cell ${ONE[verdicts[0] ?? whole]}`;
  const parts = (["disagrees", "inconclusive", "agrees"] as const).flatMap((kind) => {
    const count = verdicts.filter((verdict) => verdict === kind).length;
    return count === 0 ? [] : [`${grouped(count)} ${count === 1 ? SINGULAR[kind] : PLURAL[kind]}`];
  });
  const cells = `${grouped(total)} cells`;
  return `${MARK[whole]} ${cells}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

const SINGULAR: { readonly [Kind in Verdict]: string } = {
  agrees: "agrees",
  disagrees: "disagrees",
  inconclusive: "inconclusive",
};

const ONE: { readonly [Kind in Verdict]: string } = { ...SINGULAR, inconclusive: "is inconclusive" };

/** What is said of cells that are not shown below the worst ones. */
export function noWorse(more: number): string {
  return more === 1 ? "… and 1 more cell" : `… and ${grouped(more)} more cells`;
}
