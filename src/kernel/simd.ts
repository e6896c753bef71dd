import { GROUP, type Kernel } from "./kernel.ts";
import { SIMD_MODULE } from "./simd-module.ts";

/** What the compiled module exports (assembly/index.ts); pointers and counts are numbers. */
type Exports = {
  readonly [Name in keyof Omit<Kernel, "floats" | "doubles" | "words">]: (
    ...values: number[]
  ) => ReturnType<Kernel[Name]>;
} & { readonly heapBase: { readonly value: number } };

const PAGE_BYTES = 65_536;
/** Arrays start at a multiple of a cache line. */
const ALIGNMENT = 64;
/** What an array takes in the kernel's memory. */
export function alignedBytes(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT;
}

/** More than the module's constants take, with the array that says which samples count. */
const OWN_BYTES = 4096;
/** Bytes of a panel's slot of eight samples. */
const SLOT_BYTES = 4 * GROUP;

/** What keeps an engine from running the kernel: it has no SIMD, or no address space for a memory of WebAssembly. */
export type Obstacle = "no-simd" | "no-memory";

let found: { readonly module: WebAssembly.Module } | { readonly obstacle: Obstacle } | undefined;

/**
 * The compiled module; undefined where the engine does not run it, and the reference kernel gives the same bits more slowly.
 * It can be sent to another thread, which then runs what is compiled already.
 */
export function simdModule(): WebAssembly.Module | undefined {
  found ??= compiled();
  return "module" in found ? found.module : undefined;
}

/** Why there is no module; undefined where there is one. */
export function simdObstacle(): Obstacle | undefined {
  found ??= compiled();
  return "obstacle" in found ? found.obstacle : undefined;
}

function compiled(): { readonly module: WebAssembly.Module } | { readonly obstacle: Obstacle } {
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(moduleBytes());
  } catch {
    return { obstacle: "no-simd" };
  }
  try {
    // However little is asked for, an engine may reserve 8 GiB and more of addresses, which `ulimit -v` refuses.
    new WebAssembly.Memory({ initial: 1 });
  } catch {
    return { obstacle: "no-memory" };
  }
  return { module };
}

/**
 * The kernel in WebAssembly with 128-bit SIMD. Its arrays live in memory of its own.
 *
 * module  from `simdModule`
 * bytes   what all arrays that will be asked for take; more is a RangeError
 */
export function createSimdKernel(module: WebAssembly.Module, bytes: number): Kernel {
  return kernelOf(instanceOf(module, bytes));
}

/**
 * Makes kernels one after another, of which the latest alone may be used: they share a memory, and what the engine has compiled to
 * call the module.
 */
export function simdKernelsInTurn(module: WebAssembly.Module): (bytes: number) => Kernel {
  let latest: Instance | undefined;
  return (bytes) => {
    const start = latest?.kernel.heapBase.value ?? 0;
    if (latest !== undefined && start + bytes + OWN_BYTES <= latest.memory.buffer.byteLength) {
      new Uint8Array(latest.memory.buffer, start, bytes + OWN_BYTES).fill(0);
    } else {
      latest = instanceOf(module, bytes);
    }
    return kernelOf(latest);
  };
}

interface Instance {
  readonly memory: WebAssembly.Memory;
  readonly kernel: Exports;
}

function instanceOf(module: WebAssembly.Module, bytes: number): Instance {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((bytes + OWN_BYTES) / PAGE_BYTES) });
  return { memory, kernel: new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports };
}

