/** Σ cᵢ xⁱ by Horner's rule; coefficients lowest first, at least one. */
export function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient);
}
