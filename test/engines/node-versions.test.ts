import { beforeEach, describe, expect, inject, test } from "vitest";
import type { ScenarioInput } from "../../src/scenario/scenario.ts";
import { EXECUTABLE, type Ran, start } from "../cli/vshift.ts";
import { A_FEW, LONG, SCENARIOS } from "./scenarios.ts";

const THIS = process.execPath;

/** Writes a letter to stderr for each thread that starts. */
const COUNT_THREADS = "--import=data:text/javascript,process.on('worker',()=>process.stderr.write('w'))";

function fromCommand(node: string, scenario: ScenarioInput | undefined, threads = 1): Promise<Ran> {
  const flags = ["--config", "-", "--threads", `${threads}`, "--format", "json"];
  const { child, end } = start([node, EXECUTABLE, "simulate", ...flags], { env: { NODE_OPTIONS: COUNT_THREADS } });
  child.stdin?.end(JSON.stringify(scenario));
  return end;
}

type ModuleKind = readonly [name: string, flag: string, load: string];

const ES_MODULE: ModuleKind = ["an ES module", "--input-type=module", 'await import("vshift")'];
const COMMONJS: ModuleKind = ["a CommonJS module", "--input-type=commonjs", 'require("vshift")'];

/** The records of all scenarios, made by a program that has the library, and the version of the Node that ran it. */
async function fromLibrary(node: string, [, flag, load]: ModuleKind, scenarios = SCENARIOS) {
  const program = `
    const { simulate } = ${load};
    (async () => {
      const records = [];
      for (const scenario of ${JSON.stringify(scenarios)}) records.push(JSON.stringify(await simulate(scenario)));
      process.stdout.write(JSON.stringify({ version: process.version, records }));
    })()`;
  const { code, stdout, stderr } = await start([node, flag, "--eval", program]).end;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as { readonly version: string; readonly records: readonly string[] };
}

/** What the Node that runs the tests gives. */
const here = {
  few: A_FEW.map((scenario) => fromCommand(THIS, scenario)),
  long: fromCommand(THIS, LONG),
  library: fromLibrary(THIS, ES_MODULE),
};

describe.each(inject("otherNodes"))("Node $major", ({ major, executable = "" }) => {
  beforeEach(({ skip }) => skip(executable === "", `no Node ${major} (npm ci --prefix test/engines/nodes, on Linux)`));

  test.each(A_FEW.map(({ activation }, index) => [activation, index] as const))(
    "writes the same bytes for correlated %s input",
    async (_, index) => {
      const ran = await fromCommand(executable, A_FEW[index]);
      expect(ran.stdout).toContain('"sums":');
      expect(ran).toEqual(await here.few[index]);
    },
  );

  test.each([ES_MODULE, COMMONJS])("has the same records in %s", async (...kind) => {
    const { version, records } = await fromLibrary(executable, kind);
    expect(version).toMatch(new RegExp(`^v${major}\\.`));
    expect(records).toEqual((await here.library).records);
  });

  test.each([2, 5])("writes the same bytes from %i threads", async (threads) => {
    const { stdout, stderr } = await fromCommand(executable, LONG, threads);
    // The thread that asks is one of them.
    expect(stderr).toBe("w".repeat(threads - 1));
    expect(stdout).toBe((await here.long).stdout);
  });
});

describe("Node that runs the tests", () => {
  test("has the same records in an ES module and a CommonJS module", async () => {
    expect((await fromLibrary(THIS, COMMONJS)).records).toEqual((await here.library).records);
  });

  test.each([2, 5])("writes the same bytes from %i threads", async (threads) => {
    const { stdout, stderr } = await fromCommand(THIS, LONG, threads);
    expect(stderr).toBe("w".repeat(threads - 1));
    expect(stdout).toBe((await here.long).stdout);
  });

  // Negative control: were nothing but the scenario's echo compared, or nothing at all, other draws would pass.
  test("measures other numbers with another seed", async () => {
    const { records } = await fromLibrary(
      THIS,
      ES_MODULE,
      SCENARIOS.map((scenario) => ({ ...scenario, seed: "other" })),
    );
    const measured = (record: string) => JSON.stringify(JSON.parse(record).measured);
    const same = (await here.library).records.filter(
      (record, index) => measured(record) === measured(records[index] ?? ""),
    );
    expect(same).toEqual([]);
  });
});
