import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { modelNoiseKey } from "../../src/forward/key.ts";
import { referenceKernel } from "../../src/kernel/reference.ts";
import type { ModelGraph, ModelLayer } from "../../src/model/graph.ts";
import { createNetwork, type NetworkToRun, networkBytes } from "../../src/passes/network.ts";
import { noiseRoom, noisy } from "../../src/passes/noise.ts";
import { operationOf } from "../../src/passes/operations.ts";
import { productRoom } from "../../src/passes/product.ts";
import { simdKernel } from "../kernel/simd-kernel.ts";
import {
  dropout,
  evenly,
  FLATTEN,
  graphOf,
  INPUT,
  norm,
  opaque,
  RELU,
  tensor,
  tiles,
  type Written,
} from "../model/graphs.ts";
import { networkOf, numbers, type Ran, ran, toRun } from "./networks.ts";

/** Channels × positions of most values of these networks. */
const SHAPE = [4, 3, 2] as const;
const SIZE = 24;
const OPEN = [null, ...SHAPE];

const added: ModelLayer = {
  ...{ kind: "noise", noise: "added", shares: "unit", drop: null, variance: 0.25 },
  draws: { base: { law: "normal" }, offset: 0, factor: 0.5 },
};

function convolutionOf(inputs: number, outputs: number, size: number, seed: number): ModelLayer {
  const weight = tensor([outputs, inputs, size, size], [...numbers(outputs * inputs * size * size, seed)]);
  const padding = evenly((size - 1) / 2, (size - 1) / 2);
  const bias = tensor([outputs], [...numbers(outputs, seed + 1)]);
  return { kind: "convolution", weight, bias, groups: 1, stride: [1, 1], padding, dilation: [1, 1] };
}

const aNorm = (seed: number): ModelLayer => {
  const [mean, variance, gain, bias] = [1, 2, 3, 4].map((at) => [...numbers(4, 10 * seed + at)]) as [
    number[],
    number[],
    number[],
    number[],
  ];
  return norm({ mean, variance: variance.map((value) => value + 1.5), gain, bias, epsilon: 0.5, name: `bn${seed}` });
};

/** What a step of a random network adds: layers that read earlier values of the usual shape, the last of which has it again. */
const STEPS = {
  relu: ([a = 0]) => [{ layer: RELU, from: [a], shape: OPEN }],
  scale: ([a = 0]) => [{ layer: { kind: "scale", factor: 1.25 }, from: [a], shape: OPEN }],
  norm: ([a = 0], next) => [{ layer: aNorm(next), from: [a], shape: OPEN }],
  dropout: ([a = 0]) => [{ layer: dropout(0.5), from: [a], shape: OPEN }],
  channels: ([a = 0]) => [{ layer: dropout(0.25, "channel"), from: [a], shape: OPEN }],
  sample: ([a = 0]) => [{ layer: dropout(0.5, "sample"), from: [a], shape: OPEN }],
  added: ([a = 0]) => [{ layer: added, from: [a], shape: OPEN }],
  convolution: ([a = 0], next) => [{ layer: convolutionOf(4, 4, 3, next), from: [a], shape: OPEN }],
  sum: ([a = 0, b = 0]) => [{ layer: { kind: "add" }, from: [a, b], shape: OPEN }],
  sumOfThree: ([a = 0, b = 0, c = 0]) => [{ layer: { kind: "add" }, from: [a, b, c], shape: OPEN }],
  product: ([a = 0, b = 0]) => [{ layer: { kind: "multiply" }, from: [a, b], shape: OPEN }],
  softmax: ([a = 0]) => {
    const computes = { name: "softmax", axis: 1, isLogarithm: false } as const;
    return [{ layer: { kind: "opaque", operation: "aten.softmax.int", computes }, from: [a], shape: OPEN }];
  },
  concatenated: ([a = 0, b = 0], next) => [
    { layer: { kind: "concat" }, from: [a, b], shape: [null, 8, 3, 2] },
    { layer: convolutionOf(8, 4, 1, next), from: [next], shape: OPEN },
  ],
  constant: ([a = 0], next) => [
    { layer: { kind: "constant", value: tensor([1, 4, 1, 1], [1, -1, 2, 0.5]) }, from: [], shape: [1, 4, 1, 1] },
    { layer: { kind: "add" }, from: [a, next], shape: OPEN },
  ],
  difference: ([a = 0], next) => [
    { layer: { kind: "constant", value: tensor([1, 4, 1, 2], [...numbers(8, next)]) }, from: [], shape: [1, 4, 1, 2] },
    { layer: { kind: "scale", factor: -1 }, from: [next], shape: [1, 4, 1, 2] },
    { layer: { kind: "add" }, from: [a, next + 1], shape: OPEN },
  ],
  alias: ([a = 0], next) => [
    { layer: { kind: "reshape" }, from: [a], shape: [null, 4, 6] },
    { layer: { kind: "reshape" }, from: [next], shape: OPEN },
  ],
  branch: ([a = 0]) => [{ layer: FLATTEN, from: [a], shape: [null, SIZE] }],
} satisfies Record<string, (from: readonly number[], next: number) => readonly Written[]>;

