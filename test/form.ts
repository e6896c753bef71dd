/**
 * Tests that draw many samples have two forms: the short one runs with every `npm test`, the long one when it is asked for
 * (`npm run test:long`, which sets VSHIFT_LONG=1). Both keep the false-alarm rate that the test states; the long one finds
 * smaller faults.
 */
export const FORM: "short" | "long" = process.env.VSHIFT_LONG === "1" ? "long" : "short";

/** The value for the form that runs. */
export function inForm<Value>(values: { readonly short: Value; readonly long: Value }): Value {
  return values[FORM];
}
