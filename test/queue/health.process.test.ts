import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { createBlockRunner } from "../../src/experiment/block.ts";
import { tasksOf } from "../../src/experiment/plan/plan.ts";
import { settingOf } from "../../src/experiment/setting.ts";
import { createKernel } from "../../src/kernel/fastest.ts";
import { addressOf } from "../../src/queue/address.ts";
import { exactText, fromExactText } from "../../src/queue/exact.ts";
import {
  type BlocksJob,
  type CellsJob,
  packed,
  QUEUE,
  queueOf,
  unpacked,
  VERSIONS_QUEUE,
} from "../../src/queue/jobs.ts";
import { serverAt } from "../../src/queue/server.ts";
import { defineScenario } from "../../src/scenario/define.ts";
import { startVshift, temporaryFolders, vshift } from "../cli/vshift.ts";
import { KINDS, startRedis, type TestServer } from "./servers.ts";

const folder = temporaryFolders();
const GRID = ["sweep", "--p", "0.3,0.5,0.7", "--d", "8", "--samples", "4096"];

/** A worker of the tests' own, which answers what it likes. */
async function brokenWorker(
  { url, beforeEnd }: TestServer,
  answer: (job: { readonly text: string }) => string,
): Promise<void> {
  const { connection } = await serverAt(addressOf(url, "url"));
  const worker = new Worker(QUEUE, async ({ data }) => answer({ text: unpacked(data.text) }), {
    connection: connection as { url: string },
    name: "broken/12/1",
  });
  worker.on("error", () => {});
  await worker.waitUntilReady();
  beforeEnd(() => worker.close(true));
}

/** Records that this vshift makes of the scenarios of a job. */
async function trueRecords(cwd: string): Promise<readonly string[]> {
  const { stdout } = await vshift([...GRID, "--format", "ndjson"], { cwd });
  return stdout.trimEnd().split("\n");
}

/** Draws the blocks of a job here. */
function createQueueRunnerOfBlocks() {
  return (text: string) => {
    const { scenario, range } = fromExactText(text) as BlocksJob;
    const run = createBlockRunner(createKernel, settingOf(defineScenario(scenario.input)).run);
    // A copy of each: the next one uses its arrays again.
    return [...tasksOf(range)].map((task) => fromExactText(exactText(run(task))) as Record<string, unknown>);
  };
}

const answerOf = (records: readonly string[]) =>
  packed(JSON.stringify(records.map((record) => ({ records: [record] }))));

