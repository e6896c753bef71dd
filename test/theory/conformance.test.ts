import { expect, test } from "vitest";
import { jointTail } from "../../src/laws/rectified.ts";
import { activationMoments, activationTails } from "../../src/theory/activation.ts";

// Independent values: mpmath 1.3 at 40 digits. Mean and E x² from the textbook's φ(h) + hΦ(h) and (1 + h²)Φ(h) + hφ(h), the
// variance from their difference, the kurtosis by quadrature of (max(0, z) − mean)⁴φ(z − h).
// [h, mean, variance, kurtosis] of max(0, z), z ~ N(h, 1).
const RECTIFIED: readonly (readonly [number, number, number, number])[] = [
  [-8, 7.550262411946499e-17, 1.8075064471458495e-17, 9143743287059340],
  [-6, 1.5635697959709664e-10, 4.844576743067078e-11, 5582112524.712569],
  [-4, 7.145258432405667e-6, 3.0901570487791883e-6, 162511.24565237106],
  [-3, 0.0003821543170477236, 0.00020328903856488552, 3582.6907390943516],
  [-1, 0.0833154705876863, 0.06839831570452314, 22.935021378026455],
  [-0.25, 0.28634469822358016, 0.24771421356042805, 7.2854905210235295],
  [0, 0.3989422804014327, 0.3408450569081047, 5.4076392415974315],
  [0.5, 0.6977965574013061, 0.553440704453552, 3.46020789703232],
  [1, 1.0833154705876864, 0.751087807841609, 2.7603211246861554],
  [2, 2.0084907026168297, 0.9601963707872341, 2.750038773796647],
  [5, 5.0000000534616555, 0.9999994460401486, 2.999973480273548],
  [8, 8, 0.9999999999999988, 2.9999999999998455],
  [30, 30, 1, 3],
  [1000, 1000, 1, 3],
];

test.each(RECTIFIED)("max(0, z) of z ~ N(%d, 1) has mean %d and variance %d", (h, mean, variance) => {
  const x = activationMoments({ kind: "relu", mean: h, variance: 1, correlation: 0 });
  // The bounds that reluMoments states. For h < −1 φ − |h|Φ(−|h|) cancels down to about 1/h² of itself, the variance to as much
  // of that again: at h = −8 some 64 and 40 × 64 roundings of 1.1e-16.
  expect(Math.abs(x.mean / mean - 1)).toBeLessThan(h < -1 ? 1e-14 : 3e-15);
  expect(Math.abs(x.variance / variance - 1)).toBeLessThan(h < -1 ? 2e-13 : 3e-15);
  // A deviation of 3 scales both. h = (3h)/3 may be one rounding off, which the relative slope of the mean, at most |h| + 1/|h|
  // < 9, and of the variance, at most twice that, carry over.
  const scaled = activationMoments({ kind: "relu", mean: 3 * h, variance: 9, correlation: 0 });
  expect(Math.abs(scaled.mean / (3 * mean) - 1)).toBeLessThan(h < -1 ? 2e-14 : 3e-15);
  expect(Math.abs(scaled.variance / (9 * variance) - 1)).toBeLessThan(h < -1 ? 4e-13 : 3e-15);
});

test.each(RECTIFIED)(
  "the kurtosis of max(0, z), z ~ N(%d, 1), is right to ten digits",
  (h, _mean, _variance, kurtosis) => {
    const actual = activationTails({ kind: "relu", mean: h, variance: 1, correlation: 0 }).kurtosis;
    expect(Math.abs(actual / kurtosis - 1)).toBeLessThan(1e-10);
  },
);

