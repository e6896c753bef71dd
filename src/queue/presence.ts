import { hostname } from "node:os";
import { pid as ownPid } from "node:process";
import { KERNEL_FINGERPRINT } from "../kernel/fingerprint.ts";
import { QUEUE, queueOf, VERSIONS_QUEUE } from "./jobs.ts";
import { type JobQueue, quietQueue, type Server } from "./server.ts";

/** A worker that is connected. */
export interface Colleague {
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
}

/** What a worker calls itself at the server. */
export function ownName(threads: number): string {
  // Spaces would end a name for Redis, and what is not ASCII it refuses.
  return `${hostname().replace(/[^\w.-]/g, "-")}/${ownPid}/${threads}`;
}

/** "host (process 12)", of a worker by its name; any other name unchanged. */
export function workerInWords(name: string): string {
  const [, host, pid] = NAME.exec(name) ?? [];
  return host === undefined ? name : `${host} (process ${pid})`;
}

const NAME = /([\w.-]+)\/(\d+)\/(\d+)$/;

/** Who takes work from a queue; undefined where the server does not say. */
export async function workersOf(queue: JobQueue): Promise<readonly Colleague[] | undefined> {
  const clients = await queue.getWorkers();
  const seen = clients.flatMap((client): readonly Colleague[] => {
    const [, host, pid, threads] = NAME.exec(client.rawname ?? client.name ?? "") ?? [];
    return host === undefined ? [] : [{ host, pid: Number(pid), threads: Number(threads) }];
  });
  return seen.length === 0 && clients.length > 0 ? undefined : seen;
}

export function threadsOf(workers: readonly Colleague[] | undefined): number {
  return workers?.reduce((sum, { threads }) => sum + threads, 0) ?? 0;
}

/** Leaves word that somebody works here with this engine version. */
export async function registerVersion(server: Server): Promise<void> {
  const queue = quietQueue(server, VERSIONS_QUEUE);
  try {
    await queue.add("version", { version: KERNEL_FINGERPRINT }, { jobId: QUEUE });
  } finally {
    await queue.close();
  }
}

/** Other engine versions that have workers now. */
export async function otherVersions(server: Server): Promise<readonly string[]> {
  const registry = quietQueue(server, VERSIONS_QUEUE);
  try {
    const known = await registry.getJobs(["waiting"]);
    const others = known
      .map(({ data }) => (data as { readonly version: string }).version)
      .filter((version) => version !== KERNEL_FINGERPRINT);
    const present = others.map(async (version) => {
      const queue = quietQueue(server, queueOf(version));
      const workers = await workersOf(queue).finally(() => queue.close());
      return workers === undefined || workers.length === 0 ? [] : [version];
    });
    return (await Promise.all(present)).flat();
  } finally {
    await registry.close();
  }
}
