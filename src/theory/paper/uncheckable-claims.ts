import type { UncheckableClaim } from "./claim.ts";

const TRAINED =
  "an average over the layers of trained networks: no closed form predicts trained weights (zero-mean random ones have d·cos²θ = 1 on average, at any d)";
const ACCURACY =
  "a test error of trained networks: it depends on data, training and chance, not on the variances alone";

/** cos²θ and d·cos²θ of networks trained without dropout: CIFAR-10, then CIFAR-100. */
const TABLE_1 = [
  ["PreResNet-110", "0.03546", "2.91827", "0.03169", "2.59925"],
  ["ResNeXt-29 8×64", "0.02244", "14.78266", "0.02468", "14.72835"],
  ["WRN-28-10", "0.02292", "52.73550", "0.02118", "44.31261"],
  ["DenseNet-BC 100/12", "0.01538", "3.83390", "0.01390", "3.43325"],
] as const;

/** Test error in % with drop 0.5, before and after re-estimating BN: CIFAR-10 (a), (b), CIFAR-100 (a), (b). */
const TABLE_3 = [
  ["PreResNet", "8.42→6.42", "5.85→5.77", "32.45→26.57", "25.50→25.20"],
  ["ResNeXt", "4.43→3.96", "4.09→3.93", "19.04→18.24", "19.33→19.09"],
  ["WRN", "4.59→4.20", "3.81→3.71", "21.08→20.70", "19.48→19.15"],
  ["DenseNet", "8.70→6.82", "5.63→5.29", "31.45→26.98", "25.00→23.92"],
] as const;

/** The numbers that are printed in the tables of Li et al. 2019, which cannot be worked out, and why. */
export const UNCHECKABLE_CLAIMS: readonly UncheckableClaim[] = [
  ...rowsOf(TABLE_1, {
    columns: ["cos²θ, CIFAR-10", "d·cos²θ, CIFAR-10", "cos²θ, CIFAR-100", "d·cos²θ, CIFAR-100"],
    source: "Li et al. 2019, table 1",
    because: TRAINED,
  }),
  ...rowsOf(TABLE_3, {
    columns: [
      "% error, CIFAR-10, case (a)",
      "% error, CIFAR-10, case (b)",
      "% error, CIFAR-100, case (a)",
      "% error, CIFAR-100, case (b)",
    ],
    source: "Li et al. 2019, table 3",
    because: ACCURACY,
  }),
];

interface TableOf {
  readonly columns: readonly string[];
  readonly source: string;
  readonly because: string;
}

function rowsOf(
  table: readonly (readonly [string, ...string[]])[],
  { columns, source, because }: TableOf,
): readonly UncheckableClaim[] {
  return table.flatMap(([network, ...cells]) =>
    cells.map((stated, at) => ({
      kind: "uncheckable" as const,
      origin: "printed" as const,
      source,
      claim: `${network}, ${columns[at]}`,
      stated,
      because,
    })),
  );
}