describe("a worker that answers", { concurrent: true }, () => {
  it.for<readonly [string, (records: readonly string[]) => string, RegExp]>([
    ["the truth", answerOf, /^vshift: ✓ all 3 scenarios agree/],
    [
      "NaN",
      (records) => answerOf(records.map((record) => record.replace(/"trainVariance":[\d.]+/, '"trainVariance":NaN'))),
      /has a record that is not JSON/,
    ],
    [
      "null for a number",
      (records) => answerOf(records.map((record) => record.replace(/"trainVariance":[\d.]+/, '"trainVariance":null'))),
      /has a record that /,
    ],
    ["the records in another order", (records) => answerOf(records.toReversed()), /has the record of another scenario/],
    ["a record too few", (records) => answerOf(records.slice(1)), /is not a list of 3 outcomes/],
    [
      "a record of other sums",
      (records) => answerOf(records.map((record) => record.replace(/"sums":\{"n":(\d+)/, '"sums":{"n":1$1'))),
      /has a record that /,
    ],
    [
      "an error of no known kind",
      () => packed('[{"error":{"code":"x","problem":"y"}},{},{}]'),
      /has another number of records/,
    ],
    ["nothing", () => "", /is not JSON/],
    ["what is not compressed", () => "[]", /is not JSON/],
    ["no text", () => 5 as never, /is not JSON/],
  ])("%s", async ([name, answer, expected], test) => {
    const server = await startRedis(test);
    const cwd = folder();
    const records = await trueRecords(cwd);
    await brokenWorker(server, () => answer(records));
    const { code, stderr } = await vshift([...GRID, "--engine", server.url, "--output", "sweep.ndjson"], { cwd });
    const file = readFileSync(join(cwd, "sweep.ndjson"), "utf8");
    expect(stderr).toMatch(expected);
    if (name === "the truth") {
      expect([code, file]).toEqual([0, `${records.join("\n")}\n`]);
      return;
    }
    expect([code, file]).toEqual([2, ""]);
    // One line, which names the worker.
    expect(stderr).toMatch(
      /^vshift: --engine: the answer of the worker on broken \(process 12\) at redis:\S+ .*; stop that worker, .*\n$/,
    );
  });

  it.for<readonly [string, (results: Record<string, unknown>[]) => unknown, RegExp]>([
    [
      "sums below 0",
      ([first]) => ({ ...first, sums: { ...(first?.sums as object), trainSquared: -5 } }),
      /sums that no/,
    ],
    [
      "statistics of no channel",
      ([first]) => ({ ...first, batchNorm: { ...(first?.batchNorm as object), runningMean: new Float64Array(0) } }),
      /running statistics that no/,
    ],
  ])("blocks with %s", async ([, damaged, expected], test) => {
    const server = await startRedis(test);
    const runner = createQueueRunnerOfBlocks();
    await brokenWorker(server, ({ text }) =>
      packed(exactText(runner(text).map((_, at, all) => damaged(all.slice(at))))),
    );
    const large = ["sweep", "--p", "0.5", "--d", "512", "--samples", "8000000", "--engine", server.url];
    const { code, stderr } = await vshift([...large, "--output", "sweep.ndjson"], { cwd: folder() });
    expect(stderr).toMatch(expected);
    expect(code).toBe(2);
  });

  it("other blocks than those of the job", async (test) => {
    const server = await startRedis(test);
    const cwd = folder();
    await brokenWorker(server, () => packed("[]"));
    const large = ["sweep", "--p", "0.5", "--d", "512", "--samples", "8000000", "--engine", server.url];
    const { code, stderr } = await vshift(large, { cwd });
    expect(stderr).toMatch(/the answer of the worker on broken .* is not a list of \d+ blocks; stop that worker/);
    expect(code).toBe(2);
  });

  it("with a failure, three times", async (test) => {
    const server = await startRedis(test);
    let tries = 0;
    await brokenWorker(server, () => {
      tries++;
      throw new Error("no disk");
    });
    const { code, stderr } = await vshift([...GRID, "--engine", server.url]);
    expect(stderr).toMatch(
      /^vshift: --engine: no worker could do a part of the work \(no disk\); read what the workers say/,
    );
    expect([code, tries]).toEqual([2, 3]);
  });
});

describe("a queue that cannot be used is one line", { concurrent: true }, () => {
  async function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { code, stderr, stdout } = await vshift(args, { env });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^vshift: .*\n$/);
    expect(stderr).not.toContain("geheim");
    return stderr;
  }

  it.each([
    ["redis://:gehe%im@h", "is not the address of a queue"],
    ["redis://h/abc", "is not the address of a queue"],
    ["redis:geheim@h", '"…@h" is not the address of a queue'],
    ["postgres://me:12/geheim@h/q", "is not the address of a queue"],
    ["http://h", '--engine: "http://h" is not the address of a queue; write redis://HOST:6379, '],
    ["redis:/x", "is not the address of a queue"],
    ["ftp://me:geheim@h/", '"ftp://…@h/" is not the address of a queue'],
    [
      "redis://:geheim@127.0.0.1:1",
      "redis://127.0.0.1:1 does not answer (ECONNREFUSED); start the server, or correct the address",
    ],
    ["postgres://me:geheim@127.0.0.1:1/q?password=geheim", "postgres://127.0.0.1:1/q does not answer (ECONNREFUSED)"],
    ["redis://:geheim@no-such-host.invalid", "redis://no-such-host.invalid does not answer (E"],
  ] as const)("%s", async (url, expected) => {
    expect(await refusal([...GRID, "--engine", url])).toContain(expected);
  });

  it("of a worker, and of a variable", async () => {
    expect(await refusal(["worker"])).toBe(
      "vshift: url: is missing; write vshift worker redis://HOST:6379, or set VSHIFT_ENGINE\n",
    );
    expect(await refusal(["worker", "redis://a", "redis://b"])).toContain("redis://b: is a second address");
    const env = { VSHIFT_ENGINE: "redis://:geheim@127.0.0.1:1" };
    const problem = "VSHIFT_ENGINE: redis://127.0.0.1:1 does not answer (ECONNREFUSED)";
    expect(await refusal(["worker"], env)).toContain(problem);
    expect(await refusal(GRID, env)).toContain(problem);
  });

  it("where it wants a password, or another one", async (test) => {
    const { url } = await startRedis(test, {
      args: ["--requirepass", "right"],
      client: (port) => new Redis({ port, password: "right", lazyConnect: true, retryStrategy: () => null }),
    });
    const expected = "refuses the user or the password; write them into the address, as in redis://USER:PASSWORD@HOST";
    expect(await refusal([...GRID, "--engine", url])).toContain(expected);
    expect(await refusal(["worker", url.replace("//", "//:geheim@")])).toContain(expected);
    const { port } = new URL(url);
    const { stdout } = await vshift([...GRID, "--engine", `redis://:right@127.0.0.1:${port}`, "--status"]);
    expect(stdout).toContain('"total":3');
  });

  it("where it may drop what it holds", async (test) => {
    const { url } = await startRedis(test, { args: ["--maxmemory-policy", "allkeys-lru"] });
    expect(await refusal([...GRID, "--engine", url])).toMatch(
      /may delete what it holds \(maxmemory-policy is allkeys-lru\); set maxmemory-policy to noeviction\n/,
    );
  });

  it("where its certificate is of an authority that is not known, until it is", async (test) => {
    const cwd = folder();
    const openssl = (...args: readonly string[]) => execFileSync("openssl", args, { cwd, stdio: "pipe" });
    const subject = (name: string) => ["-subj", `/CN=${name}`, "-days", "2", "-nodes"];
    openssl("req", "-x509", "-newkey", "rsa:2048", "-keyout", "ca.key", "-out", "ca.pem", ...subject("vshift tests"));
    const forHost = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1"];
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-keyout",
      "own.key",
      "-out",
      "own.pem",
      ...forHost,
      ...subject("127.0.0.1"),
    );
    const tls = { ca: readFileSync(join(cwd, "ca.pem")) };
    const { url } = await startRedis(test, {
      args: [
        ...["--tls-auth-clients", "no", "--tls-ca-cert-file", join(cwd, "ca.pem")],
        ...["--tls-cert-file", join(cwd, "own.pem"), "--tls-key-file", join(cwd, "own.key")],
      ],
      isTls: true,
      client: (port) => new Redis({ port, host: "127.0.0.1", tls, lazyConnect: true, retryStrategy: () => null }),
    });
    expect(await refusal([...GRID, "--engine", url])).toMatch(
      /has a certificate that is not trusted here \([A-Z_]+\); set NODE_EXTRA_CA_CERTS to the file/,
    );
    const env = { NODE_EXTRA_CA_CERTS: join(cwd, "ca.pem") };
    const worker = startVshift(["worker", url, "--threads", "1"], { env });
    const { code, stderr } = await vshift([...GRID, "--engine", url], { env });
    worker.child.kill("SIGTERM");
    expect([code, (await worker.end).code], stderr).toEqual([0, 0]);
  });
});

