import type { JudgedClaim } from "../theory/paper/claim.ts";

const CLAIM_SCHEMA = "vshift.claim/1";

/** A claim of the paper as plain data, with the same fields whatever its kind. */
export function claimRecord({ claim, verdict, ours, difference, asExpected }: JudgedClaim) {
  const { kind, source, claim: text, stated } = claim;
  return {
    schema: CLAIM_SCHEMA,
    kind,
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

/** What the claims come to: "17 match, 3 differ as explained, 32 cannot be checked". */
export function paperSummary(judged: readonly JudgedClaim[]): string {
  const count = (wanted: (claim: JudgedClaim) => boolean) => judged.filter(wanted).length;
  const parts = [
    `${count(({ verdict, asExpected }) => verdict === "matches" && asExpected)} match`,
    `${count(({ verdict, asExpected }) => verdict === "differs" && asExpected)} differ as explained`,
    `${count(({ verdict }) => verdict === "uncheckable")} cannot be checked`,
  ];
  const unexpected = count(({ asExpected }) => !asExpected);
  return unexpected === 0
    ? parts.join(", ")
    : `${unexpected} ${unexpected === 1 ? "is" : "are"} not as expected; ${parts.join(", ")}`;
}
