import { afterAll, describe, expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { measure } from "../../src/experiment/measure.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { type NamedArrays, scenarioWithArrays } from "../../src/scenario/array-input.ts";
import { scenarioId } from "../../src/scenario/canonical.ts";
import { completeScenario } from "../../src/scenario/complete.ts";
import { inputOf } from "../../src/scenario/input-of.ts";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { refusalOf } from "../refusal.ts";
import { createThreaded } from "./threaded.ts";

const inline = createInlineExecutor(createKernel);
const threaded = createThreaded();
afterAll(threaded.close);

/** Numbers that are nothing in particular. */
function numbers(shape: readonly number[], seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const values = Float64Array.from({ length: shape.reduce((product, length) => product * length, 1) }, next);
  return { shape, values };
}

/** Ones where row and column are the same. */
function unit(size: number, axes: readonly number[] = []) {
  const values = Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  return { shape: [size, size, ...axes], values };
}

const ROWS = numbers([40, 6], 1);
const MAPS = numbers([30, 3, 4, 5], 2);
const ARRAYS: NamedArrays = {
  "file:x.npy": ROWS,
  "file:same.npy": ROWS,
  "file:maps.npy": MAPS,
  "file:w.npy": numbers([4, 6], 3),
  "file:w.npy2": numbers([4, 6], 4),
  "file:k.npy": numbers([2, 3, 3, 3], 5),
  "file:unit.npy": unit(6),
  "file:point.npy": unit(3, [1, 1]),
};
const SMALL = { batchSize: 8, batches: 8 } as const;

const defined = (network: string, more: ScenarioInput = {}) =>
  scenarioWithArrays({ network, ...SMALL, ...more }, ARRAYS);

async function sumsOf(network: string, executor = inline) {
  const { scenario, arrays } = defined(network);
  return (await measure(scenario, { executor, arrays })).map(({ sums }) => sums);
}

describe("files of a network as text", () => {
  it("an input takes its shape from its file, and its moments", () => {
    const { scenario } = defined("input(file:maps.npy) dropout(0.5) bn");
    const { values } = MAPS;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(scenario).toMatchObject({ network: "input(3x4x5, file:maps.npy) dropout(0.5) bn", width: 60 });
    expect(scenario.mean).toBeCloseTo(mean, 6);
    expect(scenario.files).toMatch(/^file:maps\.npy 30x60 [0-9a-f]{64}$/);
  });

  it("weights of ones and zeros leave everything as it is", async () => {
    const plain = await sumsOf("input(file:x.npy) dropout(0.5) bn as end");
    expect(await sumsOf("input(file:x.npy) dropout(0.5) linear(6, file:unit.npy) bn as end")).toEqual(plain);
    const maps = await sumsOf("input(file:maps.npy) dropout2d(0.5) bn");
    expect(await sumsOf("input(file:maps.npy) dropout2d(0.5) conv(3, 1, file:point.npy) bn")).toEqual(maps);
    // A negative control.
    expect(await sumsOf("input(file:x.npy) dropout(0.5) linear(4, file:w.npy) relu bn")).not.toEqual(plain);
  });

  it("travel to other threads", async () => {
    const network = "input(file:maps.npy) conv(2, 3, file:k.npy) dropout(0.5) bn relu flatten linear(4) bn";
    expect(await sumsOf(network, threaded)).toEqual(await sumsOf(network));
  });

  it("say what nobody else may say", () => {
    const refused = refusalOf(() => defined("input(file:x.npy) dropout(0.5) relu bn", { variance: 2 }));
    expect(refused).toMatchObject({ field: "variance", problem: expect.stringContaining("2 contradicts") });
  });

  it("count by their content, and not by their names", () => {
    const id = (network: string) => scenarioId(defined(network).scenario);
    const one = id("input(file:x.npy) linear(4, file:w.npy) dropout(0.5) bn");
    expect(id("input(file:same.npy) linear(4, file:w.npy) dropout(0.5) bn")).toBe(one);
    expect(id("input(6, file:x.npy) dense(4, file:w.npy) dropout(0.5) bn")).toBe(one);
    expect(id("input(file:x.npy) linear(4, file:w.npy2) dropout(0.5) bn")).not.toBe(one);
  });

  it("are those of the flags where these can say the network", () => {
    const { scenario } = scenarioWithArrays(
      { network: "input(file:x.npy) dropout(0.5) linear(4, file:w.npy) bn" },
      ARRAYS,
    );
    expect(scenario).toEqual(scenarioWithArrays({ activation: "file:x.npy", weights: "file:w.npy" }, ARRAYS).scenario);
  });

  it("are in the scenario's own input", () => {
    const { scenario } = defined("input(file:x.npy) linear(4, file:w.npy) dropout(0.5) bn");
    expect(completeScenario(inputOf(scenario))).toEqual(scenario);
  });

  it("have no closed form in a network", async () => {
    const { scenario, arrays } = defined("input(6) linear(4, file:w.npy) dropout(0.5) bn");
    const [record] = await measure(scenario, { executor: inline, arrays });
    expect(record).toMatchObject({
      theory: null,
      theoryReason: "linear at 10: weights of a file have no closed form in a network",
    });
  });

  it("are asked for where they are missing", async () => {
    const { scenario } = defined("input(6) linear(4, file:w.npy) dropout(0.5) bn");
    await expect(measure(scenario, { executor: inline })).rejects.toMatchObject({
      field: "network",
      problem: expect.stringContaining("file:w.npy (SHA-256 "),
    });
  });

  it.each<[string, string]>([
    ["input(file:y.npy) dropout(0.5) relu bn", "input(file:y.npy) at 1 has no shape before the file is read"],
    ["input(6, file:y.npy) dropout(0.5) relu bn", "file:y.npy names a file, and its numbers are missing"],
    ["input(5, file:x.npy) dropout(0.5) relu bn", "file:x.npy has rows of 6 units, and the input has 5"],
    ["input(6) linear(5, file:w.npy) relu bn", "file:w.npy has 4 neurons of 6 inputs, and its layer has 5 of 6"],
    ["input(file:x.npy, mean=1) bn", "input(file:x.npy, mean=1): rows of a file have moments of their own"],
    ["input(6) linear(4, file:w.npy, alignment=2) bn", "weights of a file have an alignment of their own"],
    ["input(6) dropout(file:w.npy) bn", "file:w.npy at 18: a file is an input or the weights of a layer"],
    ["input(rho=0.1) bn", "input(rho=0.1): the shape is missing"],
  ])("%s is refused", (network, problem) => {
    const refused = refusalOf(() => defined(network));
    expect(refused).toMatchObject({ field: "network", problem: expect.stringContaining(problem) });
    expect(refused.hint).toMatch(/./);
  });
});
