import { test } from "@fast-check/vitest";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as library from "../../src/index.ts";
import { checkMeasured, simulate, VshiftError } from "../../src/index.ts";
import { refusal } from "../refusal.ts";

/** Every function of the library, as a program without types calls it: a generator is read up to its first record. */
type Call = (...args: readonly unknown[]) => unknown;
const { sweep, VshiftError: _, ...others } = library;
const CALLS = {
  ...others,
  sweep: (...args: readonly unknown[]) => (sweep as Call)(...args),
} as unknown as Readonly<Record<Exclude<keyof typeof library, "VshiftError">, Call>>;

const BYTES = new Uint8Array(8);
const MODEL = { file: "m.pt2", bytes: BYTES };
const RECORD = await simulate({ width: 8, samples: 2048 });
const VARIANCES = { trainVariances: [2, 2.1, 1.9], testVariances: [1, 1.05, 0.95] };
const MEASURED = checkMeasured({}, VARIANCES);
const OF_FILE = { activation: "file:x" };
const ROWS = { shape: [2, 2], values: [1, 2, 3, 4] };

describe("what no argument may be is one VshiftError that names it, the value, the rule and the next step", () => {
  const cases: readonly [keyof typeof CALLS, readonly unknown[], string][] = [
    ["simulate", [null], "a scenario must be an object of fields, not null; write for example"],
    ["simulate", ["x"], 'a scenario must be an object of fields, not "x"; write for example'],
    ["simulate", [[]], "a scenario must be an object of fields, not []; write for example"],
    ["simulate", [{ keep: 1n }], "keep: 1 is not a number from 0.0001 to 1; try 0.5"],
    ["simulate", [{ keep: Symbol("x") }], "keep: Symbol(x) is not a number from 0.0001 to 1; try 0.5"],
    ["simulate", [{ keep: () => 0 }], "keep: a function is not a number"],
    [
      "simulate",
      [{}, null],
      "options: null is not an object of options; write for example { arrays: … }, or leave it out",
    ],
    ["simulate", [{}, 2], "options: 2 is not an object of options"],
    ["simulate", [{}, { thread: 2 }], "thread: is not an option of this function; did you mean threads?"],
    ["simulate", [{}, { signal: null }], "signal: null is not an AbortSignal; give the `signal` of an AbortController"],
    ["simulate", [{}, { signal: {} }], "signal: {} is not an AbortSignal"],
    ["simulate", [{}, { threads: "2" }], 'threads: "2" is not a whole number from 1 to 256; try 2'],
    ["simulate", [{}, { threads: 1.5 }], "threads: 1.5 is not a whole number from 1 to 256"],
    ["simulate", [{}, { threads: Number.NaN }], "threads: NaN is not a whole number from 1 to 256"],
    ["simulate", [{}, { arrays: null }], "arrays: null is not an object of arrays by their names"],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": null } }],
      'arrays["file:x"]: null is not an array; write for example',
    ],
    ["simulate", [OF_FILE, { arrays: { "file:x": {} } }], 'arrays["file:x"].shape: is missing; it must be a list of'],
    ["simulate", [OF_FILE, { arrays: { "file:x": { shape: [2, 2] } } }], 'arrays["file:x"].values: is missing'],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": { shape: [-2, -3], values: [] } } }],
      'arrays["file:x"].shape[0]: -2 is not the length of an axis, a whole number from 0; write for example',
    ],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": { shape: [1e6, 1e6], values: new Array(1e6) } } }],
      "activation: file:x has the shape [1000000, 1000000], but 1000000 numbers",
    ],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": { shape: [2 ** 16, 2 ** 15], values: new Array(2 ** 31) } } }],
      "activation: file:x has undefined at index [0, 0], and every number must be from",
    ],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": { shape: [1, 2], values: [1, Number.NaN] } } }],
      "activation: file:x has NaN at index [0, 1], and every number must be from",
    ],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": { shape: [1, 2], values: ["1", 2n] } } }],
      'activation: file:x has "1" at index [0, 0]',
    ],
    [
      "simulate",
      [OF_FILE, { arrays: { "file:x": { ...ROWS, channels: "middle" } } }],
      'arrays["file:x"].channels: "middle" is not one of first, last; choose one of these',
    ],
    ["stack", [null], "a scenario must be an object of fields, not null"],
    ["stack", [{}, { threads: 0 }], "threads: 0 is not a whole number from 1 to 256"],
    ["theory", [7], "a scenario must be an object of fields, not 7"],
    ["theory", [{}, { threads: 2 }], "threads: is not an option of this function; the options are arrays"],
    ["defineScenario", [null], "a scenario must be an object of fields, not null"],
    ["watch", [{}, { threads: 0 }], "threads: 0 is not a whole number from 1 to 256"],
    ["histogram", [{}, { bins: 1.5 }], "bins: 1.5 is not a whole number from 1 to 10000; use 1"],
    ["histogram", [{}, { batches: null }], "batches: null is not a whole number from 1"],
    ["histogram", [{}, { range: 3 }], "range: 3 is not two numbers; give the lower end first, as in [-3, 3]"],
    ["histogram", [{}, { range: ["a", 3] }], 'range[0]: "a" is not a number'],
    ["histogram", [{}, { range: [3] }], "range: 3 to NaN is not a range of numbers"],
    ["histogram", [OF_FILE, { arrays: {} }], "activation: "],
    ["sweep", [], "grid: is missing; it must be an object of fields; write for example"],
    ["sweep", [null], "grid: null is not a grid, which must be an object of fields"],
    [
      "sweep",
      [{}, { zip: "keep" }],
      'zip: "keep" is not a list of lists of fields; write for example [["keep", "width"]]',
    ],
    ["sweep", [{}, { zip: ["keep"] }], 'zip[0]: "keep" is not a list of fields'],
    ["sweep", [{}, { zip: [[]] }], "zip: has a group without fields; name two or more fields"],
    ["sweep", [{ keep: new Array(1) }], "keep: has no value; write for example 0.5"],
    ["sweep", [{ network: [Object.create(null)] }], "network: "],
    [
      "sweep",
      [{ activationDigest: "x" }],
      "activationDigest: is not a field of a scenario; leave it out: it follows from",
    ],
    ["solve", [{}], "shift: is missing; it must be a variance shift, above 0 and at most 1; try 0.9"],
    ["solve", [{}, {}], "shift: is missing"],
    ["solve", [{}, { shift: 0.9 }], "solveFor: is missing; it must be one of keep, drop, beta, width, alignment"],
    ["solve", [{}, { shift: "0.9", solveFor: "keep" }], 'shift: "0.9" is not a variance shift'],
    ["solve", [null, { shift: 0.9, solveFor: "keep" }], "a scenario must be an object of fields, not null"],
    ["plot", [null], "records: null is not a list of records; give what simulate and sweep return, as in [record]"],
    ["plot", [{}], "records: {} is not a list of records"],
    ["plot", [[1, 2]], "records[0]: lacks a schema; give records as vshift simulate and vshift sweep write them"],
    ["plot", [[RECORD, { schema: "vshift.record/1" }]], "records[1]: must have required property"],
    ["plot", [[RECORD], { width: "800" }], 'width: "800" is not a whole number from 320 to 4000; try 800 × 500'],
    ["plot", [[RECORD], { x: 5 }], "x: 5 is not a text; write it in quotes"],
    ["plot", [[RECORD], { x: "kepe" }], "x: kepe is not a field of a scenario; did you mean keep?"],
    ["plot", [[RECORD], { colour: "keep" }], "colour: is not an option of this function; the options are x, y, by"],
    ["checkMeasured", [{}], "measured: is missing; give `trainVariance` and `testVariance`"],
    ["checkMeasured", [{}, null], "measured: null is not a measurement"],
    [
      "checkMeasured",
      [{}, { trainVariances: "12", testVariances: [1, 2] }],
      'trainVariances: "12" is not a list or a typed',
    ],
    [
      "checkMeasured",
      [{}, { trainVariances: [1, undefined, 2], testVariances: [1, 2] }],
      "trainVariances[1]: undefined is not a",
    ],
    ["checkMeasured", [{}, { ...VARIANCES, rows: "rows" }], 'rows: "rows" is not one of mini-batches, channels'],
    [
      "checkMeasured",
      [{}, { trainVariance: 2, testVariance: 1, standardError: "0" }],
      'standardError: "0" is not a standard',
    ],
    ["checkMeasured", [{}, VARIANCES, { alpha: "x" }], 'alpha: "x" is not a number from 1e-12 to 0.5; try 1e-6'],
    ["checkMeasured", [{}, VARIANCES, { weights: [1] }], "weights[0]: 1 is not the sums of a neuron's weights"],
    ["describeCheck", [], "check: is missing; it must be a check; give what checkMeasured returned"],
    ["describeCheck", [{}], "check.theory: is missing; it must be theory"],
    ["describeCheck", [{ ...MEASURED, agreement: {} }], "check.agreement.deviation: is missing"],
    [
      "audit",
      [null],
      'model: null is not a file; write for example { file: "model.pt2", bytes: await readFile("model.pt2") }',
    ],
    ["audit", [{}], "model.file: is missing; it must be a text"],
    ["audit", [{ file: "m.pt2", bytes: [1] }], "model.bytes: [1] is not a Uint8Array; give the file's content"],
    ["audit", [MODEL, { inputs: "64" }], 'inputs: "64" is not a whole number from 2; try 64'],
    ["audit", [MODEL, { tolerance: 0 }], "tolerance: 0 is not a number above 0 and up to 0.5; try 0.05"],
    ["audit", [MODEL, { data: { values: [] } }], "data.shape: is missing"],
    ["audit", [MODEL, { onProgress: 5 }], "onProgress: 5 is not a function"],
    ["audit", [MODEL, { baseline: { file: "a", deltas: {} } }], "baseline.deltas: {} is not a Map"],
    ["repair", [MODEL], "data: is missing; it must be an array of inputs"],
    ["repair", [MODEL, { data: ROWS, force: "yes" }], 'force: "yes" is not true or false'],
    ["repair", [MODEL, { data: ROWS, labels: 3 }], "labels: 3 is not a list or a typed array of numbers"],
  ];

  it.each(cases.map(([name, args, message]) => [name, message, args] as const))(
    "%s: %s",
    async (name, message, args) => {
      const error = await refusal(async () => CALLS[name](...args));
      expect(error.message).toContain(message);
      expect(error).toMatchObject({ problem: expect.stringMatching(/./), hint: expect.stringMatching(/[^.]$/) });
    },
  );
});

