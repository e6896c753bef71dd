import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import { recordSchema } from "../../src/experiment/record-schema.ts";
import { record, vshift } from "./in-process.ts";

const validate = new Ajv2020().compile(recordSchema());

const SMALL = ["--d", "16", "--samples", "2560"];

// The names of vshift.record/1.
const NAMES = {
  record: [
    ...["schema", "kernel", "id", "position", "scenario", "theory", "theoryReason", "measured", "agreement"],
    ...["outputs", "sums"],
  ],
  scenario: [
    ...[
      "seed",
      "network",
      "variables",
      "files",
      "noise",
      "keep",
      "drop",
      "beta",
      "relativeVariance",
      "channelSize",
      "scaling",
      "masks",
      "maskCount",
    ],
    ...[
      "activation",
      "activationDigest",
      "activationKurtosis",
      "activationSpread",
      "testActivation",
      "testActivationDigest",
      "mean",
      "variance",
      "rho",
      "width",
      "inputMean",
      "inputVariance",
      "inputRho",
    ],
    ...["layer", "neurons", "weights", "weightsDigest", "stride", "padding"],
    ...["weightMean", "alignment", "targetAlignment"],
    ...[
      "nonlinearity",
      "depth",
      "connection",
      "noiseAt",
      "norm",
      "noiseInTest",
      "normAt",
      "groups",
      "statistics",
      "reestimateBatches",
    ],
    ...["preset", "batchSize", "momentum", "epsilon"],
    ...["precision", "confidence", "maxSamples", "samples", "batches", "tolerance"],
  ],
  theory: ["trainVariance", "testVariance", "shift", "meanShift", "spread"],
  measured: [
    ...["trainVariance", "testVariance", "shift", "standardError", "interval", "confidence"],
    ...[
      "runningMean",
      "runningVariance",
      "runningShift",
      "outputMean",
      "outputVariance",
      "meanShift",
      "meanShiftInterval",
      "firstBatch",
      "batches",
      "samples",
    ],
  ],
  agreement: ["deviation", "tolerance", "verdict"],
  sums: ["n", "train", "test", "trainSquared", "testSquared", "product", "meanShift", "meanShiftSquared"],
};

it("simulate --p 0.5 --d 512 measures the 0.5 of the closed form, agrees, and exits with 0", async () => {
  const { code, stdout, stderr } = await vshift(["simulate", "--p", "0.5", "--d", "512", "--format", "json"]);
  const { theory, measured, agreement, scenario } = JSON.parse(stdout);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(theory).toEqual({ trainVariance: 2, testVariance: 1, shift: 0.5, meanShift: null, spread: 0 });
  expect(measured.interval[0]).toBeLessThan(0.5);
  expect(measured.interval[1]).toBeGreaterThan(0.5);
  expect(agreement.verdict).toBe("agrees");
  expect(scenario).toMatchObject({ keep: 0.5, drop: 0.5, width: 512 });
});

it("a record has the names of its schema and no others", async () => {
  const { schema, ...printed } = await record(SMALL);
  expect(schema).toBe("vshift.record/1");
  expect(["schema", ...Object.keys(printed)].sort()).toEqual(NAMES.record.toSorted());
  for (const part of ["scenario", "theory", "measured", "agreement", "sums"] as const) {
    expect(Object.keys(printed[part]).sort(), part).toEqual(NAMES[part].toSorted());
  }
});

it.each([
  "--keep 0.3",
  "--noise uout --activation relu --rho 0.2",
  "--noise gaussian --activation lognormal --preset keras",
  "--layer linear --neurons 3 --alignment 4 --mean 1",
  "--noise spatial --channel-size 4 --layer linear --neurons 3",
  "--noise dropconnect --layer linear --neurons 3",
  // Δ is above 1.
  "--noise alpha --variance 4",
  "--noise none",
  "--scaling classic",
  "--layer linear --weights constant --rho -0.01 --activation uniform",
])("the record of %s is valid against the published schema", async (args) => {
  const printed = await record([...SMALL, ...args.split(" ")]);
  expect(validate(printed), JSON.stringify(validate.errors)).toBe(true);
  // Negative controls: a field too many, and one too few.
  expect(validate({ ...printed, time: 0 })).toBe(false);
  expect(validate({ ...printed, sums: { ...printed.sums, product: undefined } })).toBe(false);
});

it.each(["table", "json", "ndjson", "csv", "markdown"])("--format %s prints the same bytes twice", async (format) => {
  const run = () => vshift(["simulate", ...SMALL, "--rho", "0.1", "--format", format]);
  const [first, second] = await Promise.all([run(), run()]);
  expect(first.stdout).not.toBe("");
  expect(second).toEqual(first);
});

it("--p is --keep, --d is --width, and --drop 0.3 is --keep 0.7", async () => {
  const [short, long, dropped] = await Promise.all([
    record(["--p", "0.7", "--d", "16", "--samples", "600"]),
    record(["--keep", "0.7", "--width", "16", "--samples", "600"]),
    record(["--drop", "0.3", "--width", "16", "--samples", "600"]),
  ]);
  expect(long).toEqual(short);
  expect(dropped).toEqual(short);
  expect(short.scenario).toMatchObject({ keep: 0.7, drop: 0.3, width: 16 });
});

it.each([
  ["1", "11"],
  ["a", "aa"],
  ["1", "01"],
  ["", " "],
])("the seeds %j and %j draw different numbers", async (one, other) => {
  const [first, second] = await Promise.all([one, other].map((seed) => record([...SMALL, "--seed", seed])));
  expect(second.scenario.seed).toBe(other);
  expect(second.sums.train).not.toBe(first.sums.train);
  expect(second.sums.test).not.toBe(first.sums.test);
});

it.each([
  "--samples 2560 --tolerance 0.3",
  "--samples 2560 --confidence 0.8",
  "--samples 2560 --preset keras --momentum 0.5 --epsilon 0.1",
  "--max-samples 2560 --precision 0.000001",
])("%s changes how 2560 samples are read, and not what is drawn", async (args) => {
  const [plain, changed] = await Promise.all([record(SMALL), record(["--d", "16", ...args.split(" ")])]);
  expect(changed.sums).toEqual(plain.sums);
  expect(changed.id).not.toBe(plain.id);
});

it("1, 2 and 5 threads print the same bytes", async () => {
  // Work of about 10⁸ draws: a thread more is started for 20 million each.
  const args = [
    "simulate",
    "--d",
    "64",
    "--layer",
    "linear",
    "--neurons",
    "32",
    "--samples",
    "800000",
    "--format",
    "json",
  ];
  const [one, two, five] = await Promise.all(["1", "2", "5"].map((count) => vshift([...args, "--threads", count])));
  expect(one?.code).toBe(0);
  expect(two).toEqual(one);
  expect(five).toEqual(one);
});
