// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: reference values come from elsewhere than the engine.
import { createRequire } from "node:module";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalTwoSided } from "../../src/numeric/normal-quantile.ts";
import { studentTwoSided } from "../../src/numeric/student.ts";
import { studentTail } from "../../src/numeric/student-tail.ts";

const require = createRequire(import.meta.url);
const { jStat } = require("jstat") as { jStat: { studentt: { inv(probability: number, freedom: number): number } } };

const TAILS = [0.5, 0.1, 0.05, 0.01, 1e-3, 1e-6, 1e-9];
// mpmath 1.3, 50 digits: [ν, q for each tail], the root of betainc(ν/2, 1/2, 0, ν/(ν + q²), regularized=True) = tail by
// Newton's method from scipy.stats.t.isf(tail/2, ν), until the step was below 1e-30.
const QUANTILES: readonly (readonly [number, readonly number[]])[] = [
  [
    1,
    [
      1, 6.313751514675043, 12.706204736174705, 63.65674116287158, 636.6192487687196, 636619.7723670577,
      636619772.3675812,
    ],
  ],
  [
    1.5,
    [
      0.8725946625415706, 3.7051808200967513, 6.0166631044279315, 17.820310514462808, 82.84744670365761,
      8285.391195025039, 828539.1259676266,
    ],
  ],
  [
    2,
    [
      0.816496580927726, 2.9199855803537256, 4.302652729749464, 9.924843200918293, 31.59905457644362, 999.9992499998438,
      31622.77657796671,
    ],
  ],
  [
    3,
    [
      0.7648923284043453, 2.3533634348018238, 3.1824463052837095, 5.840909309733357, 12.923978636687483,
      130.15458955835794, 1301.6371672916928,
    ],
  ],
  [
    5,
    [
      0.7266868438004227, 2.0150483733330242, 2.5705818356363155, 4.032142983555228, 6.86882662588111,
      28.47847346298421, 113.65505107641252,
    ],
  ],
  [
    7,
    [
      0.7111417780817864, 1.8945786050900073, 2.3646242515927853, 3.499483297350494, 5.407882520861725,
      15.767009437482582, 42.75080247724534,
    ],
  ],
  [
    10,
    [
      0.6998120613124317, 1.8124611228116765, 2.228138851986275, 3.1692726726169513, 4.586893858702636,
      10.516489956914905, 21.622044154485064,
    ],
  ],
  [
    19,
    [
      0.6876214602039603, 1.7291328115213696, 2.0930240544083096, 2.860934606464979, 3.883405852592083,
      7.069118187058832, 11.069477097277273,
    ],
  ],
  [
    30,
    [
      0.6827556933212926, 1.6972608865939578, 2.042272456301238, 2.7499956535672254, 3.645958635042022,
      6.1190756203842165, 8.72151122437306,
    ],
  ],
  [
    63,
    [
      0.6784039610578576, 1.6694022217068132, 1.9983405425207414, 2.6561450250998617, 3.4517689449609983,
      5.420029671037225, 7.172380217415566,
    ],
  ],
  [
    99.5,
    [
      0.6769634514067994, 1.66031234330733, 1.9840936109906242, 2.626146672063148, 3.3910073945528807,
      5.215436778973615, 6.749436470497567,
    ],
  ],
  [
    255,
    [
      0.6754530700752409, 1.6508510924986626, 1.9693105698498752, 2.5952464847916277, 3.3290876552893005,
      5.013773271517907, 6.346545199787252,
    ],
  ],
  [
    1000,
    [
      0.6747351646070094, 1.6463788172854648, 1.9623390808264085, 2.580754698065951, 3.300282648423913,
      4.922289523429588, 6.168430247805825,
    ],
  ],
  [
    3999,
    [
      0.674551104235421, 1.6452347533202096, 1.9605573771860278, 2.577059300448384, 3.292961407380392,
      4.899271954429612, 6.124077924071826,
    ],
  ],
  [
    4000,
    [
      0.6745510888956688, 1.6452346580164137, 1.9605572287937336, 2.577058992810987, 3.2929607983025737,
      4.89927004346762, 6.124074249593999,
    ],
  ],
  [
    1e4,
    [
      0.6745142844835924, 1.645006018069243, 1.9602012398906263, 2.5763210466685287, 3.291499965941605,
      4.894688616315606, 6.1152685850398045,
    ],
  ],
  [
    1e6,
    [
      0.6744899955310873, 1.6448551507220404, 1.959966356814107, 2.5758342201053344, 3.290536461248691,
      4.891668960710385, 6.109468740974071,
    ],
  ],
];

