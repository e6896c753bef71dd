import { describe, expect, it, test } from "vitest";
import { ACTIVATIONS, activationOf } from "../../src/activations/activations.ts";
import { IDENTITY } from "../../src/activations/identity.ts";
import { RELU } from "../../src/activations/relu.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import { LARGEST_NORMAL } from "../../src/laws/law-kind.ts";
import { LAW_KINDS, type LawKind, lawOf } from "../../src/laws/laws.ts";
import { lawOfActivation } from "../../src/laws/of-activation.ts";
import { reluMoments, reluTails } from "../../src/laws/rectified.ts";
import { momentsUnderNormal } from "../../src/laws/under-normal.ts";
import type { Moments } from "../../src/numeric/moments.ts";
import { normalDensity } from "../../src/numeric/normal.ts";

// Independent values: mpmath 1.3 at 30 digits, moments by its quadrature of f and of powers of f − c, and the correlation by 60 terms
// of Mehler's series at those digits, 200 for r = 0.9; the last is below 10⁻¹⁹ in each case.
// [f, mean and variance of z, correlation r of two z, mean, variance, kurtosis and correlation of f(z)].
const INDEPENDENT: readonly (readonly [LawKind, number, number, number, number, number, number, number])[] = [
  ["tanh", 0, 1, 0.3, 0, 0.3942944903978412, 1.6272908060148712, 0.2806744406592709],
  ["tanh", 0, 1, -0.5, 0, 0.3942944903978412, 1.6272908060148712, -0.4725513993752428],
  ["tanh", 0.5, 1, -0.5, 0.2954528770517374, 0.350714649978361, 2.07019874569174, -0.444405443414393],
  ["tanh", 1, 2.25, 0.6, 0.4348479717913528, 0.42262420106384985, 2.4651957965991484, 0.5308668614118003],
  ["tanh", -2, 1, -0.3, -0.8646647167633873, 0.06365768781125081, 15.971911577877945, -0.1371659623407763],
  ["tanh", 3, 1, 0.3, 0.9716034244777132, 0.007428336753788599, 93.82426090874951, 0.1366086581914863],
  ["tanh", 0, 0.01, 0.5, 0, 0.009805468755532405, 2.924483758464975, 0.49997641480477056],
  ["tanh", 1, 0.0001, 0.5, 0.76156217178699, 1.7642500879137335e-5, 3.0033753631077436, 0.4999710080191131],
  ["tanh", 0.5, 25, 0.2, 0.07839253331163828, 0.8375751563210451, 1.1396722071250853, 0.14684792145108752],
  ["tanh", 0, 100, 0.2, 0, 0.9205368634305167, 1.0552195584756738, 0.13810541744551388],
  ["tanh", 1, 1e-6, 0.3, 0.7615938361058437, 1.7637891328880589e-7, 3.000033761765311, 0.29999975639002024],
  ["tanh", 2, 4, 0.9, 0.6389517914687183, 0.35211177384296716, 4.353039891256128, 0.8388335490443831],
  ["gelu", 0, 1, 0.3, 0.28209479177387814, 0.345644011024351, 6.0846654002791185, 0.24042004377111043],
  ["gelu", 0, 1, -0.5, 0.28209479177387814, 0.345644011024351, 6.0846654002791185, -0.2959187871383376],
  ["gelu", 0.5, 1, -0.5, 0.5840851298860877, 0.5775264292298169, 3.7612669490833373, -0.3988437859912591],
  ["gelu", 1, 2.25, 0.6, 1.1373601682123688, 1.499949079901874, 3.088442567820701, 0.5680519612403971],
  ["gelu", -2, 1, -0.3, -0.053522332695136454, 0.0077305456380406, 85.4714168172521, -0.02147333384393055],
  ["gelu", -4, 1, 0.3, -0.004188723623571518, 0.00021182696742104497, 68.35343621630273, 0.13125295947085777],
  ["gelu", 0, 0.01, 0.5, 0.0039696240574660716, 0.0025312055794198826, 3.291109247353134, 0.49691783821518903],
  ["gelu", 1, 0.0001, 0.5, 0.841356845209605, 0.00011734967051403494, 2.9997919035259315, 0.499999375926239],
  ["gelu", 0.5, 25, 0.2, 2.216122749117483, 9.675219299258584, 4.813640104838751, 0.159480623014369],
  ["gelu", 0, 100, 0.2, 3.969624057466072, 34.22356757240942, 5.389137618292687, 0.15552251971981199],
  ["gelu", 30, 1, 0.3, 30, 1, 3, 0.3],
  ["gelu", -1, 4, 0.9, 0.31837648047685624, 0.694516965394538, 10.725331228371758, 0.8379701731096487],
];

