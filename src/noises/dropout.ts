import { type Kernel, maskWords, STAGE_FLOATS } from "../kernel/kernel.ts";
import type { Line } from "../numeric/line.ts";
import { type Address, STATE_WORDS, startStream } from "../random/streams.ts";
import { MULTIPLIED } from "./multiplied.ts";
import type { DrawSetting, NoiseFields, NoiseLayer, NoiseProperties, Rows } from "./noise-kind.ts";
import { KEEP } from "./parameter.ts";

/** Dropout of some kind, as theory has it. */
interface KeptNoise {
  readonly kind: string;
  readonly keepProbability: number;
}

/** What every dropout has in common: r = 1/p − 1 with probability p, else −1. A kind adds what is dropped, and its words. */
export function dropout<N extends KeptNoise>() {
  return {
    ...MULTIPLIED,
    isGivenByDrop: true,
    parameter: KEEP,
    defaultStrength: { keep: 0.5 },
    reach: null,
    defaultChannelSize: null,
    hasClassicForm: false,
    parameterOf: ({ keepProbability }: N) => keepProbability,
    /** (1 − 3p + 3p²)/(p(1 − p)). */
    kurtosis({ keepProbability: keep }: N) {
      const drop = 1 - keep;
      return (drop * drop) / keep + (keep * keep) / drop;
    },
    isSymmetric: false,
    largestNoisy({ keep, drop }, { centre, largest }) {
      const reach = Math.abs(centre) + largest;
      return largest + Math.max(drop / keep, drop > 0 ? 1 : 0) * reach;
    },
  } as const satisfies Partial<NoiseProperties<N>>;
}

/** "keep 0.5 (drop 0.5)". */
export function keepInWords({ keep, drop }: NoiseFields, shown: (value: number) => string): string {
  return `keep ${shown(keep)} (drop ${shown(drop)})`;
}

/** p, and σ² from it. */
export function keepLines(part: string, keep: number): readonly Line[] {
  return [
    keepLine(part, keep),
    {
      symbol: "σ²",
      name: "relative variance of the noise",
      value: KEEP.relativeVariance(keep),
      derived: { formula: "(1 − p) / p", source: "variance of Bernoulli(p)/p; Srivastava et al. 2014, §10" },
    },
  ];
}

export function keepLine(part: string, keep: number): Line {
  return { symbol: "p", name: `probability to keep a ${part}`, value: keep };
}

/**
 * Dropout: m = 1/p with probability p, else 0. The probability drawn is p to within 2⁻³³.
 *
 * A unit is kept where its word, as a point of a circle, lies in an arc of length p. (Where that is more than half of it, the points of
 * the other arc are counted, which are dropped.) Mask j turns the circle by j/n: each unit is then kept by ⌊np⌋ or ⌈np⌉ of n masks, except the few
 * whose words lie where two arcs join, on 2⁻¹⁶ of the circle. At p = ½ two masks are a mask and its complement.
 */
export function drawDropout({ kernel, fields, plan }: DrawSetting, source: WordSource): NoiseLayer {
  const room = kernel.words(STAGE_FLOATS);
  let words = room;
  const draw = (rows: Rows, length: number): Uint32Array => {
    const wanted = (length / rows.stride) * maskWords(rows.stride);
    if (words.length !== wanted) words = room.subarray(0, wanted);
    source.draw(words, rows);
    return words;
  };
  const { keep, drop } = fields;
  const isKept = keep <= 0.5;
  const threshold = Math.round((isKept ? keep : drop) * CIRCLE);
  const [kept, dropped] = [drop / keep, -1];
  return {
    ...plan,
    startBatch: source.startBatch,
    deviate(out, mask, rows) {
      if (mask === 0) draw(rows, out.length);
      kernel.mask({ words, mask, masks: plan.masks, threshold, isKept, kept, dropped, stride: rows.stride, out });
    },
    ofUnits: { draw, threshold, isKept, keep },
  };
}

const CIRCLE = 2 ** 32;

/** Words of 32 bits that keep, and r of what is kept and of what is dropped. */
export function choiceOf({ keep, drop }: NoiseFields) {
  return { threshold: Math.round(keep * CIRCLE), kept: drop / keep, dropped: -1 };
}

/** The random integers that say whether units are kept: rows of `maskWords`. */
export interface WordSource {
  startBatch(address: Address): void;
  draw(words: Uint32Array, rows: Rows): void;
}

/** Words of its own for each row. */
export function unitWords(kernel: Kernel): WordSource {
  const stream = kernel.words(STATE_WORDS);
  return {
    startBatch: (address) => startStream(address, "noise", stream),
    draw: (out) => kernel.random({ stream, out }),
  };
}
