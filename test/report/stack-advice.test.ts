import { describe, expect, it } from "vitest";
import type { ShiftRecord } from "../../src/experiment/record.ts";
import type { MeasuredRemedy, RemedyKind } from "../../src/experiment/remedies.ts";
import { adviceLine, adviceOf as adviceOn } from "../../src/report/stack-advice.ts";
import { defineScenario } from "../../src/scenario/define.ts";

interface Distances {
  /** From the noise-averaged training output; null where it does not vary. */
  readonly training: number | null;
  readonly noiseFree: number;
  /** Blocks with noise, of 4. */
  readonly blocks?: number;
}

/** Of a remedy advice reads the distances, the noise that is left, and the fields that name it. */
function remedy(kind: RemedyKind, { training, noiseFree, blocks = 4 }: Distances): MeasuredRemedy {
  const record = {
    scenario: defineScenario({ width: 8, depth: 4, keep: 0.5, statistics: "reestimated" }),
    outputs: { training: { value: training }, noiseFree: { value: noiseFree } },
  } as ShiftRecord;
  return { kind, records: [record], noise: { relativeVariance: 1, blocks }, lastShift: 1, worstFolded: 1 };
}

function adviceOf(remedies: readonly MeasuredRemedy[]): string[] {
  return adviceOn(remedies).map(adviceLine);
}

const asIs = (distances: Distances) => remedy("as-is", distances);

describe("advice", () => {
  it("is to fix the statistics where both distances fall and all noise stays", () => {
    const lines = adviceOf([
      asIs({ training: 2, noiseFree: 1 }),
      remedy("reestimated", { training: 0.5, noiseFree: 0.1 }),
    ]);
    expect(lines).toEqual([
      "Keep the dropout and fix BN's statistics: re-estimated, noise off (2 → 0.5 SD from training output, 1 → 0.1 SD from noise-free).",
    ]);
  });

  it("calls the sign open where one distance falls and the other grows: noise-free statistics cannot win by definition", () => {
    const [line, ...rest] = adviceOf([
      asIs({ training: 2, noiseFree: 1 }),
      remedy("reestimated", { training: 4, noiseFree: 0 }),
    ]);
    expect(line).toMatch(/^Sign open \(.*validation loss.*\): re-estimated, noise off \(/);
    expect(rest).toEqual([]);
  });

  it("names the noise that is left where a remedy takes some away", () => {
    const lines = adviceOf([
      asIs({ training: 2, noiseFree: 1 }),
      remedy("noise-last", { training: 0.2, noiseFree: 0, blocks: 1 }),
      remedy("uout-paper", { training: 0.1, noiseFree: 0.02, blocks: 2 }),
    ]);
    expect(lines).toHaveLength(1);
    // The closest to the training output comes first.
    expect(lines[0]).toMatch(
      /^Use less noise \(now σ² = 1 in 4 blocks\): Uout.* leaves σ² = 1 in 2 blocks; noise in the last.* leaves σ² = 1 in 1 block\.$/,
    );
  });

  it.each<[string, Distances]>([
    ["changes nothing", { training: 2.1, noiseFree: 1 }],
    ["is worse by both", { training: 4, noiseFree: 2 }],
    ["is worse by one and the same by the other", { training: 4, noiseFree: 1 }],
  ])("says that a remedy does not help which %s", (_, distances) => {
    const lines = adviceOf([asIs({ training: 2, noiseFree: 1 }), remedy("wider", distances)]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^Does not help: twice as wide/);
  });

  it("goes by the training output alone where outputs are those of noise-free statistics", () => {
    const [first, second] = adviceOf([
      asIs({ training: 2, noiseFree: 0 }),
      remedy("noise-last", { training: 0.1, noiseFree: 0.001, blocks: 1 }),
    ]);
    expect(first).toBe(
      "BN's statistics need no fix: outputs are off by 0 SD (RMS) compared with noise-free statistics.",
    );
    expect(second).toMatch(/^Use less noise/);
  });

  it("calls the sign open where no mask average stands out of the noise, unless the remedy makes it stand out", () => {
    const lines = adviceOf([
      asIs({ training: null, noiseFree: 1 }),
      remedy("reestimated", { training: null, noiseFree: 0.1 }),
      remedy("noise-last", { training: 0.1, noiseFree: 0, blocks: 1 }),
    ]);
    expect(lines[0]).toMatch(/^Sign open .*re-estimated.*\(unknown → unknown from training output/);
    expect(lines[1]).toMatch(/^Use less noise .*noise in the last block only/);
  });
});
