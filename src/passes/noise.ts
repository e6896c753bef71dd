import { GROUP, type Kernel, STAGE_FLOATS } from "../kernel/kernel.ts";
import type { NoiseOfModel } from "../model/graph.ts";
import { DROPPED_VALUE } from "../noises/alpha.ts";
import { type Address, branchOf, STATE_WORDS, startStream } from "../random/streams.ts";
import type { WordPair } from "../random/threefry.ts";
import { NotRunnable, type Operand, type Operation, sizeOf } from "./operation.ts";

/** The inputs and masks of a run: one input after the other, and for each mask all of them again. */
export interface NoiseAddress {
  firstInput: number;
  inputs: number;
  firstMask: number;
  /** Masks of an input in all, in this run and in others. */
  masks: number;
}

/** Memory for draws, which layers share. */
export interface NoiseRoom {
  readonly stream: Uint32Array;
  readonly other: Uint32Array;
  readonly words: Uint32Array;
  readonly orders: Uint32Array;
  readonly normals: Float32Array;
  readonly values: Float64Array;
}

export function noiseRoom(kernel: Kernel): NoiseRoom {
  return {
    stream: kernel.words(STATE_WORDS),
    other: kernel.words(STATE_WORDS),
    words: kernel.words(STAGE_FLOATS),
    orders: kernel.words(STAGE_FLOATS),
    normals: kernel.floats(STAGE_FLOATS),
    values: new Float64Array(STAGE_FLOATS),
  };
}

interface NoiseSetting {
  readonly layer: NoiseOfModel;
  readonly input: Operand;
  /** Of this layer. */
  readonly key: WordPair;
  readonly address: NoiseAddress;
}

/**
 * Noise of each unit, channel or sample; a draw depends on the layer's key, the input, and the mask of how many alone.
 *
 * Each mask by itself is as good as an independent one, but those of a unit belong together (Latin hypercube sampling, McKay et al.
 * 1979): its uniform numbers are u + k/K mod 1 for k = 0 … K − 1, in an order of the unit's own, so that as many of K masks drop it as the
 * drop rate says. Normal numbers come in pairs z and −z. So moments of few masks are closer to those of all, and those of many
 * masks tend to those of independent ones.
 */
export function noisy(kernel: Kernel, room: NoiseRoom, { layer, input, key, address }: NoiseSetting): Operation {
  const { shape } = input;
  const size = sizeOf(shape);
  const draws = { unit: size, channel: shape[0] ?? 1, sample: 1 }[layer.shares];
  const unitsOfDraw = size / draws;
  const { draw, times, plus } = changeOf(layer, samplerOf(kernel, room));
  return {
    shape,
    isInPlace: true,
    run(inputs, out, samples) {
      const x = inputs[0] as Float32Array;
      for (let sample = 0; sample < samples; sample++) {
        const mask = address.firstMask + Math.floor(sample / address.inputs);
        const batch = address.firstInput + (sample % address.inputs);
        draw.start({ key, batch }, { mask, masks: address.masks });
        let at = sample * size;
        for (let first = 0; first < draws; first += STAGE_FLOATS) {
          const count = Math.min(STAGE_FLOATS, draws - first);
          const values = draw.next(count);
          for (let index = 0; index < count; index++) {
            const value = values[index] as number;
            const factor = times.offset + times.factor * value;
            const term = plus.offset + plus.factor * value;
            for (const end = at + unitsOfDraw; at < end; at++) out[at] = (x[at] as number) * factor + term;
          }
        }
      }
    },
  };
}

interface Which {
  readonly mask: number;
  readonly masks: number;
}

/** Draws of one law: started at an address, then so many at a time. */
interface Sampler {
  start(address: Address, which: Which): void;
  next(count: number): ArrayLike<number>;
}

interface Change {
  readonly draw: Sampler;
  /** A unit becomes x·times + plus. */
  readonly times: OfDraw;
  readonly plus: OfDraw;
}

/** offset + factor·draw. */
interface OfDraw {
  readonly offset: number;
  readonly factor: number;
}

const ALWAYS_0: OfDraw = { offset: 0, factor: 0 };
const ALWAYS_1: OfDraw = { offset: 1, factor: 0 };

