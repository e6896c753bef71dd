import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { layOut } from "../../src/notation/lay-out.ts";
import { parseNetwork } from "../../src/notation/parse.ts";
import { printNetwork } from "../../src/notation/print.ts";
import type { Tree } from "../../src/notation/tree.ts";
import { networks } from "./any-network.ts";

/** Without the characters at which things begin. */
function bare(tree: Tree): unknown {
  return tree.map(({ at, ...element }) =>
    "branch" in element ? { ...element, branch: bare(element.branch) } : element,
  );
}

describe("the canonical text", () => {
  test.each([
    ["INPUT(512)  Dense(64)\nBatchNorm1d", "input(512) linear(64) bn"],
    [
      "input(512, relu, rho=.2) dropout(0.30) linear(64, alignment=8) bn",
      "input(512, relu, rho=0.2) dropout(0.3) linear(64, alignment=8) bn",
    ],
    ["input(3×32x32,normal,variance=1) conv2d(16,3,stride=1)", "input(3x32x32) conv(16, 3)"],
    ["input(8, noise=dropout(0.2)) bn", "input(8) dropout(0.2) bn"],
    [
      "input(8) linear(4, he) linear(4, xavier) linear(2, mean=0.1)",
      "input(8) linear(4) linear(4, xavier) linear(2, mean=0.1)",
    ],
    [
      "input(8) mask(rate=0.1, unscaled) uout(0.1) leakyrelu elu(1) elu(2)",
      "input(8) mask(0.1, unscaled) uout(0.1) leakyrelu elu elu(2)",
    ],
    [
      "input(8x9, relu, mean=0) conv(4, 3, padding=1, mean=0) maxpool(2, stride=2) avgpool(2, stride=1)",
      "input(8x9, relu) conv(4, 3) maxpool(2) avgpool(2, stride=1)",
    ],
    ["input(64, FILE:X.npy) linear(4, File:w.npy)", "input(64, file:X.npy) linear(4, file:w.npy)"],
    ["input(8x4) avgpool flatten layernorm bn as last", "input(8x4) avgpool flatten layernorm bn as last"],
    ["input(8) bn repeat( 2 , residual( linear(8) bn ) )", "input(8) bn repeat(2, residual(linear(8) bn))"],
  ])("of %s is %s", (text, canonical) => {
    expect(printNetwork(parseNetwork(text))).toBe(canonical);
  });

  it("says the same network as what it is printed from, for any network", () => {
    fc.assert(
      fc.property(networks(), (tree) => {
        const text = printNetwork(tree);
        const read = parseNetwork(text);
        expect(bare(read)).toEqual(bare(tree));
        expect(printNetwork(read)).toBe(text);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

/** Wrong texts, and what the one line must say, in this order. */
const WRONG: readonly (readonly [text: string, ...says: string[]])[] = [
  ["", "must begin with input", "write input(512)"],
  ["dropout(0.5) bn", "must begin with input"],
  ["input(8) conv(16,3", "conv(16,3: missing ')' at 19"],
  ["input(8) dropout(1.2)", "dropout(1.2): a drop rate must be in [0, 1)"],
  ["input(8) dropout", "dropout at 10: the rate is missing", "write dropout(rate)"],
  ["input(8) droput(0.2)", "droput at 10 is not a layer", "did you mean dropout?"],
  ["input(8) transformer(4)", "transformer at 10 is not a layer", "docs/NETWORKS.md"],
  [
    "input(8x4x4) conv(16,3) linear(8)",
    "linear after 16×4×4 at 25: a linear layer reads no maps",
    "add flatten or avgpool",
  ],
  ["input(8) conv(16,3)", "conv after 8 at 10: it reads maps", "3x32x32"],
  ["input(8) residual(linear(4))", "residual at 10: its layers make 4 of 8", "let them end in 8"],
  ["input(8x4x4) concat(maxpool(2))", "concat at 14: its layers make maps of 8×2×2, next to 8×4×4"],
  ["input(8) repeat(100, repeat(101, relu))", "has more than 10000 layers at 34"],
  ["input(8) repeat(0, relu)", "a whole number from 1 to 10000"],
  ["input(8) repeat(2 relu)", "repeat(2: missing ',' at 19", "add , before relu"],
  ["input(8) linear(4, xvier)", "linear has no xvier, at 20", "did you mean xavier?"],
  ["input(8) linear(4, alignment=2, mean=1)", "alignment and mean both set the mean of the weights"],
  ["input(8) linear(4, alignment=9)", "alignment must be from 0 to the 8 inputs of a neuron", "use 8 or less"],
  ["input(8) linear(4, 5)", "5 at 20 is one value too many", "write linear(units)"],
  ["input(8) linear(4, units=5)", "units at 20 is given twice"],
  [
    "input(8) dropconnect(0.5) relu linear(4)",
    "dropconnect(0.5) at 10 drops weights, and no layer with weights is next",
  ],
  ["input(8, rho=-0.5) bn", "rho must be -0.14285714285714285 or more"],
  ["input(8) dropout(file:x.npy) bn", "file:x.npy at 18: a file is an input or the weights of a layer"],
  ["input(file:x.npy) bn", "input(file:x.npy) at 1 has no shape before the file is read"],
  ["input(8) dropout($p) bn", "$p at 18 has no value", "p=0.3"],
  ["input(8) bn)", ") at 12 is not a layer", "leave it out"],
  ["input(8) bn # last", "# at 13 is not part of the notation"],
  ["input(8) residual()", "residual() at 10 has no layers"],
  ["input(8) input(8)", "input(8) at 10 is a second input"],
  ["input(8x8) groupnorm(3)", "groupnorm after 8×8 at 12: 3 groups do not divide 8 channels"],
  ["input(8) bn as output linear(4)", "as output at 16: the end of the network is called so"],
  ["input(1) linear(4, alignment=0)", "linear after 1 at 10: alignment must be 1, as that of any single weight is"],
  ["input(8) bn as 3", "a name is missing at 16"],
  ["input(99999x99999)", "a shape must be channels"],
  ["input(8x2x2) conv(4, 5, padding=0)", "a window of 5 does not fit into 2"],
  [`input(8) ${"residual(".repeat(33)}`, "is nested deeper than 32"],
  [`input(8) ${"bn ".repeat(8000)}`, "has 24009 characters, and 16384 are the most", "repeat(n, …)"],
  ["input(8, noise=relu) bn", "relu at 16 is not a noise", "noise=dropout(0.2)"],
  ["input(8) linear(4,) bn", "linear(4,", ") at 19 follows", "write a value before it"],
];

test.each(WRONG)("of %s one line says what is wrong", (text, ...says) => {
  let error: unknown;
  try {
    layOut(parseNetwork(text));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(VshiftError);
  const { message, field } = error as VshiftError;
  expect(field).toBe("network");
  expect(message).not.toContain("\n");
  expect(message.length).toBeLessThan(250);
  let from = 0;
  for (const words of says) {
    expect(message.slice(from)).toContain(words);
    from = message.indexOf(words, from) + words.length;
  }
});

describe("a layer", () => {
  const shapesOf = (text: string) =>
    layOut(parseNetwork(text)).nodes.map(({ shape: { channels, sizes } }) => [channels, ...sizes].join("x"));

  // Output lengths of PyTorch's Conv2d, MaxPool2d and AvgPool2d, by their documentation.
  it("has the shape that frameworks give it", () => {
    expect(
      shapesOf("input(3x32x32) conv(16, 3) conv(8, 3, stride=2) conv(8, 5, padding=0) maxpool(3, stride=2) avgpool(2)"),
    ).toEqual(["3x32x32", "16x32x32", "8x16x16", "8x12x12", "8x5x5", "8x2x2"]);
    expect(shapesOf("input(64x16) conv(4, 3) concat(conv(2, 1)) flatten linear(7)")).toEqual([
      "64x16",
      "4x16",
      "2x16",
      "6x16",
      "96",
      "7",
    ]);
    expect(shapesOf("input(4x6x6) avgpool bn")).toEqual(["4x6x6", "4", "4"]);
  });

  it("is the input of a position where it enters a norm, or is the output", () => {
    const positions = (text: string) => layOut(parseNetwork(text)).positions.map(({ name, node }) => [name, node]);
    expect(positions("input(8) bn")).toEqual([["BN", 0]]);
    expect(positions("input(8) bn relu")).toEqual([
      ["BN", 0],
      ["output", 2],
    ]);
    expect(positions("input(8) repeat(2, layernorm as ln linear(8)) bn")).toEqual([
      ["ln", 0],
      ["ln 2", 2],
      ["BN 3", 4],
    ]);
    expect(positions("input(8) residual(linear(8) bn)")).toEqual([
      ["BN", 1],
      ["output", 3],
    ]);
  });
});
