import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as elementary from "../../src/kernel/elementary.ts";
import { normalCdf } from "../../src/numeric/normal.ts";

const { bigCosine, centredNormalCdf, exponential, halfCircle, minusTwoLn, signedFraction, smallSine } = elementary;

const TWO_TO_31 = 2 ** 31;
const anyWord = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** The 31 bits of a word that the radius is made of. */
const upper = (word: number) => (word >>> 1) | 1;

/** −2 ln(f 2⁻³¹) in double precision, accurate also near f = 2³¹. */
function exactMinusTwoLn(f: number): number {
  return f > TWO_TO_31 / 2 ? -2 * Math.log1p((f - TWO_TO_31) / TWO_TO_31) : -2 * Math.log(f / TWO_TO_31);
}

/** The middle words of `count` equal parts of [0, 2ᵇⁱᵗˢ). */
function* spreadWords(count: number, bits: number): Generator<number> {
  for (let i = 0; i < count; i++) yield Math.floor((i + 0.5) * (2 ** bits / count));
}

describe("minusTwoLn", () => {
  test("has a relative error below 1.25e-7 in every binade, and near the top", () => {
    let worst = 0;
    const probe = (word: number) => {
      const exact = exactMinusTwoLn(Math.fround(upper(word)));
      if (exact > 0) worst = Math.max(worst, Math.abs(minusTwoLn(word) / exact - 1));
    };
    for (let binade = 0; binade < 32; binade++) {
      // An odd step: the mantissas of different binades differ in all their bits.
      for (let i = 0; i < 20_011; i++) probe(Math.floor(2 ** binade * (1 + i / 20_011)));
    }
    for (let i = 0; i < 50_000; i++) probe(2 ** 32 - 1 - 256 * i);
    expect(worst).toBeLessThan(1.25e-7);
  });

  test("is zero exactly where the upper bits round to 2³¹, and positive elsewhere", () => {
    expect(minusTwoLn(0xffffffff)).toBe(0);
    expect(minusTwoLn(0xffffff80)).toBe(0);
    expect(minusTwoLn(0xffffff00)).toBe(Math.fround(exactMinusTwoLn(0x7fffff80)));
    // |2 ln 2⁻³¹| is the largest: the radius of a normal draw is at most 6.56.
    expect(minusTwoLn(0)).toBe(Math.fround(62 * Math.LN2));
  });

  test("takes a word as signed or unsigned alike", () => {
    fc.assert(fc.property(anyWord, (word) => minusTwoLn(word) === minusTwoLn(word | 0)));
  });

  test("has the mean 2 of a squared radius to 3e-8, and no bias of its relative error beyond 1e-8", () => {
    const count = 2 ** 20;
    let difference = 0;
    let relative = 0;
    for (const word of spreadWords(count, 32)) {
      const got = minusTwoLn(word);
      // Against the word itself, so that the rounding of the word to 24 bits counts too.
      difference += got - exactMinusTwoLn(upper(word));
      relative += got / exactMinusTwoLn(Math.fround(upper(word))) - 1;
    }
    expect(Math.abs(difference / count / 2)).toBeLessThan(3e-8);
    expect(Math.abs(relative / count)).toBeLessThan(1e-8);
  });
});

describe("smallSine and bigCosine", () => {
  const count = 2 ** 20;

  test("have absolute errors below 8e-8 and 9e-8", () => {
    let sineWorst = 0;
    let cosineWorst = 0;
    for (const word of spreadWords(count, 31)) {
      const t = signedFraction(word);
      sineWorst = Math.max(sineWorst, Math.abs(smallSine(t) - Math.sin((t * Math.PI) / 4)));
      cosineWorst = Math.max(cosineWorst, Math.abs(bigCosine(t) - Math.cos((t * Math.PI) / 4)));
    }
    expect(sineWorst).toBeLessThan(8e-8);
    expect(cosineWorst).toBeLessThan(9e-8);
  });

  test("have the mean squares of the exact functions to 2e-9", () => {
    let sine = 0;
    let cosine = 0;
    let sineBias = 0;
    let cosineBias = 0;
    for (const word of spreadWords(count, 31)) {
      const t = signedFraction(word);
      const angle = ((word << 1) * Math.PI) / 4 / 2 ** 31;
      sine += smallSine(t) ** 2 - Math.sin(angle) ** 2;
      cosine += bigCosine(t) ** 2 - Math.cos(angle) ** 2;
      sineBias += smallSine(t) / Math.sin(angle) - 1;
      cosineBias += bigCosine(t) / Math.cos(angle) - 1;
    }
    // Of sine and cosine together, whose squares add up to 1 at each angle.
    expect(Math.abs(sine / count / 0.5)).toBeLessThan(2e-9);
    expect(Math.abs(cosine / count / 0.5)).toBeLessThan(2e-9);
    // The sine's lowest coefficient is 4.8e-8 off in relative terms and made up for at larger t.
    expect(Math.abs(sineBias / count)).toBeLessThan(1.2e-8);
    expect(Math.abs(cosineBias / count)).toBeLessThan(1e-9);
  });

  test("make a point of the unit circle of any word, to 3e-7", () => {
    fc.assert(
      fc.property(anyWord, (word) => {
        const t = signedFraction(word);
        // Twice the sum of the errors weighted by sine and cosine: 2 (8e-8 · .71 + 9e-8 · 1).
        expect(Math.abs(smallSine(t) ** 2 + bigCosine(t) ** 2 - 1)).toBeLessThan(3e-7);
      }),
    );
  });

  test("are odd and even, 0 and 1 at 0", () => {
    fc.assert(
      fc.property(fc.float({ min: -1, max: 1, noNaN: true }), (t) => {
        expect(smallSine(-t)).toBe(-smallSine(t));
        expect(bigCosine(-t)).toBe(bigCosine(t));
      }),
    );
    expect(smallSine(0)).toBe(0);
    expect(bigCosine(0)).toBe(1);
  });
});

