import type { JudgedClaim, Origin } from "../theory/paper/claim.ts";

const CLAIM_SCHEMA = "vshift.claim/1";

/** A claim of the paper as plain data, with the same fields for every kind. */
export function claimRecord({ claim, verdict, ours, difference, asExpected }: JudgedClaim) {
  const { kind, origin, source, claim: text, stated } = claim;
  return {
    schema: CLAIM_SCHEMA,
    kind,
    origin,
    source,
    claim: text,
    stated,
    ours,
    difference,
    verdict,
    asExpected,
    because: whyOf({ claim }),
    flags: claim.kind === "computed" ? claim.flags : null,
  };
}

/** The record as a row of CSV, which has no truth values. */
export function claimRow(judged: JudgedClaim) {
  return { ...claimRecord(judged), asExpected: judged.asExpected ? "yes" : "no" };
}

/** Why a number differs or cannot be checked; null where it should match. */
export function whyOf({ claim }: Pick<JudgedClaim, "claim">): string | null {
  return claim.kind === "uncheckable" ? claim.because : (claim.differsBecause ?? null);
}

/** Ours at as many digits more than theirs as tell them apart. */
export function oursShown({ claim, ours }: JudgedClaim): string {
  if (ours === null) return "";
  const [, decimals = ""] = claim.stated.split(".");
  return ours.toFixed(decimals.length + 2);
}

/** The difference at two significant digits, with its sign; "0" below rounding. */
export function differenceShown({ difference }: JudgedClaim): string {
  if (difference === null) return "";
  if (Math.abs(difference) < 1e-15) return "0";
  return `${difference < 0 ? "−" : "+"}${Number(Math.abs(difference).toPrecision(2)).toExponential().replace("e-", "e−")}`;
}

/** What the claims come to, those of each origin apart: "its equations give 19 numbers: 16 match, 3 differ as explained". */
export function paperSummary(judged: readonly JudgedClaim[]): readonly [equations: string, printed: string] {
  const of = (origin: Origin) => judged.filter(({ claim }) => claim.origin === origin);
  const [given, printed] = [of("equation"), of("printed")];
  return [
    `its equations give ${given.length} numbers: ${counts(given)}`,
    `its tables print ${printed.length} numbers: ${counts(printed)}`,
  ];
}

function counts(judged: readonly JudgedClaim[]): string {
  const count = (wanted: (claim: JudgedClaim) => boolean) => judged.filter(wanted).length;
  const unexpected = count(({ asExpected }) => !asExpected);
  const parts: readonly (readonly [number, string])[] = [
    [unexpected, `${unexpected === 1 ? "is" : "are"} not as expected`],
    [count(({ verdict, asExpected }) => verdict === "matches" && asExpected), "match"],
    [count(({ verdict, asExpected }) => verdict === "differs" && asExpected), "differ as explained"],
    [count(({ verdict }) => verdict === "uncheckable"), "cannot be checked"],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(", ");
}
