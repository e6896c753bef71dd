import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, type TestContext } from "vitest";
import { installOnDebian, programPath } from "../debian.ts";
import { once } from "../once.ts";

export type Test = Pick<TestContext, "onTestFinished" | "skip">;

/** A server of a test's own. */
export interface TestServer {
  readonly url: string;
  /** Kills it without a warning. */
  kill(): Promise<void>;
  /** Starts it again where it was. */
  restart(): Promise<void>;
  /** Loses all that it holds. */
  flush(): Promise<void>;
  /** Is done before it is killed when the test has finished. */
  beforeEnd(work: () => Promise<unknown>): void;
}

export interface ServerKind {
  /** Starts one, until the test has finished; skips the test where there is none on this machine. */
  readonly start: (test: Test) => Promise<TestServer>;
}

const root = mkdtempSync(join(tmpdir(), "vshift-queue-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const REDIS = found("redis-server", () => programPath(["redis-server", "valkey-server"]));
const POSTGRES = found("postgresql", () => programPath(["postgres"], postgresFolders()));

/** Where it is, or where it was installed just now. */
function found(debianPackage: string, path: () => string | undefined): string | undefined {
  return path() ?? (installOnDebian(debianPackage) ? path() : undefined);
}

function postgresFolders(): readonly string[] {
  const versions = "/usr/lib/postgresql";
  try {
    return readdirSync(versions).map((version) => join(versions, version, "bin"));
  } catch {
    return [];
  }
}

/** The servers that are tested, by their names. */
export const KINDS: readonly (readonly [name: string, kind: ServerKind])[] = [
  ["Redis", { start: (test) => startRedis(test) }],
  ["PostgreSQL", { start: startPostgres }],
];

/** The program, or the end of a test that needs it. */
function required(program: string | undefined, debianPackage: string, { skip }: Test): string {
  if (program === undefined) skip(`no ${debianPackage} on this machine (Debian: apt install ${debianPackage})`);
  return program as string;
}

interface RedisOptions {
  readonly args?: readonly string[];
  /** Whether it speaks TLS alone. */
  readonly isTls?: boolean;
  /** How a client of the tests reaches it. */
  readonly client?: (port: number) => Redis;
}

/** A Redis that writes to disk each second, as is recommended for queues. */
export async function startRedis(
  test: Test,
  { args = [], isTls = false, client }: RedisOptions = {},
): Promise<TestServer> {
  const program = required(REDIS, "redis-server", test);
  const { onTestFinished } = test;
  const port = await freePort();
  const dir = mkdtempSync(join(root, "redis-"));
  const connect = client ?? ((port: number) => new Redis({ port, lazyConnect: true, retryStrategy: () => null }));
  const command = [
    ...[
      program,
      ...(isTls ? ["--port", "0", "--tls-port"] : ["--port"]),
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      dir,
    ],
    ...["--appendonly", "yes", "--save", "", ...args],
  ];
  const ask = async (question: (redis: Redis) => Promise<unknown>) => {
    const redis = connect(port);
    redis.on("error", () => {});
    try {
      await redis.connect();
      await question(redis);
    } finally {
      redis.disconnect();
    }
  };
  const flush = () => ask((redis) => redis.flushall());
  const url = `${isTls ? "rediss" : "redis"}://127.0.0.1:${port}`;
  return served(command, { url, ready: () => ask((redis) => redis.ping()), flush, onTestFinished });
}

/** An empty cluster, made once: to make it takes longer than all the rest. */
const emptyCluster = once(async () => {
  const data = join(root, "empty-cluster");
  mkdirSync(data);
  const initdb = programPath(["initdb"], postgresFolders()) ?? "initdb";
  own(root);
  own(data);
  await promisify(execFile)(initdb, ["-D", data, "-U", "vshift", "--auth=trust", "-E", "UTF8", "--no-sync"], {
    ...somebody(),
  });
  return data;
});

async function startPostgres(test: Test): Promise<TestServer> {
  const program = required(POSTGRES, "postgresql", test);
  const { onTestFinished } = test;
  const port = await freePort();
  const data = join(mkdtempSync(join(root, "postgres-")), "data");
  own(dirname(data));
  // A thousand files, with their owner: Node takes six seconds for them.
  await promisify(execFile)("cp", ["-a", await emptyCluster(), data]);
  const command = [program, "-D", data, "-p", String(port), "-k", data, "-c", "listen_addresses=127.0.0.1"];
  const url = `postgres://vshift@127.0.0.1:${port}/postgres`;
  const ask = async (question: string) => {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query(question);
    } finally {
      await client.end().catch(() => {});
    }
  };
  return served(command, {
    ...{ url, ready: () => ask("SELECT 1"), onTestFinished },
    flush: () => ask("TRUNCATE bullmq.job CASCADE"),
  });
}

/** PostgreSQL refuses to run as root. */
function somebody(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function own(path: string): void {
  const { uid, gid } = somebody();
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

async function served(
  [program = "", ...args]: readonly string[],
  {
    url,
    ready,
    flush,
    onTestFinished,
  }: Pick<TestServer, "url" | "flush"> & Pick<Test, "onTestFinished"> & { readonly ready: () => Promise<unknown> },
): Promise<TestServer> {
  let child: ChildProcess | undefined;
  const ids = program === POSTGRES ? somebody() : {};
  async function restart(): Promise<void> {
    const started = spawn(program, args, { ...ids, stdio: "ignore" });
    child = started;
    for (let tries = 0; ; tries++) {
      try {
        await ready();
        return;
      } catch (error) {
        if (tries === 200) throw error;
        await pause(50);
      }
    }
  }
  async function kill(): Promise<void> {
    const ended = new Promise((resolve) => child?.on("exit", resolve));
    child?.kill("SIGKILL");
    await ended;
  }
  await restart();
  const before: (() => Promise<unknown>)[] = [];
  onTestFinished(async () => {
    await Promise.all(before.map((work) => work()));
    await kill();
  });
  return { url, kill, restart, flush, beforeEnd: (work) => void before.push(work) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