describe.concurrent.each(KINDS)("at %s", (_, { start }) => {
  it("workers of another engine version take nothing, and are named", async (test) => {
    const { url, beforeEnd } = await start(test);
    const server = await serverAt(addressOf(url, "url"));
    const version = "0123456789abcdef";
    const { Queue, connection } = server;
    const registry = new Queue(VERSIONS_QUEUE, { connection });
    await registry.add("version", { version }, { jobId: queueOf(version) });
    await registry.close();
    const other = new server.Worker(queueOf(version), async () => "", { connection, name: "old/7/4" });
    beforeEnd(() => other.close(true));
    await other.waitUntilReady();
    const sweep = startVshift([...GRID, "--engine", url]);
    const told = await new Promise<string>((resolve) => {
      sweep.child.stderr?.on("data", (text: string) => resolve(text));
    });
    sweep.child.kill("SIGINT");
    expect(told).toMatch(
      /^vshift: the workers at \S+ are of another engine version \(0123456789ab…\), and take no work of this one; start workers of this vshift\n/,
    );
    const { code, stderr } = await sweep.end;
    expect(stderr).toContain("vshift: interrupted before the first of 3 scenarios was measured\n");
    expect(code).toBe(130);
    // Nobody is left with work that nobody waits for.
    const queue = new Queue(QUEUE, { connection });
    expect(await queue.getWaitingCount()).toBe(0);
    await queue.close();
  });

  it("a check passes the verdicts of one machine, and an error keeps its words", async (test) => {
    const { url } = await start(test);
    const worker = startVshift(["worker", url]);
    const check = ["check", "--p", "0.5,0.9", "--d", "32", "--format", "json"];
    const [alone, together] = [await vshift(check), await vshift([...check, "--engine", url])];
    expect(together.stdout).toBe(alone.stdout);
    expect(together.code).toBe(alone.code);
    // At keep 0.001, two mini-batches of two samples have no variance.
    const bad = ["sweep", "--p", "0.0001,0.5", "--d", "1", "--batch-size", "2", "--samples", "8"];
    const [one, many] = [await vshift(bad), await vshift([...bad, "--engine", url])];
    expect(many).toEqual(one);
    worker.child.kill("SIGTERM");
    expect((await worker.end).code).toBe(0);
  });
});

it("what a job is of can be read by who looks at the queue", () => {
  const job: CellsJob = { kind: "scenarios", errorRate: null, scenarios: [], arrays: [] };
  expect(JSON.parse(unpacked(packed(JSON.stringify(job))))).toEqual(job);
});
