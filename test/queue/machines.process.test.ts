import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Running, startVshift, temporaryFolders, vshift } from "../cli/vshift.ts";
import { once } from "../once.ts";
import { KINDS, startRedis, type Test, type TestServer } from "./servers.ts";

const folder = temporaryFolders();

/** Some seconds of one thread, in jobs of a tenth of a second. */
const GRID = ["sweep", "--p", "0.1:0.9:0.1", "--d", "256,512", "--mean", "0,0.5,1", "--samples", "50000"];
const CELLS = 54;
/** Records after which something happens: the middle. */
const SOME = 12;

/** The bytes that one machine makes. */
const whole = once(async () => {
  const cwd = folder();
  expect((await vshift([...GRID, "--threads", "2", "--output", "ref.ndjson"], { cwd })).code).toBe(0);
  return readFileSync(join(cwd, "ref.ndjson"), "utf8");
});

/** Starts a command, which does not outlive the test. */
function started(test: Test, args: readonly string[], cwd: string): Running {
  const running = startVshift(args, { cwd });
  test.onTestFinished(() => void running.child.kill("SIGKILL"));
  return running;
}

/** Starts a worker, and waits until it waits for work. */
async function worker(test: Test, { url }: TestServer): Promise<Running> {
  const running = started(test, ["worker", url, "--threads", "1"], folder());
  await new Promise<void>((resolve) => {
    running.child.stderr?.on("data", (text: string) => {
      if (text.includes("waiting for work")) resolve();
    });
    void running.end.then(() => resolve());
  });
  return running;
}

function collector(test: Test, { url }: TestServer, cwd: string): Running {
  return started(test, [...GRID, "--engine", url, "--output", "sweep.ndjson"], cwd);
}

/** Resolves when a sweep has saved so many records, or has ended. */
async function saved(cwd: string, { end }: Running, count = SOME): Promise<void> {
  let hasEnded = false;
  void end.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && lines(cwd) < count) await pause(20);
  // What is to happen in the middle must not happen at the end.
  expect(lines(cwd)).toBeLessThan(CELLS);
}

function lines(cwd: string): number {
  try {
    return readFileSync(join(cwd, "sweep.ndjson"), "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
}

async function expectWhole(cwd: string, { end }: Running): Promise<string> {
  const { code, stderr } = await end;
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(cwd, "sweep.ndjson"), "utf8") === (await whole()), stderr).toBe(true);
  return stderr;
}