describe("halfCircle", () => {
  const count = 2 ** 20;

  test("has absolute errors below 2.3e-7, and no negative cosine but by that", () => {
    let worst = 0;
    let least = 1;
    for (const word of spreadWords(count, 31)) {
      const [sine, cosine] = halfCircle(signedFraction(word));
      const angle = ((word << 1) * Math.PI) / 2 / 2 ** 31;
      worst = Math.max(worst, Math.abs(sine - Math.sin(angle)), Math.abs(cosine - Math.cos(angle)));
      least = Math.min(least, cosine);
    }
    expect(worst).toBeLessThan(2.3e-7);
    expect(least).toBeGreaterThan(-2.3e-7);
  });

  test("has mean squares of ½ to 4e-9, and a mean square of the whole of 1 to 4e-9", () => {
    let sines = 0;
    let cosines = 0;
    for (const word of spreadWords(count, 31)) {
      const [sine, cosine] = halfCircle(signedFraction(word));
      sines += sine * sine;
      cosines += cosine * cosine;
    }
    // The middles of equal parts of a whole period give the mean of a trigonometric polynomial exactly.
    expect(Math.abs(sines / count - 0.5)).toBeLessThan(2e-9);
    expect(Math.abs(cosines / count - 0.5)).toBeLessThan(2e-9);
  });
});

describe("signedFraction", () => {
  test("reads the lower 31 bits as a signed fraction", () => {
    expect(signedFraction(0)).toBe(0);
    expect(signedFraction(0x20000000)).toBe(0.5);
    expect(signedFraction(0x40000000)).toBe(-1);
    expect(signedFraction(0x3fffffff)).toBe(1);
    fc.assert(fc.property(anyWord, (word) => signedFraction(word) === signedFraction(word & 0x7fffffff)));
  });
});

describe("exponential", () => {
  test("has a relative error below 9e-8 from −87 to 88", () => {
    let worst = 0;
    for (let i = 0; i <= 1_000_000; i++) {
      const x = Math.fround(-87 + (i * 175) / 1_000_000);
      worst = Math.max(worst, Math.abs(exponential(x) / Math.exp(x) - 1));
    }
    // Around the points where the power of two changes, and towards 0.
    for (let n = -125; n <= 126; n++) {
      for (let i = -500; i <= 500; i++) {
        const x = Math.fround((n + 0.5) * Math.LN2 * (1 + i * 2 ** -23));
        worst = Math.max(worst, Math.abs(exponential(x) / Math.exp(x) - 1));
      }
    }
    for (let power = -126; power < 0; power += 0.001) {
      const x = Math.fround(2 ** power);
      worst = Math.max(worst, Math.abs(exponential(x) / Math.exp(x) - 1), Math.abs(exponential(-x) / Math.exp(-x) - 1));
    }
    expect(worst).toBeLessThan(9e-8);
  });

  test("is 1 at both zeros", () => {
    expect(exponential(0)).toBe(1);
    expect(exponential(-0)).toBe(1);
  });
});

describe("centredNormalCdf", () => {
  test("has an absolute error below 8e-8 for |z| ≤ 13, and stays within ½", () => {
    let worst = 0;
    let largest = 0;
    let least = 1;
    for (let i = 0; i <= 650_000; i++) {
      const z = Math.fround(i / 50_000);
      const got = centredNormalCdf(z);
      worst = Math.max(worst, Math.abs(got - (normalCdf(z) - 0.5)));
      largest = Math.max(largest, got);
      least = Math.min(least, got);
    }
    expect(worst).toBeLessThan(8e-8);
    expect(largest).toBe(0.5);
    expect(least).toBe(0);
  });

  test("makes a uniform number of a normal one: variance 1/12 to 2e-9", () => {
    let got = 0;
    let exact = 0;
    for (let i = 0; i < 500_000; i++) {
      const z = Math.fround(-7 + (14 * (i + 0.5)) / 500_000);
      const density = Math.exp(-0.5 * z * z);
      got += density * centredNormalCdf(z) ** 2;
      exact += density * (normalCdf(z) - 0.5) ** 2;
    }
    expect(Math.abs(got / exact - 1)).toBeLessThan(2e-9);
  });

  test("is odd, with the sign of zero kept", () => {
    fc.assert(
      fc.property(fc.float({ min: -13, max: 13, noNaN: true }), (z) => {
        expect(centredNormalCdf(-z)).toBe(-centredNormalCdf(z));
      }),
    );
    expect(centredNormalCdf(0)).toBe(0);
    expect(centredNormalCdf(-0)).toBe(-0);
  });
});