// Independent values: mpmath 1.3 at 40 digits, Cov = ∫ (max(0, z) − mean)·E[max(0, z′) | z]·φ(z − h) dz over the conditional normal
// z′ ~ N(h + r(z − h), 1 − r²), neither Price's theorem nor our substitution in it. [h, r, correlation of the two max(0, z)].
const CORRELATED: readonly (readonly [number, number, number])[] = [
  [-3, -1, -0.0007183954583542318],
  [-3, -0.5, -0.0007183872514599202],
  [-3, -0.1, -0.0005349337429556143],
  [-3, 0.2, 0.00538810293598676],
  [-3, 0.9, 0.5851117260541805],
  [-3, 1, 1],
  [-1, -1, -0.10148594402871511],
  [-1, -0.5, -0.09567968018829491],
  [-1, -0.1, -0.03266421569155695],
  [-1, 0.2, 0.0918737931551692],
  [-1, 0.9, 0.8101174474278975],
  [-1, 1, 1],
  [0, -1, -0.46694220692425986],
  [0, -0.5, -0.3070487614493908],
  [0, -0.1, -0.07101044785608547],
  [0, 0.2, 0.15606457468467552],
  [0, 0.9, 0.867298059159301],
  [0, 1, 1],
  [0.5, -1, -0.762590097315936],
  [0.5, -0.5, -0.40490960419884114],
  [0.5, -0.1, -0.08527955472782885],
  [0.5, 0.2, 0.177344556786162],
  [0.5, 0.9, 0.8826561850468334],
  [0.5, 1, 1],
  [2, -1, -0.9941422996130951],
  [2, -0.5, -0.49710853959555207],
  [2, -0.1, -0.099447355946063],
  [2, 0.2, 0.1990000202710086],
  [2, 0.9, 0.8988826346051184],
  [2, 1, 1],
  [30, -1, -1],
  [30, -0.5, -0.5],
  [30, -0.1, -0.1],
  [30, 0.2, 0.2],
  [30, 0.9, 0.9],
  [30, 1, 1],
  [-8, 0.2, 2.7934578695723668e-11],
  [-4, -0.5, -1.652172260908927e-5],
  [0.001, -0.999, -0.4675513529820239],
  [0.01, -1, -0.4732145173323296],
  [0.05, -1, -0.49883150387546904],
  [0.3, -1, -0.6577464542332373],
  [0.3, 0.999, 0.9986857795454444],
  [5, 0.9, 0.8999999890413621],
];

test.each(CORRELATED)("rectified normals of mean %d and correlation %d correlate by %d", (h, correlation, wanted) => {
  const actual = activationMoments({ kind: "relu", mean: h, variance: 1, correlation }).correlation;
  // The bound that reluMoments states: the relative error of the variance, 2e-13 at worst.
  expect(Math.abs(actual - wanted)).toBeLessThan(h < -1 ? 2e-13 : 2e-15);
});

test("at h = 0 relu's covariance is the arc-cosine kernel", () => {
  // Cho & Saul 2009: E max(0, z)max(0, z′) = (√(1 − r²) + r(π/2 + asin r))/2π; our part of it is that less 1/2π and r/4.
  for (let r = -1; r <= 1; r += 1 / 64) {
    const kernel = (Math.sqrt((1 - r) * (1 + r)) + r * (Math.PI / 2 + Math.asin(r))) / (2 * Math.PI);
    // Stated accuracy 3e-16, and as much for the terms taken off here.
    expect(Math.abs(jointTail(r, 0) - (kernel - 1 / (2 * Math.PI) - r / 4))).toBeLessThan(6e-16);
  }
});

// scipy 1.x, lognorm.stats(s, moments="k") + 3 with e^{s²} = 1 + v; also from raw moments E xᵏ = w^{k(k−1)/2} in mpmath.
test.each([
  [0.25, 8.03515625, 284.820092022419],
  [1, 41, 27449],
  [4, 947, 475925255],
])("a lognormal of mean 1 and variance %d has kurtosis %d and sixth moment %d", (variance, kurtosis, sixth) => {
  const tails = activationTails({ kind: "lognormal", mean: 1, variance, correlation: 0 });
  expect(tails.kurtosis).toBe(kurtosis);
  // Python's fractions, from the same raw moments; a dozen roundings here.
  expect(Math.abs(tails.sixth / sixth - 1)).toBeLessThan(3e-15);
});

test("a normal has kurtosis 3 and sixth moment 15, a uniform 9/5 and 27/7", () => {
  const moments = { mean: 2, variance: 5, correlation: 0 };
  expect(activationTails({ kind: "normal", ...moments })).toEqual({ kurtosis: 3, sixth: 15 });
  expect(activationTails({ kind: "uniform", ...moments })).toEqual({ kurtosis: 1.8, sixth: 27 / 7 });
});