function changeOf({ noise, draws, drop }: NoiseOfModel, samplers: Samplers): Change {
  if (noise === "alpha-dropout" && drop !== null) {
    const keep = 1 - drop;
    const gain = 1 / Math.sqrt(keep + DROPPED_VALUE * DROPPED_VALUE * keep * drop);
    const shift = -gain * DROPPED_VALUE * drop;
    const instead = gain * DROPPED_VALUE;
    // A unit that is kept becomes gain·x + shift; one that is dropped, gain·DROPPED_VALUE + shift.
    return {
      draw: samplers.mask(keep),
      times: { offset: 0, factor: gain },
      plus: { offset: shift + instead, factor: -instead },
    };
  }
  if (draws?.base == null) throw new NotRunnable("a known law of its draws");
  const { base, offset, factor } = draws;
  const draw = base.law === "mask" ? samplers.mask(base.keep) : samplers[base.law];
  const value = { offset, factor };
  return noise === "added" ? { draw, times: ALWAYS_1, plus: value } : { draw, times: value, plus: ALWAYS_0 };
}

interface Samplers {
  readonly uniform: Sampler;
  readonly normal: Sampler;
  readonly mask: (keep: number) => Sampler;
}

function samplerOf(kernel: Kernel, { stream, other, words, orders, normals, values }: NoiseRoom): Samplers {
  let which: Which = { mask: 0, masks: 1 };
  let sign = 1;
  const start: Sampler["start"] = (address, asked) => {
    startStream({ ...address, key: branchOf(address.key, OFFSET) }, "noise", stream);
    startStream({ ...address, key: branchOf(address.key, ORDER) }, "noise", other);
    which = asked;
  };
  /** Uniform words of the mask: `words` turned by the number of the mask in the order of each. */
  const nextWords = (count: number) => {
    const length = Math.ceil(count / GROUP) * GROUP;
    const out = words.subarray(0, length);
    kernel.random({ stream, out });
    const { mask, masks } = which;
    if (masks === 1) return out;
    const order = orders.subarray(0, length);
    kernel.random({ stream: other, out: order });
    const step = WORDS / masks;
    for (let at = 0; at < count; at++) {
      out[at] = ((out[at] as number) + Math.floor(permuted(mask, masks, order[at] as number) * step)) >>> 0;
    }
    return out;
  };
  return {
    uniform: {
      start,
      next(count) {
        const drawn = nextWords(count);
        for (let at = 0; at < count; at++) values[at] = (drawn[at] as number) / WORDS;
        return values;
      },
    },
    normal: {
      start({ key, batch }, { mask }) {
        const address = { key: branchOf(key, Math.floor(mask / 2)), batch };
        startStream(address, "noiseRadius", stream);
        startStream(address, "noiseAngle", other);
        sign = mask % 2 === 0 ? 1 : -1;
      },
      next(count) {
        const out = normals.subarray(0, Math.ceil(count / GROUP) * GROUP);
        kernel.normals({ radius: stream, angle: other, out });
        for (let at = 0; at < count; at++) values[at] = sign * (out[at] as number);
        return values;
      },
    },
    mask: (keep) => ({
      start,
      next(count) {
        const drawn = nextWords(count);
        const limit = keep * WORDS;
        for (let at = 0; at < count; at++) values[at] = (drawn[at] as number) < limit ? 1 : 0;
        return values;
      },
    }),
  };
}

/**
 * A permutation of 0 … length − 1 that a random integer says, at one of them. A hash that walks through the next power of two until it is within
 * (Kensler 2013, "Correlated Multi-Jittered Sampling", §4).
 */
function permuted(index: number, length: number, word: number): number {
  const mask = length === 1 ? 0 : 0xffff_ffff >>> Math.clz32(length - 1);
  let x = index;
  do {
    x = Math.imul(x ^ word, 0xe170893d);
    x ^= word >>> 16;
    x ^= (x & mask) >>> 4;
    x = Math.imul(x ^ (word >>> 8), 0x0929eb3f);
    x ^= word >>> 23;
    x ^= (x & mask) >>> 1;
    x = Math.imul(x, (word >>> 27) | 1);
    x = Math.imul(x, 0x6935fa69);
    x ^= (x & mask) >>> 11;
    x = Math.imul(x, 0x74dcb303);
    x ^= (x & mask) >>> 2;
    x = Math.imul(x, 0x9e501cc3);
    x ^= (x & mask) >>> 2;
    x = Math.imul(x, 0xc860a3df) & mask;
    x ^= x >>> 5;
  } while (x >= length);
  return (x + word) % length;
}

const OFFSET = 0;
const ORDER = 1;

/** 2³². */
const WORDS = 0x1_0000_0000;