it("sweep refuses its arguments at the call, and scenarios that contradict themselves when they are asked for", async () => {
  expect(() => sweep({ keep: [0.5, 2] })).toThrow(VshiftError);
  const records = sweep({ keep: 0.5, drop: 0.5 });
  expect(await refusal(() => records.next())).toMatchObject({ code: "conflicting-fields", field: "drop" });
});

/** Values of any type, most of them wrong wherever they stand; nothing that would be measured for long. */
const VALUE: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, undefined, "", "x", "file:x", 0, -1, 2.5, true, 1n, Symbol("s")),
  },
  fc.constantFrom<unknown>(Number.NaN, Number.POSITIVE_INFINITY, () => 0, [], {}, [[]], new Float32Array(2), new Map()),
  fc.anything({
    maxDepth: 2,
    maxKeys: 3,
    withBigInt: true,
    withNullPrototype: true,
    withTypedArray: true,
    withSparseArray: true,
  }),
);

/** Names that mean something somewhere. */
const NAME = fc.constantFrom(
  ...["keep", "drop", "width", "network", "variables", "depth", "activation", "weights", "noise", "seed", "alignment"],
  ...["threads", "signal", "arrays", "zip", "shift", "solveFor", "x", "y", "by", "facet", "title", "file", "bytes"],
  ...["shape", "values", "channels", "data", "labels", "baseline", "trainVariances", "testVariances", "trainVariance"],
  ...["testVariance", "batches", "rows", "measured", "theory", "agreement", "alpha", "tolerance", "layout", "names"],
  ...["scenario", "schema", "position", "file:x"],
);

