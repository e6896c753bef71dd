import type { Verdict } from "../experiment/verdict.ts";
import { counted, grouped } from "./numbers.ts";
import { bad, doubtful, good, type Span } from "./phrase.ts";

export const MARK: { readonly [Kind in Verdict]: string } = { agrees: "✓", disagrees: "✗", inconclusive: "?" };

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

/** Verdicts of many scenarios and of all together: "✓ all 380 scenarios agree", "✗ 380 scenarios: 2 disagree, 378 agree". */
export function verdictsInWords(whole: Verdict, given: readonly (Verdict | null)[], noun = "scenario"): string {
  const verdicts = given.filter((verdict) => verdict !== null);
  const total = verdicts.length;
  if (total === 0 && whole === "agrees") return `no ${noun}s to compare`;
  const agreeing = verdicts.filter((verdict) => verdict === "agrees").length;
  if (whole === "agrees" && agreeing === total)
    return `${MARK.agrees} ${total === 1 ? `the ${noun} agrees` : `all ${grouped(total)} ${noun}s agree`}`;
  if (total === 1) return `${MARK[whole]} the ${noun} ${ONE[verdicts[0] ?? whole]}`;
  const parts = (["disagrees", "inconclusive", "agrees"] as const).flatMap((kind) => {
    const count = verdicts.filter((verdict) => verdict === kind).length;
    return count === 0 ? [] : [`${grouped(count)} ${count === 1 ? SINGULAR[kind] : PLURAL[kind]}`];
  });
  const all = `${grouped(total)} ${noun}s`;
  return `${MARK[whole]} ${all}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`;
}

const SINGULAR: { readonly [Kind in Verdict]: string } = {
  agrees: "agrees",
  disagrees: "disagrees",
  inconclusive: "inconclusive",
};

const ONE: { readonly [Kind in Verdict]: string } = { ...SINGULAR, inconclusive: "is inconclusive" };

/** How many scenarios are not shown. */
export function noWorse(more: number, noun = "scenario"): string {
  return `… and ${counted(more, `more ${noun}`)}`;
}