/** A kernel whose arrays take the memory of an instance from its start. */
function kernelOf({ memory, kernel }: Instance): Kernel {
  let free = alignedBytes(kernel.heapBase.value);

  function allocate(size: number): number {
    const start = free;
    free = start + alignedBytes(size);
    return start;
  }

  const tail = new Float32Array(memory.buffer, allocate(4 * GROUP), GROUP);
  const tailBits = new Uint32Array(tail.buffer, tail.byteOffset, GROUP);

  /** Where the kernel finds which of the last samples count. Whole groups have no such tail, and it does not look. */
  function tailOf(samples: number): number {
    const left = samples % GROUP;
    if (left > 0) tailBits.fill(0xffffffff, 0, left).fill(0, left);
    return tail.byteOffset;
  }

  return {
    floats: (length) => new Float32Array(memory.buffer, allocate(4 * length), length),
    doubles: (length) => new Float64Array(memory.buffer, allocate(8 * length), length),
    words: (length) => new Uint32Array(memory.buffer, allocate(4 * length), length),

    normals: ({ radius, angle, out }) =>
      kernel.normals(radius.byteOffset, angle.byteOffset, out.byteOffset, out.length),

    uniforms: ({ stream, scale, out }) =>
      kernel.uniforms(stream.byteOffset, scale * 2 ** -24, out.byteOffset, out.length),

    random: ({ stream, out }) => kernel.random(stream.byteOffset, out.byteOffset, out.length),

    mask: ({ words, mask, masks, threshold, isKept, kept, dropped, stride, out }) =>
      kernel.mask(
        words.byteOffset,
        mask,
        masks,
        threshold,
        isKept ? 1 : 0,
        kept,
        dropped,
        out.byteOffset,
        out.length,
        stride,
      ),

    scale: ({ x, scale }) => kernel.scale(x.byteOffset, x.length, scale),

    correlate: ({ z, stride, factor, own, common, first, feedback }) =>
      kernel.correlate(
        z.byteOffset,
        z.length,
        stride,
        factor.byteOffset,
        own.byteOffset + 4 * first,
        common.byteOffset + 4 * first,
        feedback,
      ),

    relu: ({ z, offset, floor }) => kernel.relu(z.byteOffset, z.length, offset, floor),

    exp: ({ z, rate, scale, offset }) => kernel.exp(z.byteOffset, z.length, rate, scale, offset),

    normalCdf: ({ z, scale }) => kernel.normalCdf(z.byteOffset, z.length, scale),

    applyNoise: ({ x, deviation, centre, noisy }) =>
      kernel.applyNoise(x.byteOffset, deviation.byteOffset, noisy.byteOffset, x.length, centre),

    addMoments: ({ x, stride, samples, sums, first }) =>
      kernel.addMoments(x.byteOffset, x.length, stride, samples, sums.byteOffset + 16 * first, tailOf(samples)),

    addNoisyMoments: ({ x, deviation, centre, stride, samples, sums, first }) =>
      kernel.addNoisyMoments(
        x.byteOffset,
        x.length,
        stride,
        samples,
        sums.byteOffset + 16 * first,
        tailOf(samples),
        deviation.byteOffset,
        centre,
      ),

    addMirroredMoments: ({ x, y, factor, stride, samples, sums, first }) =>
      kernel.addMirroredMoments(
        x.byteOffset,
        x.length,
        stride,
        samples,
        sums.byteOffset + 16 * first,
        tailOf(samples),
        y.byteOffset,
        factor,
      ),

    // Property by property: to gather the rest of them in an object would take longer than the call.
    addMaskedMoments(call) {
      const { x, first, masks, isMirrored } = call;
      kernel.addMaskedMoments(
        x.byteOffset,
        x.length,
        call.stride,
        call.samples,
        call.words.byteOffset,
        call.threshold,
        call.isKept ? 1 : 0,
        masks,
        call.isComplement ? 1 : 0,
        isMirrored ? 1 : 0,
        call.keep,
        call.centre,
        call.clean.byteOffset + 16 * first,
        call.own.byteOffset + 16 * first,
        call.others.byteOffset + 8 * (isMirrored ? 2 * masks : masks) * first,
        tailOf(call.samples),
      );
    },

    sumVariances: ({ sums, masks, samples, unit }) =>
      kernel.sumVariances(sums.byteOffset, sums.length / (masks + 1), masks, samples, unit),

    trackVariances: ({ sums, samples, unit, offsets, kept, weight, stored, mean, variance }) =>
      kernel.trackVariances(
        sums.byteOffset,
        offsets.length,
        samples,
        unit,
        offsets.byteOffset,
        kept,
        weight,
        stored,
        mean.byteOffset,
        variance.byteOffset,
      ),

    copyRuns: ({ x, first, stride, rows, runs, out, outStride }) =>
      kernel.copyRuns(
        x.byteOffset + 4 * first,
        stride,
        rows,
        runs.byteOffset,
        runs.length / 3,
        out.byteOffset,
        outStride,
      ),

    roundRuns: ({ x, first, stride, rows, runs, out, outStride, scale, bound }) =>
      kernel.roundRuns(
        x.byteOffset + 4 * first,
        stride,
        rows,
        runs.byteOffset,
        runs.length / 3,
        out.byteOffset,
        outStride,
        scale,
        bound,
      ),

    gatherRows: ({ values, points, shifts, panel }) =>
      kernel.gatherRows(
        values.byteOffset,
        points.byteOffset,
        points.length,
        shifts.byteOffset,
        shifts.length,
        panel.byteOffset,
      ),

    gatherPairs: ({ values, points, shifts, panel }) =>
      kernel.gatherPairs(
        values.byteOffset,
        points.byteOffset,
        points.length,
        shifts.byteOffset,
        shifts.length,
        panel.byteOffset,
      ),

    packRows: ({ x, stride, first, panel }) =>
      kernel.packRows(x.byteOffset, x.length / stride, stride, panel.byteOffset + SLOT_BYTES * first),

    packPairs: ({ x, stride, first, scale, bound, panel }) =>
      kernel.packPairs(x.byteOffset, x.length / stride, stride, scale, bound, panel.byteOffset + SLOT_BYTES * first),

    multiplyRows: ({ weights, panel, slots, y, stride }) =>
      kernel.multiplyRows(weights.byteOffset, panel.byteOffset, slots, y.byteOffset, y.length / stride, stride),

    multiplyPairs: ({ weights, panel, slots, y, stride }) =>
      kernel.multiplyPairs(weights.byteOffset, panel.byteOffset, slots, y.byteOffset, y.length / stride, stride),

    packUnits: ({ first, x, stride, samples, scale, panel, sums }) =>
      kernel.packUnits(
        x.byteOffset,
        x.length / stride,
        stride,
        samples,
        scale,
        panel.byteOffset + 2 * first * stride,
        sums.byteOffset + 8 * first,
        tailOf(samples),
      ),

    packMaskedUnits(call) {
      const { first, x, stride, samples } = call;
      kernel.packMaskedUnits(
        x.byteOffset,
        x.length / stride,
        stride,
        samples,
        call.words.byteOffset,
        call.mask,
        call.masks,
        call.threshold,
        call.isKept ? 1 : 0,
        call.scale,
        call.kept,
        call.dropped,
        call.panel.byteOffset + 2 * first * stride,
        call.sums.byteOffset + 8 * first,
        tailOf(samples),
      );
    },

    addScatter: ({ panel, units, stride, scatter, isFirst }) =>
      kernel.addScatter(panel.byteOffset, units, stride / 2, scatter.byteOffset, isFirst ? 1 : 0),

    trackScatter: ({ scatter, units, sums, samples, gram, kept, weight, running, room }) =>
      kernel.trackScatter(
        scatter.byteOffset,
        units,
        sums.byteOffset,
        samples,
        gram.byteOffset,
        kept,
        weight,
        running.byteOffset,
        room.byteOffset,
      ),

    addMaskedProducts: ({ x, stride, words, threshold, kept, dropped, centre, weights, first, y }) =>
      kernel.addMaskedProducts(
        x.byteOffset,
        x.length,
        stride,
        words.byteOffset,
        threshold - 1,
        kept,
        dropped,
        centre,
        weights.byteOffset + 4 * first,
        y.byteOffset,
      ),

    normalise: ({ x, stride, scale, offset }) =>
      kernel.normalise(x.byteOffset, x.length, stride, scale.byteOffset, offset.byteOffset),

    tanh: ({ z }) => kernel.tanh(z.byteOffset, z.length),

    gelu: ({ z }) => kernel.gelu(z.byteOffset, z.length),

    sigmoid: ({ z }) => kernel.sigmoid(z.byteOffset, z.length),

    silu: ({ z }) => kernel.silu(z.byteOffset, z.length),

    elu: ({ z, scale }) => kernel.elu(z.byteOffset, z.length, scale),

    leakyRelu: ({ z, slope }) => kernel.leakyRelu(z.byteOffset, z.length, slope),

    scaleAndAdd: ({ y, scale, x }) => kernel.scaleAndAdd(y.byteOffset, y.length, scale, x.byteOffset),

    largestMagnitude: ({ x }) => kernel.largestMagnitude(x.byteOffset, x.length),
  };
}

/** Node decodes at once what a browser's `atob` leaves to a loop: two milliseconds of a program that has just begun. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  if (typeof Buffer !== "undefined") return Uint8Array.from(Buffer.from(SIMD_MODULE, "base64"));
  return Uint8Array.from(atob(SIMD_MODULE), (character) => character.charCodeAt(0));
}
