import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { VshiftError } from "../../src/errors.ts";
import { layOut } from "../../src/notation/lay-out.ts";
import { parseNetwork } from "../../src/notation/parse.ts";
import { printNetwork } from "../../src/notation/print.ts";
import { tokensOf } from "../../src/notation/tokens.ts";
import { parseVariables, printVariables, variablesIn } from "../../src/notation/variables.ts";
import { networks } from "./any-network.ts";

const filled = (text: string, variables: string) => printNetwork(parseNetwork(text, parseVariables(variables)));

describe("a variable stands for its value", () => {
  test.each([
    ["input(64) dropout($p) bn", "p=.30", "input(64) dropout(0.3) bn"],
    ["input($s) conv($c, 3) bn", "s=3×8X8, c=16", "input(3x8x8) conv(16, 3) bn"],
    [
      "input(64) repeat($n, $f linear(64)) bn as $name",
      "n=2, f=ReLU, name=last",
      "input(64) repeat(2, relu linear(64)) bn as last",
    ],
    [
      "input(8, $law, rho=$r) $noise($p) linear($k, $w) bn",
      "law=relu, r=0.2, noise=uout, p=0.1, k=4, w=xavier",
      "input(8, relu, rho=0.2) uout(0.1) linear(4, xavier) bn",
    ],
    [
      "input(8, noise=$noise($p)) gaussiannoise($p) bn",
      "noise=dropout, p=0.2",
      "input(8) dropout(0.2) gaussiannoise(0.2) bn",
    ],
  ])("%s with %s", (text, variables, expected) => {
    expect(filled(text, variables)).toBe(expected);
  });

  it("of any network with any of its values as variables, which is the same as the network", () => {
    fc.assert(
      fc.property(networks(), fc.array(fc.boolean(), { maxLength: 40 }), (tree, chosen) => {
        const text = printNetwork(tree);
        const { template, variables } = withVariables(text, chosen);
        const parsed = parseNetwork(template, parseVariables(variables));
        expect(printNetwork(parsed)).toBe(text);
        expect(variablesIn(template).join()).toBe([...parseVariables(variables).keys()].join());
      }),
      { seed: 20260102, numRuns: 300 },
    );
  });

  it("would not be the same with another value", () => {
    expect(filled("input(64) dropout($p) bn", "p=0.4")).not.toBe(filled("input(64) dropout($p) bn", "p=0.3"));
  });
});

/** The text with variables for some of its numbers, shapes and words, and what they stand for; "x=1" where there are none. */
function withVariables(text: string, chosen: readonly boolean[]) {
  const pieces = tokensOf(text).filter(({ kind }) => ["number", "shape", "word"].includes(kind));
  const some = pieces.filter((_, index) => chosen[index] === true || index === 0);
  let template = "";
  let behind = 1;
  for (const [index, { at, to }] of some.entries()) {
    template += `${text.slice(behind - 1, at - 1)}$v${index}`;
    behind = to;
  }
  const variables = some.map((piece, index) => `v${index}=${piece.text}`).join(", ");
  return { template: `${template}${text.slice(behind - 1)}`, variables };
}

describe("the text of variables", () => {
  it("is canonical where it is printed, in its order", () => {
    const text = "q=2, p=0.3, s=3x8x8, f=relu";
    expect(printVariables(parseVariables("$q = 2.0 ,p=3e-1,s=3×8x8,  f=relu"))).toBe(text);
    expect(printVariables(parseVariables(text))).toBe(text);
  });

  it("is canonical for any numbers", () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^\w{1,5}$/), value, { minKeys: 1 }), (values) => {
        const text = Object.entries(values)
          .map(([name, number]) => `${name}=${number}`)
          .join(", ");
        expect(printVariables(parseVariables(text))).toBe(text);
      }),
      { seed: 20260103 },
    );
  });
});

/** Wrong texts with wrong values, the field that the one line is of, and what it says. */
const WRONG: readonly (readonly [text: string, variables: string, field: string, says: string])[] = [
  ["input(8) dropout($p) $q bn", "p=0.3", "network", "$q at 22 has no value; add `variables` q=0.3"],
  ["input(8) dropout($) bn", "", "network", "$ at 18 has no name; write for example $p"],
  ["input(8) dropout($p) bn", "p=0.3, q=1", "variables", "the network has no variable $q; did you mean $p?"],
  ["input(8) dropout($rate) $f bn", "rat=0.3", "variables", "the network has no variable $rat; did you mean $rate?"],
  ["input(8) dropout($p) $f bn", "q=0.3", "variables", "the network has no variable $q; it has $p, $f"],
  ["input(8) bn", "p=0.3", "variables", "the network has no variable $p; write $p in `network`, or leave it out"],
  ["input(8) dropout($p) bn", "p=0.3, p=0.4", "variables", "p is given twice; leave one out"],
  ["input(8) dropout($p) bn", "p", "variables", '"p" is not NAME=VALUE; write for example p=0.3'],
  ["input(8) dropout($p) bn", "p=", "variables", "p has no value; write p=0.3"],
  [
    "input(8) dropout($p) bn",
    "p=0.3,0.4",
    "variables",
    "p=0.3,0.4 is not one number, shape or word; write for example p=0.3",
  ],
  [
    "input(8) dropout($p) bn",
    "p=relu bn",
    "variables",
    "p=relu bn is not one number, shape or word; write for example p=0.3",
  ],
  [
    "input(8) dropout($p) bn",
    "p=file:x.npy",
    "variables",
    "p=file:x.npy is not one number, shape or word; write for example p=0.3",
  ],
  [
    "input(8) dropout($p) bn",
    "p=1e999",
    "variables",
    "p=1e999 is not one number, shape or word; write for example p=0.3",
  ],
  ["input(8) dropout($p) bn", "p=$q", "variables", "p=$q is not one number, shape or word; write for example p=0.3"],
  ["input(8) dropout($p) bn", "p=1.2", "network", "dropout($p) with $p = 1.2: a drop rate must be in [0, 1); try 0.5"],
  [
    "input(8) dropout($p) bn",
    "p=relu",
    "network",
    "dropout($p) with $p = relu: dropout has no relu, at 18; it has rate",
  ],
  ["input(8) $f bn", "f=rleu", "network", "$f = rleu at 10 is not a layer; did you mean relu?"],
  ["input(8) $f bn", "f=0.3", "network", "$f = 0.3 at 10 is not a layer; write layers with a space between them"],
  [
    "input(8) repeat($n, bn)",
    "n=0",
    "network",
    "repeat($n with $n = 0: the first of repeat must be a whole number from 1 to 10000",
  ],
  [
    "input(8) linear($k) residual(linear(8)) bn",
    "k=4",
    "network",
    "residual at 21: its layers make 8 of 4, and both are added",
  ],
];

test.each(WRONG)("%s with %s is wrong in one line", (text, variables, field, says) => {
  let error: unknown;
  try {
    layOut(parseNetwork(text, variables === "" ? new Map() : parseVariables(variables)));
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(VshiftError);
  expect((error as VshiftError).field).toBe(field);
  expect((error as VshiftError).message).toContain(says);
});