test.each(INDEPENDENT)("%s of N(%d, %d) and correlation %d", (kind, mean, variance, correlation, ...wanted) => {
  const [wantedMean, wantedVariance, kurtosis, wantedCorrelation] = wanted;
  const law = lawOf(kind);
  const x = law.moments({ mean, variance, correlation });
  // The bounds that momentsUnderNormal and correlationUnderNormal state; the largest |μ|/s here is 1000.
  const limit = Math.max(1e-12, (Math.abs(mean) / Math.sqrt(variance)) * 1e-13);
  expect(Math.abs(x.mean - wantedMean) / Math.sqrt(wantedVariance)).toBeLessThan(limit);
  expect(Math.abs(x.variance / wantedVariance - 1)).toBeLessThan(limit);
  expect(Math.abs(x.correlation - wantedCorrelation)).toBeLessThan(limit);
  // For planning.
  expect(Math.abs(law.tails({ mean, variance }).kurtosis / kurtosis - 1)).toBeLessThan(1e-8);
});

describe("the law of any activation", () => {
  const DEVIATIONS = [0.001, 1, 30, 1e6];
  const RELATIVE_MEANS = [-3, -1, 0, 0.5, 3];
  const CORRELATIONS = [-1, -0.999999, -0.5, -0.01, 0, 0.2, 0.9, 0.999999, 1];

  test.each(DEVIATIONS)("has for max(0, z) the moments of its closed form, z of deviation %d", (deviation) => {
    const law = lawOfActivation(RELU);
    for (const relative of RELATIVE_MEANS) {
      const z = { mean: relative * deviation, variance: deviation * deviation };
      const tails = law.tails(z);
      expect(Math.abs(tails.kurtosis / reluTails(z).kurtosis - 1)).toBeLessThan(1e-8);
      expect(Math.abs(tails.sixth / reluTails(z).sixth - 1)).toBeLessThan(1e-8);
      for (const correlation of CORRELATIONS) {
        const wanted = reluMoments({ ...z, correlation });
        const found = law.moments({ ...z, correlation });
        expect(Math.abs(found.mean / wanted.mean - 1)).toBeLessThan(1e-12);
        expect(Math.abs(found.variance / wanted.variance - 1)).toBeLessThan(1e-12);
        expect(Math.abs(found.correlation - wanted.correlation), `r ${correlation}`).toBeLessThan(1e-12);
      }
    }
  });

  it("has for f(z) = z the moments of z", () => {
    const law = lawOfActivation(IDENTITY);
    for (const correlation of CORRELATIONS) {
      const found = law.moments({ mean: 2, variance: 9, correlation });
      expect(Math.abs(found.mean - 2)).toBeLessThan(1e-12);
      expect(Math.abs(found.variance - 9)).toBeLessThan(1e-11);
      expect(Math.abs(found.correlation - correlation)).toBeLessThan(1e-12);
    }
    expect(Math.abs(law.tails({ mean: 2, variance: 9 }).kurtosis - 3)).toBeLessThan(1e-9);
    expect(Math.abs(law.tails({ mean: 2, variance: 9 }).sixth - 15)).toBeLessThan(1e-9);
  });
});

