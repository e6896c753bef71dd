/** A line of a derivation: a quantity that is given, or, with a formula, that follows from those before. */
export interface Line {
  readonly symbol: string;
  readonly name: string;
  readonly value: number;
  readonly derived?: { readonly formula: string; readonly source: string };
}
