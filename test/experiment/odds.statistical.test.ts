import { mean, sampleVariance } from "simple-statistics";
import { afterEach, describe, expect, test, vi } from "vitest";
import { expectationOf } from "../../src/experiment/expectation.ts";
import type { Sums } from "../../src/experiment/sums.ts";
import { fixedPoint } from "../../src/forward/fixed-point.ts";
import type { Weights } from "../../src/forward/weights.ts";
import { nextWords } from "../../src/kernel/xoshiro.ts";
import { type NamedArrays, scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { MASK_KINDS, type Scenario, type ScenarioInput } from "../../src/scenario/scenario.ts";
import { inForm } from "../form.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import { skewedRows, unequalWeights } from "../skewed-rows.ts";
import { zScore } from "./faulty.ts";
import { runnerOf, segmentIn, weightsIn } from "./measured-one.ts";

// z = ln(Δ̂/Δ)/se of n mini-batches is Student's t with n − 1 degrees of freedom, whatever is measured, once n is large. What a
// ratio of means and the skewness of the batch variances leave of its mean is of order 1/√n: at n = 64, 2,000 seeds of each case
// showed 0.01 (root mean square), a seventh of the standard error in the long form.
const SEEDS = inForm({ short: 50, long: 200 });
const BATCHES = 64;

// t's variance is (n − 1)/(n − 3), so that this is 4.03 standard errors of the mean: once in 18,000.
const MEAN_LIMIT = 4.1 / Math.sqrt(SEEDS);
const T_VARIANCE = (BATCHES - 1) / (BATCHES - 3);
// Of χ² with as many degrees of freedom as seeds but one, 5·10⁻⁷ lies below the first and as much above the second
// (scipy.stats.chi2.ppf and isf). Once in 10⁶ if z were normal; t's kurtosis of 3.1 makes it twice.
const [LOWEST, HIGHEST] = inForm({ short: [14.7219, 113.473], long: [116.187, 312.291] } as const);
const LEAST_VARIANCE = (LOWEST / (SEEDS - 1)) * T_VARIANCE;
const MOST_VARIANCE = (HIGHEST / (SEEDS - 1)) * T_VARIANCE;

// With 181 cases one set of seeds beyond a limit is no news (1 %). A case fails when its seeds are, and as many others too:
// 181·(5.7·10⁻⁵)² = 6·10⁻⁷ for all cases together.
const SETS = ["first", "second"] as const;

/** Ways that a product can take, and scenarios that take them. */
const PRODUCTS = {
  none: {},
  fixed: { layer: "linear", neurons: 6 },
  float: { layer: "linear", neurons: 6, alignment: 3 },
} as const satisfies Record<string, ScenarioInput>;

const ACTIVATIONS = {
  normal: { mean: 0.5 },
  relu: { activation: "relu", mean: 0.5 },
  uniform: { activation: "uniform", mean: 1 },
  lognormal: { activation: "lognormal", variance: 0.05, mean: 1 },
} as const satisfies Record<string, ScenarioInput>;

const NOISES = {
  "keep 0.5": { keep: 0.5 },
  "keep 0.8": { keep: 0.8 },
  gaussian: { noise: "gaussian", keep: 0.8 },
  uout: { noise: "uout", beta: 0.8 },
} as const satisfies Record<string, ScenarioInput>;

/** Noise that is more than a multiplier of each unit; the last channel of 5 has a single unit. */
const OTHER_NOISES = {
  "spatial 0.5": { noise: "spatial", channelSize: 5, keep: 0.5 },
  "spatial 0.8": { noise: "spatial", channelSize: 5, keep: 0.8 },
  "alpha 0.5": { noise: "alpha", keep: 0.5 },
  "alpha 0.8": { noise: "alpha", keep: 0.8 },
  "classic 0.8": { scaling: "classic", keep: 0.8 },
  "dropconnect 0.5": { noise: "dropconnect", keep: 0.5 },
  "dropconnect 0.8": { noise: "dropconnect", keep: 0.8 },
} as const satisfies Record<string, ScenarioInput>;

const OTHER_ACTIVATIONS = {
  normal: ACTIVATIONS.normal,
  relu: ACTIVATIONS.relu,
  correlated: { mean: 0.5, rho: 0.3 },
} as const satisfies Record<string, ScenarioInput>;

type Product = keyof typeof PRODUCTS;

const WIDTH = 16;
const matrix = (rows: readonly (readonly number[])[]) => ({ shape: [rows.length, WIDTH], values: rows.flat() });
const ARRAYS: NamedArrays = {
  "file:x": matrix(skewedRows(500, WIDTH)),
  "file:w": matrix(unequalWeights(6, WIDTH)),
};

/** Rows of a file, and what they go into. */
const FILES = {
  none: { activation: "file:x" },
  float: { activation: "file:x", weights: "file:w" },
} as const satisfies Partial<Record<Product, ScenarioInput>>;

const filesCases = Object.entries(FILES).flatMap(([product, files]) => {
  const ofFiles = { product: product as Product, activation: "rows of a file" };
  const input = { batchSize: 32, ...files };
  return [
    ...Object.entries(NOISES).flatMap(([noise, strength]) =>
      MASK_KINDS.map((masks) => ({ ...ofFiles, noise, masks, input: { ...input, masks, ...strength } })),
    ),
    ...Object.entries(OTHER_NOISES)
      .filter(([noise]) => product !== "none" || !noise.startsWith("dropconnect"))
      .map(([noise, strength]) => ({ ...ofFiles, noise, masks: "balanced", input: { ...input, ...strength } })),
  ];
});

const multiplied = Object.entries(PRODUCTS).flatMap(([product, layer]) =>
  Object.entries(ACTIVATIONS).flatMap(([activation, input]) =>
    Object.entries(NOISES).flatMap(([noise, strength]) =>
      MASK_KINDS.map((masks) => ({
        product: product as Product,
        activation,
        noise,
        masks,
        input: { width: WIDTH, batchSize: 32, masks, ...layer, ...input, ...strength },
      })),
    ),
  ),
);

const others = Object.entries(PRODUCTS).flatMap(([product, layer]) =>
  Object.entries(OTHER_ACTIVATIONS).flatMap(([activation, input]) =>
    Object.entries(OTHER_NOISES).flatMap(([noise, strength]) => {
      const kind = "noise" in strength ? strength.noise : "bernoulli";
      const isOfWeights = kind === "dropconnect";
      if (isOfWeights && product === "none") return [];
      // These have no product in integers.
      const isFloat = isOfWeights || (kind === "alpha" && activation === "relu");
      return {
        product: (isFloat && product === "fixed" ? "float" : product) as Product,
        activation,
        noise,
        masks: "balanced",
        input: { width: 16, batchSize: 32, ...layer, ...input, ...strength },
      };
    }),
  ),
);

const cases: readonly { product: Product; activation: string; noise: string; masks: string; input: ScenarioInput }[] = [
  ...multiplied,
  ...others,
  ...filesCases,
];

/** Where streams start; the negative control swaps it. */
const source = vi.hoisted(() => ({ hasShiftedDuplicates: false }));

vi.mock(import("../../src/random/streams.ts"), async (original) => {
  const streams = await original();
  return {
    ...streams,
    startStream({ key, batch }, name, state) {
      if (!source.hasShiftedDuplicates || batch === streams.ONCE) {
        return streams.startStream({ key, batch }, name, state);
      }
      // Each mini-batch begins one word further on in one and the same stream, as with consecutive SplitMix states.
      streams.startStream({ key, batch: 0 }, name, state);
      for (let lane = 0; lane < 4; lane++) nextWords(state, lane, batch, new Uint32Array(batch));
    },
  };
});

/** Mean and variance of z over the seeds of a set, and the ways that the products of any of them took. */
interface Odds {
  readonly mean: number;
  readonly variance: number;
  readonly products: ReadonlySet<Product>;
}

interface Wrong {
  /** Fields that Δ is worked out for, instead of the scenario's own. */
  readonly held?: ScenarioInput;
  readonly sums?: (sums: Sums) => Sums;
}

type SeedSet = (typeof SETS)[number];

function oddsOf(input: ScenarioInput, set: SeedSet, wrong: Wrong = {}): Odds {
  const products = new Set<Product>();
  const z = Array.from({ length: SEEDS }, (_, seed) => {
    const { scenario, arrays } = scenarioWithArrays({ ...input, seed: `odds ${set} ${seed}` }, ARRAYS);
    const weights = weightsIn(scenario, arrays);
    products.add(productOf(scenario, weights));
    const { sums } = runnerOf(simdKernel, scenario, arrays)({ block: 0, first: 0, batches: BATCHES });
    const held = wrong.held === undefined ? scenario : scenarioWithArrays({ ...input, ...wrong.held }, ARRAYS).scenario;
    return zScore(wrong.sums?.(sums) ?? sums, expectationOf(held, weights, arrays).shift);
  });
  return { mean: mean(z), variance: sampleVariance(z), products };
}

function productOf(scenario: Scenario, weights: Weights | undefined): Product {
  if (weights === undefined) return "none";
  return fixedPoint(segmentIn(scenario), weights) === undefined ? "float" : "fixed";
}

function isSound({ mean, variance }: Odds): boolean {
  return Math.abs(mean) < MEAN_LIMIT && LEAST_VARIANCE < variance && variance < MOST_VARIANCE;
}

const LIMITS = `|mean| < ${MEAN_LIMIT}, ${LEAST_VARIANCE} < variance < ${MOST_VARIANCE}`;

describe("z of the estimate has mean 0 and the variance of Student's t over seeds", () => {
  test.each(cases)("product $product, $activation, $noise, $masks masks", ({ input, product }) => {
    const odd: string[] = [];
    for (const set of SETS) {
      const odds = oddsOf(input, set);
      expect([...odds.products], "ways of the products").toEqual([product]);
      if (isSound(odds)) return;
      odd.push(`seeds "odds ${set} 0" to ${SEEDS - 1}: mean ${odds.mean}, variance ${odds.variance}`);
    }
    expect.fail(`${odd.join("; ")}; limits ${LIMITS}`);
  });
});

describe("negative controls: the same limits find", () => {
  const direct: ScenarioInput = { keep: 0.5, mean: 0.5, width: 16, batchSize: 32 };
  const layers = ["none", "fixed", "float"] as const;
  const soundSets = (input: ScenarioInput, wrong: Wrong) => SETS.filter((set) => isSound(oddsOf(input, set, wrong)));

  afterEach(() => {
    source.hasShiftedDuplicates = false;
  });

  test("nothing where nothing is wrong", () => {
    expect(soundSets(direct, {})).toEqual(SETS);
  });

  test.each(layers)("mini-batches whose streams are shifted copies of one, product %s", (product) => {
    source.hasShiftedDuplicates = true;
    expect(soundSets({ ...direct, ...PRODUCTS[product] }, {})).toEqual([]);
  });

  // It moves z by 2 or more (by 1 or more in the long form): 14 standard errors of the mean, and 4.03 are the limit.
  const keep = inForm({ short: 0.51, long: 0.505 });
  test.each(layers)(`a keep that is ${keep} where it should be 0.5, product %s`, (product) => {
    expect(soundSets({ ...direct, ...PRODUCTS[product] }, { held: { keep } })).toEqual([]);
  });

  test("Σw² in the place of the squared sums of the channels' weights", () => {
    const spatial: ScenarioInput = { ...direct, ...PRODUCTS.float, ...OTHER_NOISES["spatial 0.5"] };
    expect(soundSets(spatial, {})).toEqual(SETS);
    expect(soundSets(spatial, { held: { noise: "bernoulli", channelSize: null } })).toEqual([]);
  });

  test.each(["none", "fixed"] as const)("dropout in the place of alpha dropout at c = 1, product %s", (product) => {
    const alpha: ScenarioInput = { ...direct, ...PRODUCTS[product], ...OTHER_NOISES["alpha 0.5"], mean: 1 };
    expect(soundSets(alpha, {})).toEqual(SETS);
    expect(soundSets(alpha, { held: { noise: "bernoulli" } })).toEqual([]);
  });

  test("an error that leaves out the covariance of train and test", () => {
    const sums = (right: Sums) => ({ ...right, product: (right.train * right.test) / right.n });
    expect(soundSets(direct, { sums })).toEqual([]);
  });
});
