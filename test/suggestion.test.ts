import { describe, expect, it } from "vitest";
import { LAW_KINDS } from "../src/laws/laws.ts";
import { NOISE_KINDS } from "../src/noises/noises.ts";
import { NORM_KINDS, PRESET_NAMES } from "../src/scenario/scenario.ts";
import { didYouMean, suggested } from "../src/suggestion.ts";

const FLAGS = ["--p", "--keep", "--drop", "--width", "--batch-size", "--max-samples", "--samples", "--output"];

describe("what somebody meant is found", () => {
  it.each([
    ["bernouli", NOISE_KINDS, "bernoulli"],
    ["Gaussian", NOISE_KINDS, "gaussian"],
    ["widht", ["depth", "width"], "width"],
    ["--batchsize", FLAGS, "--batch-size"],
    ["--max", FLAGS, "--max-samples"],
    ["--kep", FLAGS, "--keep"],
    ["--bs", FLAGS, "--batch-size"],
    ["--p-drop", FLAGS, "--drop"],
    ["--dropout", FLAGS, "--drop"],
    ["tensorflow", PRESET_NAMES, "keras"],
    ["tf", PRESET_NAMES, "keras"],
    ["pytorch", PRESET_NAMES, "torch"],
    ["dropout", NOISE_KINDS, "bernoulli"],
    ["spatial-dropout", NOISE_KINDS, "spatial"],
    ["Dropout2d", NOISE_KINDS, "spatial"],
    ["AlphaDropout", NOISE_KINDS, "alpha"],
    ["LayerNorm", NORM_KINDS, "layer"],
  ])("%s", (word, candidates, meant) => {
    expect(suggested(word, candidates)).toBe(meant);
  });
});

describe("nothing is suggested for what is far from all, or is a word of its own", () => {
  it.each([
    ["dropconnect", NOISE_KINDS.filter((kind) => kind !== "dropconnect")],
    ["xyz", NOISE_KINDS],
    ["jax", PRESET_NAMES],
    ["silu", LAW_KINDS],
    ["", NOISE_KINDS],
    ["--xyzzy", FLAGS],
    ["toString", FLAGS],
  ])("%j", (word, candidates) => {
    expect(suggested(word, candidates)).toBeUndefined();
    expect(didYouMean(word, candidates, "see --help")).toBe("see --help");
  });
});
