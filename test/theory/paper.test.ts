import { expect, it } from "vitest";
import { type Claim, judgeClaim } from "../../src/theory/paper/claim.ts";
import { CLAIMS } from "../../src/theory/paper/claims.ts";

const judged = CLAIMS.map(judgeClaim);

/** What is stated of a Δ that should match, typed from the paper and from hand work on its equations, in order. */
const MATCHING = [
  ...["0.9", "0.7", "0.5", "0.3"],
  ...["0.8598", "0.4054", "0.2261"],
  ...["0.99668", "0.98684", "0.97087", "0.92308", "0.75"],
  ...["0.923", "0.857", "0.706"],
  "0.719",
];

it("every number that has a closed form is there once, and matches within its digits", () => {
  const matching = judged.filter(({ verdict }) => verdict === "matches");
  expect(matching.map(({ claim }) => claim.stated)).toEqual(MATCHING);
  for (const { claim, ours } of matching) {
    const [, decimals = ""] = claim.stated.split(".");
    expect(ours?.toFixed(decimals.length)).toBe(claim.stated);
  }
});

it("the slip β = 0.01, and eq. 15 where the mean is not 0, differ, and say why", () => {
  const differing = judged.filter(({ verdict }) => verdict === "differs");
  // 3/(3 + 0.0001) rounds to .99997; eq. 8 with σ² = 1/12: 12/14 and 12/17.
  expect(differing.map(({ claim, ours }) => [claim.stated, ours?.toFixed(5)])).toEqual([
    ["0.923", "0.85714"],
    ["0.923", "0.70588"],
    ["0.99668", "0.99997"],
  ]);
  for (const { claim, asExpected } of differing) {
    expect(asExpected).toBe(true);
    expect(claim).toHaveProperty("differsBecause");
  }
});

it("16 numbers of trained weights and 16 pairs of accuracies cannot be checked, and say why", () => {
  const uncheckable = judged.filter(({ verdict }) => verdict === "uncheckable");
  const count = (table: string) => uncheckable.filter(({ claim }) => claim.source.endsWith(table)).length;
  expect([uncheckable.length, count("table 1"), count("table 3")]).toEqual([32, 16, 16]);
  for (const { ours, difference, claim } of uncheckable) {
    expect([ours, difference, claim.kind === "uncheckable" && claim.because !== ""]).toEqual([null, null, true]);
  }
});

it("what its tables print and what its equations give are counted apart, and no equation is checked against a table", () => {
  for (const { kind, origin, source } of CLAIMS) {
    expect([kind, origin]).toEqual(
      /table [13]$/.test(source) && kind !== "computed" ? ["uncheckable", "printed"] : ["computed", "equation"],
    );
  }
});

it("no claim is there twice, and every number has its digits", () => {
  expect(new Set(CLAIMS.map(({ source, claim }) => `${source}: ${claim}`)).size).toBe(CLAIMS.length);
  for (const { stated } of CLAIMS) expect(stated).toMatch(/^\d+\.\d+(→\d+\.\d+)?$/);
});

it("a last digit that is wrong by one is found, and so is a difference that is not there", () => {
  const [, , half] = CLAIMS;
  const wrong = { ...half, stated: "0.6" } as Claim;
  expect(judgeClaim(wrong)).toMatchObject({ verdict: "differs", asExpected: false });
  expect(judgeClaim({ ...half, differsBecause: "no reason" } as Claim)).toMatchObject({
    verdict: "matches",
    asExpected: false,
  });
});