test.each(QUANTILES)("studentTwoSided with %d degrees of freedom is right to 1e-12", (degreesOfFreedom, exact) => {
  TAILS.forEach((tail, i) => {
    expect(Math.abs(studentTwoSided({ tail, degreesOfFreedom }) / exact[i] - 1)).toBeLessThan(1e-12);
  });
});

test.each([1, 2, 5, 29, 199, 4000])(
  "studentTwoSided agrees with jstat at %d degrees of freedom",
  (degreesOfFreedom) => {
    for (const tail of [0.5, 0.1, 0.05, 0.01, 0.001]) {
      const theirs = -jStat.studentt.inv(tail / 2, degreesOfFreedom);
      // jstat's ibetainv ends when its step is below 1e-8 of x; against the table above it is off by up to 6e-8.
      expect(Math.abs(studentTwoSided({ tail, degreesOfFreedom }) / theirs - 1)).toBeLessThan(1e-7);
    }
  },
);

// Tails spread evenly over orders of magnitude.
const tails = fc.double({ min: 0.01, max: 27, noNaN: true }).map((minusLn) => Math.exp(-minusLn));
const freedom = fc.double({ min: 1, max: 20_000, noNaN: true });

test("studentTwoSided with two degrees of freedom is the closed form", () => {
  fc.assert(
    fc.property(tails, (tail) => {
      const closed = (1 - tail) * Math.sqrt(2 / (tail * (2 - tail)));
      // 1 − tail is known to 1e-16, that is 1e-14 of the smallest drawn.
      expect(Math.abs(studentTwoSided({ tail, degreesOfFreedom: 2 }) / closed - 1)).toBeLessThan(2e-13);
    }),
  );
});

test("studentTail undoes studentTwoSided", () => {
  fc.assert(
    fc.property(tails, freedom, (tail, degreesOfFreedom) => {
      const value = studentTwoSided({ tail, degreesOfFreedom });
      // d ln P / d ln q is at most q² + 1 < 51, the quantile's accuracy 1e-12; heavy tails do better.
      expect(Math.abs(studentTail({ value, degreesOfFreedom }) / tail - 1)).toBeLessThan(5e-11);
    }),
  );
});

test("studentTwoSided falls with the degrees of freedom, towards the normal quantile", () => {
  fc.assert(
    fc.property(tails, freedom, freedom, (tail, a, b) => {
      const few = studentTwoSided({ tail, degreesOfFreedom: Math.min(a, b) });
      const many = studentTwoSided({ tail, degreesOfFreedom: Math.max(a, b) });
      // Twice the accuracy.
      expect(few).toBeGreaterThan(many * (1 - 2e-12));
      expect(many).toBeGreaterThan(normalTwoSided(tail) * (1 - 2e-12));
    }),
  );
});

test("Newton's method and the expansion meet at 4,000 degrees of freedom", () => {
  for (const tail of TAILS) {
    const below = studentTwoSided({ tail, degreesOfFreedom: 4000 * (1 - 1e-12) });
    // The quantile itself moves by less than 1e-14 over that gap.
    expect(Math.abs(studentTwoSided({ tail, degreesOfFreedom: 4000 }) / below - 1)).toBeLessThan(1e-12);
  }
});

test("infinite degrees of freedom are the normal distribution, a tail of 1 has the quantile 0", () => {
  expect(studentTwoSided({ tail: 0.05, degreesOfFreedom: Number.POSITIVE_INFINITY })).toBe(normalTwoSided(0.05));
  expect(studentTwoSided({ tail: 1, degreesOfFreedom: 3 })).toBe(0);
  expect(studentTail({ value: 0, degreesOfFreedom: 3 })).toBe(1);
});

test("studentTwoSided refuses tails and degrees of freedom outside its domain", () => {
  for (const tail of [0, -0.1, 1.1, Number.NaN]) {
    expect(() => studentTwoSided({ tail, degreesOfFreedom: 5 })).toThrow(RangeError);
  }
  for (const degreesOfFreedom of [0, 0.5, Number.NaN]) {
    expect(() => studentTwoSided({ tail: 0.05, degreesOfFreedom })).toThrow(RangeError);
  }
});