describe.concurrent.each(KINDS)("a sweep through %s ends with the bytes of one machine", (_, { start }) => {
  it("where a worker is killed", async (test) => {
    const server = await start(test);
    const [first] = [await worker(test, server), await worker(test, server)];
    const cwd = folder();
    const sweep = collector(test, server, cwd);
    await saved(cwd, sweep);
    first.child.kill("SIGKILL");
    await expectWhole(cwd, sweep);
  });

  it("where the collector is killed and started again", async (test) => {
    const server = await start(test);
    await worker(test, server);
    const cwd = folder();
    const sweep = collector(test, server, cwd);
    await saved(cwd, sweep);
    sweep.child.kill("SIGKILL");
    await sweep.end;
    const stderr = await expectWhole(cwd, collector(test, server, cwd));
    expect(stderr).toMatch(/\d+ of 54 scenarios are already in sweep\.ndjson, and are skipped/);
  });

  it("where the server is killed, and is away for 4 seconds", async (test) => {
    const server = await start(test);
    const crew = await worker(test, server);
    const cwd = folder();
    const sweep = collector(test, server, cwd);
    await saved(cwd, sweep);
    await server.kill();
    await pause(4000);
    await server.restart();
    const stderr = await expectWhole(cwd, sweep);
    expect(stderr).toMatch(/vshift: \w+:\/\/127\.0\.0\.1:\d+\S* does not answer \(.*\); waiting for it\n/);
    expect(stderr).toContain("answers again");
    crew.child.kill("SIGTERM");
    expect((await crew.end).code).toBe(0);
  });

  it("where the server loses all that it holds", async (test) => {
    const server = await start(test);
    await worker(test, server);
    const cwd = folder();
    const sweep = collector(test, server, cwd);
    await saved(cwd, sweep);
    await server.flush();
    await expectWhole(cwd, sweep);
  });

  it("where no worker is there at first, and one leaves in the middle", async (test) => {
    const server = await start(test);
    const cwd = folder();
    const sweep = collector(test, server, cwd);
    await pause(1500);
    const first = await worker(test, server);
    await saved(cwd, sweep);
    first.child.kill("SIGTERM");
    const { code, stderr } = await first.end;
    expect(code).toBe(0);
    expect(stderr).toMatch(/finishing the work in hand\nvshift: left .* after \d+ jobs? with \d+ scenarios\n$/);
    await worker(test, server);
    expect(await expectWhole(cwd, sweep)).toMatch(
      /^vshift: no worker takes work from \S+ yet; start one with vshift worker \S+\n/,
    );
  });

  it("where it was left to the workers, and collected later", async (test) => {
    const server = await start(test);
    const cwd = folder();
    const engine = [...GRID, "--engine", server.url];
    const { code, stderr } = await vshift([...engine, "--detach"], { cwd });
    expect(stderr).toMatch(/^vshift: 54 scenarios in \d+ jobs are at \S+, and their results stay there for a week; /);
    expect(code).toBe(0);
    const statusOf = async () =>
      JSON.parse((await vshift([...engine, "--status", "--format", "json"], { cwd })).stdout);
    expect(await statusOf()).toMatchObject({
      total: CELLS,
      done: 0,
      queued: CELLS,
      failed: 0,
      waiting: 0,
      workers: [],
    });
    await worker(test, server);
    while ((await statusOf()).done < CELLS) await pause(200);
    expect(await statusOf()).toMatchObject({ done: CELLS, queued: 0, running: 0, workers: [{ threads: 1 }] });
    await expectWhole(cwd, collector(test, server, cwd));
  });

  it("where a scenario is so large that its blocks are shared, of files, too", async (test) => {
    const server = await start(test);
    const [first] = [await worker(test, server), await worker(test, server)];
    const cwd = folder();
    writeFileSync(join(cwd, "w.csv"), weights(8, 512));
    const large = ["sweep", "--weights", "file:w.csv", "--p", "0.5", "--mean", "0.5", "--samples", "2200000"];
    const sweep = started(test, [...large, "--engine", server.url, "--output", "sweep.ndjson"], cwd);
    await pause(1500);
    first.child.kill("SIGKILL");
    // The numbers of the file, too.
    await server.flush();
    const alone = await vshift([...large, "--output", "ref.ndjson"], { cwd });
    expect(alone.code).toBe(0);
    const { code, stderr } = await sweep.end;
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(cwd, "sweep.ndjson"), "utf8")).toBe(readFileSync(join(cwd, "ref.ndjson"), "utf8"));
  });

  it("where scenarios are networks, stacks, and of files", async (test) => {
    const server = await start(test);
    await worker(test, server);
    const cwd = folder();
    writeFileSync(join(cwd, "w.csv"), weights(4, 8));
    writeFileSync(join(cwd, "x.csv"), weights(64, 8));
    for (const args of [
      ["--network", "input(file:x.csv) dropout($p) linear(4, file:w.csv) relu bn", "--set", "p=0.3,0.5"],
      ["--activation", "file:x.csv", "--weights", "file:w.csv", "--p", "0.5,0.9"],
      ["--depth", "2,3", "--d", "16", "--p", "0.5"],
    ]) {
      const sweep = ["sweep", ...args, "--samples", "4096", "--format", "ndjson"];
      const [alone, together] = [
        await vshift(sweep, { cwd }),
        await vshift([...sweep, "--engine", server.url], { cwd }),
      ];
      expect(together.stdout, together.stderr).toBe(alone.stdout);
      expect(alone.stdout.split("\n").length).toBeGreaterThan(2);
    }
  });
});

it.concurrent("a stack so large that its passes are shared has the bytes of one machine", async (test) => {
  const server = await startRedis(test);
  const [first] = [await worker(test, server), await worker(test, server)];
  const cwd = folder();
  const large = ["sweep", "--depth", "4", "--d", "256", "--p", "0.5", "--samples", "110592"];
  const sweep = started(test, [...large, "--engine", server.url, "--output", "sweep.ndjson"], cwd);
  await pause(2500);
  first.child.kill("SIGKILL");
  expect((await vshift([...large, "--output", "ref.ndjson"], { cwd })).code).toBeLessThan(2);
  const { code, stderr } = await sweep.end;
  expect(code, stderr).toBeLessThan(2);
  expect(readFileSync(join(cwd, "sweep.ndjson"), "utf8")).toBe(readFileSync(join(cwd, "ref.ndjson"), "utf8"));
});

/** Numbers of both signs, as a file of CSV. */
function weights(rows: number, columns: number): string {
  const numbers = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => ((row * 7 + column * 13) % 11) / 11 - 0.4).join(","),
  );
  return `${numbers.join("\n")}\n`;
}