const OBJECT = fc.dictionary(NAME, fc.oneof(VALUE, fc.dictionary(NAME, VALUE, { maxKeys: 3 })), { maxKeys: 4 });
const ARGUMENT = fc.oneof(VALUE, OBJECT, fc.array(OBJECT, { maxLength: 2 }));

/** What is measured where all is right is small: where an argument leaves a size out, and where it has one, which is refused if it is large. */
function small(argument: unknown): unknown {
  if (argument !== undefined && (typeof argument !== "object" || argument === null || Array.isArray(argument))) {
    return argument;
  }
  const refused = Object.entries(argument ?? {}).map(([name, value]) => [
    name,
    typeof value === "number" && value > 64 ? 1e99 : value,
  ]);
  const isOfBatches = refused.some(([name]) => name === "batches");
  return { ...(isOfBatches ? {} : { samples: 64 }), batchSize: 8, width: 8, ...Object.fromEntries(refused) };
}

test.prop([fc.constantFrom(...Object.keys(CALLS)), fc.array(ARGUMENT, { maxLength: 3 })], { numRuns: 400 })(
  "any arguments at all work, or end in a VshiftError",
  async (name, args) => {
    const [first, ...rest] = args;
    const isScenario = ["simulate", "stack", "sweep", "check", "watch", "histogram"].includes(name);
    try {
      const result = await CALLS[name as keyof typeof CALLS](...(isScenario ? [small(first), ...rest] : args));
      if (name === "sweep" || name === "watch") await (result as AsyncGenerator).next();
    } catch (error) {
      expect(error).toBeInstanceOf(VshiftError);
    }
  },
);
