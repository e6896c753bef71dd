import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { afterAll, expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { createStackExecutor } from "../../src/executor/stacks.ts";
import { createThreadsExecutor } from "../../src/executor/threads.ts";
import { WORKER_SOURCE } from "../../src/executor/worker-source.ts";
import { type Executor, measure } from "../../src/experiment/simulate.ts";
import { measureStack, type StackExecutor } from "../../src/experiment/stack/measure.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { ndjson } from "../../src/report/json.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { defineStack } from "../../src/scenario/stack/define.ts";
import { SCENARIOS, STACKS } from "./scenarios.ts";

const THREADS = 3;
const threads = createThreadsExecutor({
  createKernel,
  workerSource: WORKER_SOURCE,
  onWorkerLost(reason) {
    throw reason;
  },
});
const threaded: Executor = {
  prepare: async (job) => threads.prepare(job, THREADS),
  run: (job) => threads.run(job, THREADS),
  close: threads.close,
};
const stackThreads = createStackExecutor({ threads: THREADS });
const threadedStacks: StackExecutor = {
  // So much work that threads are started.
  run: (job) => stackThreads.run({ ...job, work: 2 ** 31 }),
  close: stackThreads.close,
};
const inline = createInlineExecutor(createKernel);
const inlineStacks = createStackExecutor({ threads: 1 });

afterAll(() => {
  for (const executor of [threaded, threadedStacks]) executor.close();
});

/** A line for each: the SHA-256 of its record as a line of NDJSON, and what it is. */
async function digestsOf(executor: Executor, stacks: StackExecutor): Promise<string> {
  const lines: string[] = [];
  const add = (input: object, record: object) =>
    lines.push(`${bytesToHex(sha256(utf8ToBytes(ndjson(record))))}  ${JSON.stringify(input)}\n`);
  for (const input of SCENARIOS) add(input, await measure(defineScenario(input), { executor }));
  for (const input of STACKS) add(input, await measureStack(defineStack(input), { executor: stacks }));
  return lines.join("");
}

// A change of bits is deliberate: announce it in CHANGELOG.md as value-breaking, then
// `npx vitest run --project source test/golden --update`.
it("forty scenarios and ten stacks give the records that they gave before, on one thread and on three", async () => {
  expect([SCENARIOS.length, STACKS.length]).toEqual([40, 10]);
  const digests = await digestsOf(inline, inlineStacks);
  await expect(digests).toMatchFileSnapshot("digests.txt");
  expect(await digestsOf(threaded, threadedStacks)).toBe(digests);
});
