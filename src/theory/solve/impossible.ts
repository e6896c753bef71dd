import { VshiftError } from "../../errors.ts";

/** No value has the target Δ; `because` completes "0.9 is impossible, because …". */
export function impossible(shift: number, { because, hint }: { readonly because: string; readonly hint: string }) {
  return new VshiftError({
    code: "invalid-value",
    field: "shift",
    problem: `${shift} is impossible, because ${because}`,
    hint,
  });
}

/** What is solved for has no part in Δ, so that any value reaches the target or none does; `because` completes "Δ is 0.5, because …". */
export function withoutEffect(shift: number, { actual, because, hint }: WithoutEffect): VshiftError {
  const outcome = `Δ is ${sixDigits(actual)} ${because}`;
  if (actual < shift) return impossible(shift, { because: outcome, hint });
  return new VshiftError({
    code: "invalid-value",
    field: "shift",
    problem: `${shift} is reached at any value, because ${outcome}`,
    hint,
  });
}

export interface WithoutEffect {
  readonly actual: number;
  readonly because: string;
  readonly hint: string;
}

export function sixDigits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
