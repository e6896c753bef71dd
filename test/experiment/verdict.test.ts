import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { judge } from "../../src/experiment/verdict.ts";
import { measured } from "./measured.ts";

const criterion = { expected: 0.5, tolerance: 0.01, errorRate: 0.05 };

describe("the verdict is equivalence", () => {
  test("a narrow interval within the band agrees", () => {
    expect(judge(measured(0.501, 0.001), criterion)).toBe("agrees");
  });
  test("a wide interval around the truth is inconclusive, never agreement", () => {
    expect(judge(measured(0.5, 0.02), criterion)).toBe("inconclusive");
  });
  test("a difference that is significant but smaller than the tolerance agrees", () => {
    expect(judge(measured(0.503, 0.0001), criterion)).toBe("agrees");
  });
  test("an interval outside the band disagrees, on either side", () => {
    expect(judge(measured(0.52, 0.001), criterion)).toBe("disagrees");
    expect(judge(measured(0.48, 0.001), criterion)).toBe("disagrees");
  });
  test("an interval across the edge of the band is inconclusive", () => {
    expect(judge(measured(0.505, 0.001), criterion)).toBe("inconclusive");
  });
  test("a smaller error rate can only make a verdict inconclusive", () => {
    expect(judge(measured(0.5035, 0.001), { ...criterion, errorRate: 1e-6 })).toBe("inconclusive");
  });
});

property.prop([fc.double({ min: 0.4, max: 0.6, noNaN: true }), fc.double({ min: 0, max: 0.05, noNaN: true })])(
  "no measurement both agrees and disagrees when it grows more precise",
  (shift, relativeError) => {
    const coarse = judge(measured(shift, relativeError), criterion);
    const fine = judge(measured(shift, relativeError / 4), criterion);
    if (coarse !== "inconclusive") expect(fine).toBe(coarse);
  },
);
