import type { BackendClasses, IQueueBackend } from "bullmq";
import { VshiftError } from "../errors.ts";
import type { Address } from "./address.ts";

type AnyBackend = BackendClasses<IQueueBackend, unknown>;
export type JobQueue = InstanceType<AnyBackend["Queue"]>;

/** A server that holds queues, and answered. */
export interface Server extends Pick<AnyBackend, "Queue" | "QueueEvents" | "Worker"> {
  readonly address: Address;
  /** What BullMQ connects by. */
  readonly connection: unknown;
}

/** A queue next to the one of the work, which says that the server is away. */
export function quietQueue({ Queue, connection }: Server, name: string): JobQueue {
  const queue: JobQueue = new Queue(name, { connection });
  queue.on("error", () => {});
  return queue;
}

/** Milliseconds in which a server answers, or is missing. */
const PATIENCE_MS = 5000;

/**
 * Connects to a server once, to see that it answers, takes the password, and keeps what it is given; a `VshiftError` that says what to do
 * where it does not. Loads BullMQ and the client of that server, which the user has installed.
 */
export async function serverAt(address: Address): Promise<Server> {
  const bullmq = await loaded("bullmq", address, () => import("bullmq"));
  if (address.kind === "postgres") {
    const { default: pg } = await loaded("pg", address, () => import("pg"));
    await probePostgres(pg, address);
    const { Queue, QueueEvents, Worker } = bullmq.withBackend(bullmq.createPostgresBackend);
    const connection = { connectionString: address.url, migrate: true, max: 4 };
    return { ...({ Queue, QueueEvents, Worker } as unknown as AnyBackend), address, connection };
  }
  const { Redis } = await loaded("ioredis", address, () => import("ioredis"));
  await probeRedis(Redis, address);
  const { Queue, QueueEvents, Worker } = bullmq;
  // Commands wait for a server that is away, however long it takes.
  const connection = { url: address.url, maxRetriesPerRequest: null };
  return { ...({ Queue, QueueEvents, Worker } as unknown as AnyBackend), address, connection };
}

const PACKAGES: { readonly [Kind in Address["kind"]]: string } = { redis: "bullmq ioredis", postgres: "bullmq pg" };

async function loaded<Module>(
  name: string,
  { kind, field, shown }: Address,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
    throw new VshiftError({
      code: "invalid-value",
      field,
      problem: `${shown} needs the package ${name}, which is not installed next to vshift`,
      hint: `run npm install ${PACKAGES[kind]}`,
      cause,
    });
  }
}

async function probeRedis(Redis: typeof import("ioredis")["Redis"], address: Address): Promise<void> {
  const client = new Redis(address.url, {
    ...{ lazyConnect: true, connectTimeout: PATIENCE_MS, retryStrategy: () => null, maxRetriesPerRequest: 0 },
  });
  // The promise of connecting says only that the connection is closed.
  let last: Error | undefined;
  client.on("error", (error) => {
    last ??= error;
  });
  try {
    await client.connect();
    const policy = /maxmemory_policy:(\S+)/.exec(await client.info("memory"))?.[1];
    if (policy !== undefined && policy !== "noeviction") {
      throw refused(
        address,
        `may delete what it holds (maxmemory-policy is ${policy})`,
        "set maxmemory-policy to noeviction",
      );
    }
  } catch (error) {
    throw error instanceof VshiftError ? error : obstacle(address, last ?? (error as Error));
  } finally {
    client.disconnect();
  }
}

async function probePostgres({ Client }: Pick<typeof import("pg"), "Client">, address: Address): Promise<void> {
  let client: InstanceType<typeof Client> | undefined;
  try {
    client = new Client({ connectionString: address.url, connectionTimeoutMillis: PATIENCE_MS });
    client.on("error", () => {});
    await client.connect();
  } catch (error) {
    throw obstacle(address, error as Error);
  } finally {
    await client?.end().catch(() => {});
  }
}

/** Whether an error is the server's answer, and will be so again: a right that is missing, or memory that is full. */
export function isLasting({ code = "", message }: Error & { readonly code?: string }): boolean {
  return code === NO_RIGHT || /^(?:NOPERM|OOM|NOAUTH|WRONGPASS)/.test(message);
}

const NO_RIGHT = "42501";

/** Codes of PostgreSQL for a user or a password that it does not take. */
const REFUSED_BY_POSTGRES = ["28000", "28P01"];
const NO_DATABASE = "3D000";

/** Why a server is of no use, from what its client threw. */
export function obstacle(address: Address, error: Error & { readonly code?: string }): VshiftError {
  const { code = "", message } = error;
  const { kind } = address;
  if (
    /^(?:NOAUTH|WRONGPASS|ERR AUTH)/.test(message) ||
    REFUSED_BY_POSTGRES.includes(code) ||
    /SASL|no password/.test(message)
  ) {
    const example = kind === "redis" ? "redis://USER:PASSWORD@HOST" : "postgres://USER:PASSWORD@HOST/DATABASE";
    return refused(address, "refuses the user or the password", `write them into the address, as in ${example}`, error);
  }
  if (code === NO_RIGHT || message.startsWith("NOPERM")) {
    return refused(address, "lets this user do too little", "give it the rights that docs/CLUSTER.md names", error);
  }
  if (message.startsWith("OOM")) return refused(address, "has no memory left", "raise its maxmemory", error);
  if (code === NO_DATABASE) return refused(address, "has no such database", "create it, or name another one", error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) {
    return refused(
      address,
      `has a certificate that is not trusted here (${code})`,
      "set NODE_EXTRA_CA_CERTS to the file of the authority that signed it",
      error,
    );
  }
  return refused(address, `does not answer (${code || message})`, "start the server, or correct the address", error);
}

function refused({ shown, field }: Address, problem: string, hint: string, cause?: unknown): VshiftError {
  return new VshiftError({ code: "invalid-value", field, problem: `${shown} ${problem}`, hint, cause });
}