test("every constant is an exact single-precision number, or the bits of one", () => {
  const { SQRT_HALF_BITS, ...others } = elementary;
  const constants = Object.values(others).filter((value) => typeof value !== "function");
  expect(constants.length).toBeGreaterThan(10);
  for (const number of constants.flat()) expect(Math.fround(number)).toBe(number);
  expect(new Float32Array(Int32Array.of(SQRT_HALF_BITS).buffer)[0]).toBe(Math.fround(Math.SQRT1_2));
});

test("the bits are those of the first release", () => {
  // Stability, not truth: FNV-1a over the bits of each function at 4,096 inputs. A change here is value-breaking.
  const words = [...spreadWords(4096, 32)].map((word) => Math.imul(word, 0x9e3779b1) >>> 0);
  const unit = words.map((word) => Math.fround((word | 0) * 2 ** -31));
  const hashes = {
    minusTwoLn: bitsHash(words.map(minusTwoLn)),
    signedFraction: bitsHash(words.map(signedFraction)),
    smallSine: bitsHash(unit.map(smallSine)),
    bigCosine: bitsHash(unit.map(bigCosine)),
    halfCircle: bitsHash(unit.flatMap(halfCircle)),
    exponential: bitsHash(unit.map((t) => exponential(Math.fround(86 * t)))),
    centredNormalCdf: bitsHash(unit.map((t) => centredNormalCdf(Math.fround(7 * t)))),
  };
  expect(hashes).toEqual({
    minusTwoLn: "5961cf56",
    signedFraction: "18acddc5",
    smallSine: "ab9f8cf7",
    bigCosine: "575f5c2f",
    halfCircle: "e8c2894d",
    exponential: "dc662d57",
    centredNormalCdf: "9cb3ca25",
  });
});

function bitsHash(values: readonly number[]): string {
  const words = new Uint32Array(Float32Array.from(values).buffer);
  return words.reduce((hash, word) => Math.imul(hash ^ word, 0x01000193) >>> 0, 0x811c9dc5).toString(16);
}

describe("functions of units", () => {
  const { exponentialLinearUnit, leakyRectifier, logistic, sigmoidLinearUnit } = elementary;
  /** The largest relative error over [from, to], and near 0 on both sides. */
  function worstError(
    f: (z: number) => number,
    exact: (z: number) => number,
    [from, to]: readonly [number, number],
  ): number {
    let worst = 0;
    const probe = (value: number) => {
      const z = Math.fround(value);
      const wanted = exact(z);
      if (wanted !== 0) worst = Math.max(worst, Math.abs(f(z) / wanted - 1));
    };
    for (let at = 0; at <= 200_000; at++) probe(from + (at / 200_000) * (to - from));
    for (let at = 1; at < 120; at++) for (const sign of [-1, 1]) probe(sign * 1.9 ** -at);
    return worst;
  }

  test("have the relative errors that they state, near 0 too", () => {
    expect(worstError(logistic, (z) => 1 / (1 + Math.exp(-z)), [-87, 87])).toBeLessThan(2.5e-7);
    expect(worstError(sigmoidLinearUnit, (z) => z / (1 + Math.exp(-z)), [-87, 87])).toBeLessThan(3e-7);
    const elu = (z: number) => (z > 0 ? z : 1.7 * Math.expm1(z));
    expect(worstError((z) => exponentialLinearUnit(z, 1.7), elu, [-100, 20])).toBeLessThan(3e-7);
    const leaky = (z: number) => (z > 0 ? z : Math.fround(0.01) * z);
    expect(worstError((z) => leakyRectifier(z, 0.01), leaky, [-100, 100])).toBeLessThan(2 ** -24 + 1e-12);
    // Negative control: 1 taken off e^z in the end has an error of 6e-8 wherever e^z is near 1.
    const rough = (z: number) => (z > 0 ? z : Math.fround(1.7 * Math.fround(exponential(Math.max(z, -87)) - 1)));
    expect(worstError(rough, elu, [-100, 20])).toBeGreaterThan(0.1);
  });

  test("tend to what they should far away, and leave what is not a number", () => {
    const far = [-(2 ** 99), 2 ** 99, Number.NaN];
    expect(far.map(logistic)).toEqual([expect.closeTo(0, 37), 1, Number.NaN]);
    expect(far.map((z) => exponentialLinearUnit(z, 2))).toEqual([-2, 2 ** 99, Number.NaN]);
    expect(far.slice(1).map(sigmoidLinearUnit)).toEqual([2 ** 99, Number.NaN]);
  });
});