describe.each(ACTIVATIONS.flatMap((one) => (one.kind === "identity" ? [] : [one])))("$kind", (activation) => {
  it("is a law of the input", () => {
    expect(LAW_KINDS).toContain(activation.kind);
  });

  it("has the moments under a standard normal that stacks take it to have", () => {
    const { mean, variance } = lawOf(activation.kind).moments({ mean: 0, variance: 1, correlation: 0 });
    const stack = activation.meanField();
    expect(Math.abs(mean - stack.mean)).toBeLessThan(1e-12);
    expect(Math.abs(variance + mean * mean - stack.secondMoment)).toBeLessThan(1e-12);
  });

  it("is odd if and only if it says so", () => {
    expect(activation.at(-0.7) === -activation.at(0.7)).toBe(activation.isOdd);
  });

  it("is in single precision no further from f than it says", () => {
    const z = Float32Array.from({ length: 4096 }, (_, at) => (at - 2047.3) / 100);
    const found = z.slice();
    activation.apply(referenceKernel, found);
    for (const [at, value] of z.entries()) {
      const error = Math.abs((found[at] ?? Number.NaN) - activation.at(value));
      expect(error).toBeLessThanOrEqual(activation.errorAt(Math.abs(value)));
    }
  });
});

it("of an odd function of a normal of mean 0 the mean is 0", () => {
  expect(lawOf("tanh").moments({ mean: 0, variance: 3, correlation: 0.5 }).mean).toBe(0);
});

describe("in single precision the moments keep", () => {
  /** Relative error of the variance, and that of the mean in standard deviations, by the sum over a fine grid of z. */
  function errors(kind: "tanh" | "gelu", z: Moments): { readonly variance: number; readonly mean: number } {
    const law = lawOf(kind);
    const wanted = momentsUnderNormal(activationOf(kind), z);
    const { unit, centre, shape } = law.form(z);
    const normals = Float32Array.from({ length: GRID }, (_, at) => LARGEST_NORMAL * ((2 * at + 1) / GRID - 1));
    const x = normals.slice();
    shape(referenceKernel, x);
    let [total, first, second] = [0, 0, 0];
    for (const [at, value] of x.entries()) {
      const weight = normalDensity(normals[at] ?? Number.NaN);
      total += weight;
      first += weight * value;
      second += weight * value * value;
    }
    const mean = first / total;
    const variance = unit * unit * (second / total - mean * mean);
    return {
      variance: Math.abs(variance / wanted.variance - 1),
      mean: Math.abs(unit * (mean + centre) - wanted.mean) / Math.sqrt(wanted.variance),
    };
  }

  const GRID = 1 << 15;

  it.each(
    (["tanh", "gelu"] as const).flatMap((kind) =>
      [0.001, 0.1, 1, 30, 1000].map((deviation) => [kind, deviation] as const),
    ),
  )("of %s, z of deviation %d, 5 digits wherever no mean is refused", (kind, deviation) => {
    const variance = deviation * deviation;
    const means = [-300, -10, -5, -3, -1, 0, 0.5, 2, 4, 10, 300].map((relative) => relative * deviation);
    const allowed = means.filter((mean) => lawOf(kind).refusal({ mean, variance }) === undefined);
    expect(allowed.length).toBeGreaterThan(4);
    for (const mean of allowed) {
      const found = errors(kind, { mean, variance });
      expect(found.variance, `mean ${mean}`).toBeLessThan(1e-5);
      // The mean z itself has 24 bits.
      expect(found.mean, `mean ${mean}`).toBeLessThan(Math.max(1e-5, (2 ** -23 * Math.abs(mean)) / deviation));
    }
  });

  it.each([
    ["tanh", { mean: 8, variance: 0.01 }],
    ["tanh", { mean: 0, variance: 1e-12 }],
    ["gelu", { mean: -5.2, variance: 0.01 }],
  ] as const)("negative control: fewer digits of %s of %o, which is refused", (kind, z) => {
    expect(lawOf(kind).refusal(z)).toBeDefined();
    expect(errors(kind, z).variance).toBeGreaterThan(1e-5);
  });
});

it("moments of a normal whose deviation is less than a last digit of its mean are those of a constant", () => {
  for (const ratio of [1e-14, 1e-15, 1e-16, 1e-17]) {
    const { mean, variance } = momentsUnderNormal(activationOf("tanh"), { mean: 1, variance: ratio * ratio });
    expect(Math.abs(mean - Math.tanh(1))).toBeLessThan(1e-3);
    expect(variance).toBeLessThan(1e-3);
  }
});
