import { join } from "node:path";
import { type Case, type Contestant, type Equipment, inPython, node } from "../harness/case.ts";
import type { Command } from "../harness/child-process.ts";
import { checkAnswer, type Measurement, measurementOf } from "./measurement.ts";

/** How much a contestant draws: so many samples, or until the 95 % interval's half width is this part of the ratio. */
export type Amount = { readonly samples: number } | { readonly precision: number };

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  /** null without a linear layer. */
  readonly neurons: number | null;
  readonly amount: Amount;
  /** Samples after which the 95 % interval of the ratio is about ±0.1 %: tells how far off a right answer can be. */
  readonly samplesForPermille: number;
  /** Contestants that do not take part, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

const product = { "numpy-product": "it is the same as the expert" };
const minutes = { "seedrandom-loops": "a run takes minutes" };
/** vshift draws until then with its defaults. */
const precise = { ...product, "vshift-default": "it is the same as vshift" };

const direct = { width: 512, neurons: null, samplesForPermille: 21_000 };
const narrow = { width: 512, neurons: 64, samplesForPermille: 150_000 };
const wide = { width: 512, neurons: 512, samplesForPermille: 40_000 };
/** Neurons share x and mask, so that more of them bring little. */
const widest = { width: 512, neurons: 2048, samplesForPermille: 30_000 };

/** All with mean 0.5, variance 1, keep 0.5 and mini-batches of 256: the ratio is 4/9. */
export const WORKLOADS: readonly Workload[] = [
  { id: "W1", title: "no layer, d 512, 200,000 samples", ...direct, amount: { samples: 200_000 }, leftOut: product },
  {
    id: "W2",
    title: "linear, k 64, d 512, 200,000 samples",
    ...narrow,
    amount: { samples: 200_000 },
    leftOut: product,
  },
  { id: "W3", title: "linear, k 512, d 512, 50,000 samples", ...wide, amount: { samples: 50_000 }, leftOut: product },
  { id: "W4", title: "no layer, d 512, 2,000 samples", ...direct, amount: { samples: 2_000 }, leftOut: product },
  {
    id: "10xW1",
    title: "no layer, d 512, 2,000,000 samples",
    ...direct,
    amount: { samples: 2_000_000 },
    leftOut: { ...product, ...minutes },
  },
  {
    id: "k2048",
    title: "linear, k 2048, d 512, 50,000 samples",
    ...widest,
    amount: { samples: 50_000 },
    leftOut: { ...minutes, "typed-arrays": "a run takes most of a minute" },
  },
  {
    id: "P1",
    title: "no layer, d 512, until Δ is known to ±0.1 %",
    ...direct,
    amount: { precision: 0.001 },
    leftOut: precise,
  },
  {
    id: "P2",
    title: "linear, k 64, d 512, until Δ is known to ±0.1 %",
    ...narrow,
    amount: { precision: 0.001 },
    leftOut: precise,
  },
];

/** Samples of a trial. */
const TRIAL = { samples: 2_560 };

export const SIMULATE: readonly Case[] = WORKLOADS.map((workload) => ({
  id: workload.id,
  title: `${workload.id}: ${workload.title}`,
  contestants: (equipment) =>
    contestantsOf(equipment, workload.amount)
      .map(({ of, ...rest }): Contestant => {
        const answer = ({ stdout }: { readonly stdout: string }) => checked(measurementOf(stdout), workload);
        return { ...rest, command: of({ ...workload }), trial: of({ ...workload, amount: TRIAL }), answer };
      })
      .filter(({ id }) => !(id in workload.leftOut)),
}));

function checked(measurement: Measurement, workload: Workload) {
  checkAnswer(measurement, workload);
  const { samples, seconds } = measurement;
  return { samples, ...(seconds !== undefined && { computing: seconds }) };
}

type Work = Pick<Workload, "width" | "neurons" | "amount">;

/** A contestant whose command line follows from the work. */
type Drawing = Omit<Contestant, "command" | "trial" | "answer"> & { of(work: Work): Command };

function contestantsOf(equipment: Equipment, amount: Amount): readonly Drawing[] {
  // Others draw masks one by one; so does vshift where both draw as many samples.
  const masks = "samples" in amount ? ["--masks", "independent"] : [];
  const { bundles } = equipment;
  const python = (script: string, ...more: readonly string[]) => ({
    of: (work: Work) => inPython(equipment, script, ...flags(work), ...more),
  });
  return [
    ...equipment.builds.map(({ id, title, program }) => ({
      id,
      title,
      exitCodes: ANSWERED,
      of: (work: Work) => node(program, ...simulate(work), ...masks),
    })),
    {
      id: "vshift-default",
      title: "vshift, default masks",
      exitCodes: ANSWERED,
      of: (work) => node(equipment.builds[0]?.program ?? "", ...simulate(work)),
    },
    {
      id: "vshift-library",
      title: "vshift as a library",
      of: (work) => node("bench/peers/vshift-library.mjs", ...flags(work), ...masks),
    },
    { id: "numpy-expert", title: "NumPy, expert", needs: "NumPy", ...python("numpy_expert.py") },
    {
      id: "numpy-product",
      title: "NumPy, expert, by the product",
      needs: "NumPy",
      ...python("numpy_expert.py", "--product"),
    },
    { id: "numpy-competent", title: "NumPy, competent", needs: "NumPy", ...python("numpy_competent.py") },
    {
      id: "torch-1",
      title: "PyTorch modules, 1 thread",
      needs: "PyTorch",
      ...python("torch_modules.py", "--threads", "1"),
    },
    {
      id: "torch-2",
      title: "PyTorch modules, 2 threads",
      needs: "PyTorch",
      ...python("torch_modules.py", "--threads", "2"),
    },
    {
      id: "typed-arrays",
      title: "plain JavaScript, typed arrays",
      of: (work) => node(join(bundles, "typed-arrays.mjs"), ...flags(work)),
    },
    {
      id: "seedrandom-loops",
      title: "seedrandom, simple-statistics",
      of: (work) => node(join(bundles, "seedrandom-loops.mjs"), ...flags(work)),
    },
  ];
}

/** vshift ends with 3 when it cannot pass a verdict on so few samples. That is an answer too. */
const ANSWERED = [0, 3];

/** vshift's own command line for some work. */
function simulate({ width, neurons, amount }: Work): readonly string[] {
  const layer = neurons === null ? [] : ["--layer", "linear", "--neurons", String(neurons)];
  const until =
    "samples" in amount
      ? ["--samples", String(amount.samples)]
      : ["--precision", String(amount.precision), "--tolerance", "0.05", "--max-samples", "100000000"];
  const setting = ["simulate", "--mean", "0.5", "--p", "0.5", "--d", String(width), ...layer, ...until];
  return [...setting, "--format", "json"];
}

function flags({ width, neurons, amount }: Work): readonly string[] {
  const layer = neurons === null ? [] : ["--neurons", String(neurons)];
  const until = "samples" in amount ? ["--samples", String(amount.samples)] : ["--precision", String(amount.precision)];
  return ["--width", String(width), ...layer, ...until];
}