interface Step {
  readonly kind: keyof typeof STEPS;
  readonly reads: readonly number[];
}

/** Each step reads values that `reads` points at: 0 is the latest. */
function graphOfSteps(steps: readonly Step[]): { graph: ModelGraph; usual: readonly number[] } {
  const layers: Written[] = [{ layer: INPUT, from: [], shape: OPEN }];
  const usual = [0];
  for (const { kind, reads } of steps) {
    const from = reads.map((back) => usual.at(-1 - (back % usual.length)) ?? 0);
    layers.push(...STEPS[kind](from, layers.length));
    if (kind !== "branch") usual.push(layers.length - 1);
  }
  return { graph: graphOf(...layers), usual };
}

/**
 * The same network, node by node and each input and mask by itself, every value in memory of its own. Operations are those of the
 * network, so the bits must be the same.
 */
function plainly(
  { nodes, inputShape, output, seed }: NetworkToRun,
  { x, inputs, firstInput, masks }: { x: Float32Array; inputs: number; firstInput: number; masks: number | null },
): Ran {
  const size = inputShape.reduce((a, b) => a * b, 1);
  const norms = nodes.filter(({ layer }) => layer.kind === "batch-norm");
  const received: number[][] = norms.map(() => []);
  const outputs: number[] = [];
  const isNoisy: boolean[] = [];
  for (const { layer, from } of nodes) isNoisy.push(layer.kind === "noise" || from.some((at) => isNoisy[at]));
  for (let mask = 0; mask < (masks ?? 1); mask++) {
    for (let input = 0; input < inputs; input++) {
      const values: Float32Array[] = [];
      const shapes: (readonly number[])[] = [];
      let noises = 0;
      for (const [index, node] of nodes.entries()) {
        const { layer, from } = node;
        const reads = from.map((at) => (values[at] as Float32Array).slice());
        const [read = new Float32Array(0)] = reads;
        const shape = shapes[from[0] ?? -1] ?? [];
        const kernel = referenceKernel;
        if (layer.kind === "input") {
          values.push(x.slice(input * size, (input + 1) * size));
          shapes.push(inputShape);
        } else if (layer.kind === "constant") {
          values.push((layer.value?.values ?? new Float32Array(0)).slice());
          shapes.push(layer.value?.shape.slice(1) ?? []);
        } else if (layer.kind === "batch-norm") {
          const place = norms.indexOf(node);
          if (mask === 0 || isNoisy[index]) received[place]?.push(...read);
          const positions = read.length / layer.variance.length;
          values.push(
            read.map((value, at) => {
              const channel = Math.floor(at / positions);
              const scale = (layer.gain?.[channel] ?? 1) / Math.sqrt((layer.variance[channel] ?? 0) + layer.epsilon);
              return value * scale + ((layer.bias?.[channel] ?? 0) - (layer.mean[channel] ?? 0) * scale);
            }),
          );
          shapes.push(shape);
        } else {
          const operands = from.map((at) => ({
            shape: shapes[at] as readonly number[],
            isConstant: nodes[at]?.layer.kind === "constant",
          }));
          const address = { firstInput: firstInput + input, inputs: 1, firstMask: mask, masks: masks ?? 1 };
          const key = modelNoiseKey(seed, noises);
          const operation =
            layer.kind === "noise"
              ? noisy(kernel, noiseRoom(kernel), { layer, input: { shape, isConstant: false }, key, address })
              : operationOf({ node, operands, kernel, room: productRoom(kernel, 8) });
          const out = new Float32Array(operation.shape.reduce((a, b) => a * b, 1));
          if (layer.kind === "noise") noises++;
          const isOff = operation.run === undefined || (layer.kind === "noise" && masks === null);
          if (isOff) out.set(read);
          else operation.run?.(reads, out, 1);
          values.push(out);
          shapes.push(operation.shape);
        }
      }
      outputs.push(...(values[output ?? 0] as Float32Array));
    }
  }
  return { output: Float32Array.from(outputs), received };
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(...(Object.keys(STEPS) as (keyof typeof STEPS)[])),
    reads: fc.array(fc.nat(6), { minLength: 3, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 14 },
);

describe("a network computes what its nodes compute, each with memory of its own", () => {
  property.prop([steps, fc.nat(20), fc.constantFrom(null, 1, 2, 5), fc.integer({ min: 1, max: 3 })], { numRuns: 300 })(
    "for any network, output and number of masks",
    (all, which, masks, inputs) => {
      const { graph, usual } = graphOfSteps(all);
      const output = usual.at(-1 - (which % usual.length)) ?? 0;
      const setting = toRun(graph, SHAPE, { output });
      const x = numbers(inputs * SIZE, 7);
      const before = x.slice();
      const options = { x, inputs, firstInput: 11, masks };
      const network = createNetwork(referenceKernel, setting);
      const expected = plainly(setting, options);
      expect(ran(network, options)).toEqual(expected);
      // Memory of the first run is used again.
      expect(ran(network, options)).toEqual(expected);
      expect(x).toEqual(before);
    },
  );

  property.prop([steps, fc.constantFrom(null, 3)], { numRuns: 100 })(
    "and the same with the SIMD kernel, and input by input",
    (all, masks) => {
      const { graph } = graphOfSteps(all);
      const setting = toRun(graph, SHAPE, { output: graph.nodes.length - 1 });
      const x = numbers(3 * SIZE, 5);
      const whole = createNetwork(simdKernel(networkBytes(setting)), setting).run({
        x,
        inputs: 3,
        firstInput: 4,
        masks,
      });
      const network = createNetwork(referenceKernel, setting);
      expect(network.run({ x, inputs: 3, firstInput: 4, masks })).toEqual(whole);
      const { outputSize } = network;
      for (let input = 0; input < 3; input++) {
        const part = x.subarray(input * SIZE, (input + 1) * SIZE);
        const one = network.run({ x: part, inputs: 1, firstInput: 4 + input, masks });
        for (let mask = 0; mask < (masks ?? 1); mask++) {
          const from = (mask * 3 + input) * outputSize;
          const own = one.subarray(mask * outputSize, (mask + 1) * outputSize);
          expect(whole.subarray(from, from + outputSize)).toEqual(own);
        }
      }
    },
  );
});

test("a change of the order of two dropouts is seen: a negative control of the plain evaluation", () => {
  const layers = [dropout(0.5), dropout(0.25)].map((layer) => ({ layer, shape: OPEN }));
  const x = numbers(SIZE, 1);
  const options = { x, inputs: 1, firstInput: 0, masks: 2 };
  const [one, other] = [layers, layers.toReversed()].map((some) => graphOf({ layer: INPUT, shape: OPEN }, ...some)) as [
    ModelGraph,
    ModelGraph,
  ];
  expect(ran(networkOf(one, SHAPE), options)).not.toEqual(plainly(toRun(other, SHAPE), options));
});

test("results do not depend on how many masks are in memory at a time", () => {
  // 3 values of a million numbers: of two inputs, two masks at a time; of one, all five.
  const shape = [1, 1000, 1000];
  const open = [null, ...shape];
  const graph = graphOf(
    { layer: INPUT, shape: open },
    { layer: dropout(0.5), shape: open },
    { layer: norm({ mean: [0.1], variance: [2] }), shape: open },
    { layer: { ...tiles("average"), window: { kind: "adaptive", to: [2, 2] } }, shape: [null, 1, 2, 2] },
  );
  const network = networkOf(graph, shape);
  const x = numbers(2_000_000, 1);
  const sizes = new Set<number>();
  const atNorm = ({ samples }: { readonly samples: number }) => sizes.add(samples);
  const together = network.run({ x, inputs: 2, firstInput: 0, masks: 5, atNorm });
  expect(sizes).toEqual(new Set([4, 2]));
  const alone = [0, 1].map((input) =>
    network.run({ x: x.subarray(input * 1e6, (input + 1) * 1e6), inputs: 1, firstInput: input, masks: 5, atNorm }),
  );
  expect(sizes).toEqual(new Set([4, 2, 5]));
  for (let mask = 0; mask < 5; mask++) {
    for (const [input, own] of alone.entries()) {
      const from = (2 * mask + input) * 4;
      expect(together.subarray(from, from + 4)).toEqual(own.subarray(4 * mask, 4 * mask + 4));
    }
  }
});

describe("what no noise reaches", () => {
  const graph = graphOf(
    { layer: INPUT, shape: [null, 4] },
    { layer: norm({ mean: [0, 0, 0, 0], variance: [1, 1, 1, 1] }), shape: [null, 4] },
    { layer: dropout(0.5), shape: [null, 4] },
    { layer: norm({ mean: [0, 0, 0, 0], variance: [1, 1, 1, 1] }), shape: [null, 4] },
  );

  test("is computed once for all masks", () => {
    const { received, output } = ran(networkOf(graph, [4]), { x: numbers(8, 1), inputs: 2, firstInput: 0, masks: 3 });
    expect(received.map(({ length }) => length)).toEqual([8, 24]);
    expect(output.length).toBe(24);
  });

  test("is returned once for each mask", () => {
    const x = numbers(8, 1);
    const { output } = ran(networkOf(graph, [4], { output: 1 }), { x, inputs: 2, firstInput: 0, masks: 3 });
    expect([...output]).toEqual([...x, ...x, ...x]);
  });

  test("and without an output, nothing is returned", () => {
    const network = networkOf(graph, [4], { output: null });
    const options = { x: numbers(8, 1), inputs: 2, firstInput: 0, masks: 3 };
    expect(ran(network, options)).toEqual({ ...ran(networkOf(graph, [4]), options), output: new Float32Array(0) });
    expect(network.outputSize).toBe(0);
  });
});

test("each norm is told what it receives, and normalizes by the statistics that it then has", () => {
  const graph = graphOf(
    { layer: INPUT, shape: [null, 2, 3] },
    { layer: norm({ mean: [1, 2], variance: [4, 9], gain: [2, 3], bias: [5, 7] }), shape: [null, 2, 3] },
    { layer: norm({ mean: [0, 0], variance: [1, 1] }), shape: [null, 2, 3] },
  );
  const network = networkOf(graph, [2, 3]);
  const x = Float32Array.of(1, 3, 5, 2, 5, 8);
  const seen: unknown[] = [];
  const output = network.run({
    ...{ x, inputs: 1, firstInput: 0, masks: null },
    atNorm({ norm: which, x: values, samples, positions }) {
      seen.push({ which, values: [...values], samples, positions });
      if (which === 1) network.statistics[1] = { mean: Float64Array.of(5, 7), variance: Float64Array.of(4, 0.25) };
    },
  });
  expect(seen).toEqual([
    { which: 0, values: [1, 3, 5, 2, 5, 8], samples: 1, positions: 3 },
    { which: 1, values: [5, 7, 9, 7, 10, 13], samples: 1, positions: 3 },
  ]);
  expect([...output]).toEqual([0, 1, 2, 0, 6, 12]);
});

describe("an operation that vshift does not run", () => {
  const line = [null, 4];
  const input = { layer: INPUT, shape: line };
  const bn = { layer: norm({ mean: [0, 0, 0, 0], variance: [1, 1, 1, 1] }), shape: line };
  const unknown = { layer: opaque("aten.cumsum.default"), shape: line };
  const relu = { layer: RELU, shape: line };
  const refusal =
    "net.pt2: cannot be run because of aten.cumsum.default (m2, net.py:2), which vshift does not run; " +
    "audit it without `data`, or export a part of the model without this operation";

  test("is refused before a norm, with its name and place, whether an output is wanted or not", () => {
    const graph = graphOf(input, relu, unknown, bn);
    for (const output of [3, null]) expect(() => networkOf(graph, [4], { output })).toThrow(refusal);
  });

  test("is refused behind the last norm where the output is wanted, and is no matter where it is not", () => {
    const graph = graphOf(input, bn, unknown);
    expect(() => networkOf(graph, [4])).toThrow(refusal);
    const { received } = ran(networkOf(graph, [4], { output: null }), {
      x: numbers(4, 1),
      inputs: 1,
      firstInput: 0,
      masks: 2,
    });
    expect(received).toEqual([[...numbers(4, 1)]]);
    expect(networkOf(graph, [4], { output: 1 }).outputSize).toBe(4);
  });

  test("is no matter on a branch that nothing reads", () => {
    const graph = graphOf(input, relu, unknown, { ...bn, from: [1] });
    const { output } = ran(networkOf(graph, [4]), {
      x: Float32Array.of(-1, 2, 3, 4),
      inputs: 1,
      firstInput: 0,
      masks: null,
    });
    expect([...output]).toEqual([0, 2, 3, 4]);
  });

  test.each<[string, Written, string]>([
    [
      "noise of an unknown law",
      { layer: { ...dropout(0.5), noise: "unknown", draws: null }, shape: line },
      "because of noise (m2, net.py:2), which needs a known law of its draws",
    ],
    [
      "other channels",
      { layer: norm({ mean: [0], variance: [1] }), shape: line },
      "because of batch-norm (m2, net.py:2), which needs 1 channels",
    ],
    [
      "a linear layer of other inputs",
      { layer: { kind: "linear", weight: tensor([1, 3], [1, 2, 3]), bias: null }, shape: [null, 1] },
      "because of linear (m2, net.py:2), which needs 3 inputs, but reads 4",
    ],
    [
      "a constant that is not known",
      { layer: { kind: "constant", value: null }, from: [], shape: line },
      "because of constant (m2, net.py:2), which needs a constant that operations make which vshift does not run",
    ],
    [
      "constants alone",
      { layer: { kind: "add" }, from: [], shape: line },
      "because of add (m2, net.py:2), which needs an input",
    ],
  ])("like it is %s", (_, layer, message) => {
    expect(() => networkOf(graphOf(input, relu, layer), [4])).toThrow(message);
  });
});

test("a layer has the same noise whatever output is wanted", () => {
  const line = [null, 4];
  const graph = graphOf(
    { layer: INPUT, shape: line },
    { layer: dropout(0.5), shape: line },
    { layer: dropout(0.5), from: [0], shape: line },
    { layer: norm({ mean: [0, 0, 0, 0], variance: [1, 1, 1, 1] }), shape: line },
  );
  const options = { x: numbers(400, 1), inputs: 100, firstInput: 0, masks: 2 };
  const [all, some] = [1, null].map((output) => ran(networkOf(graph, [4], { output }), options).received);
  expect(some).toEqual(all);
});

test("work counts multiply-adds, at each position, what windows read, and a few steps for each number of others", () => {
  const graph = graphOf(
    { layer: INPUT, shape: OPEN },
    { layer: convolutionOf(4, 4, 3, 1), shape: OPEN },
    { layer: FLATTEN, shape: [null, SIZE] },
    { layer: { kind: "linear", weight: tensor([5, SIZE], [...numbers(5 * SIZE, 1)]), bias: null }, shape: [null, 5] },
  );
  expect(networkOf(graph, SHAPE).workOfSample).toBe(SIZE * 4 * 9 + 5 * SIZE + 2 * 4 * SIZE);
  const open = [null, 4, 5];
  const attention = { name: "attention", scale: null, isCausal: false } as const;
  const mixed = graphOf(
    { layer: INPUT, shape: open },
    { layer: { kind: "opaque", operation: "attention", computes: attention }, from: [0, 0, 0], shape: open },
    { layer: tiles("max", 2), shape: [null, 4, 2] },
  );
  expect(networkOf(mixed, [4, 5]).workOfSample).toBe(4 * 20 + 4 * 4 * (5 + 5) + 4 * 2 * 2);
});
