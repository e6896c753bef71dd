import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { afterAll, expect, it } from "vitest";
import { createInlineExecutor } from "../../src/executor/inline.ts";
import { type Executor, measure } from "../../src/experiment/measure.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { ndjson } from "../../src/report/json.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { createThreaded } from "../experiment/threaded.ts";
import { SCENARIOS, STACKS } from "./scenarios.ts";

const threaded = createThreaded();
afterAll(threaded.close);

/** A line for each: the SHA-256 of its records as lines of NDJSON, and what it is. */
async function digestsOf(executor: Executor): Promise<string> {
  const lines: string[] = [];
  for (const input of [...SCENARIOS, ...STACKS]) {
    const records = await measure(defineScenario(input), { executor });
    const digest = bytesToHex(sha256(utf8ToBytes(records.map(ndjson).join(""))));
    lines.push(`${digest}  ${JSON.stringify(input)}\n`);
  }
  return lines.join("");
}

// A change of bits is deliberate: announce it in CHANGELOG.md as value-breaking, then
// `npx vitest run --project source test/golden --update`.
it("the scenarios and ten stacks give the records that they gave before, on one thread and on three", async () => {
  expect([SCENARIOS.length, STACKS.length]).toEqual([43, 10]);
  const digests = await digestsOf(createInlineExecutor(createKernel));
  await expect(digests).toMatchFileSnapshot("digests.txt");
  expect(await digestsOf(threaded)).toBe(digests);
});
