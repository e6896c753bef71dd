import { setTimeout as pause } from "node:timers/promises";
import { VshiftError } from "../errors.ts";
import { type JobData, QUEUE, unpacked, type Work } from "./jobs.ts";
import { otherVersions, threadsOf, workerInWords, workersOf } from "./presence.ts";
import { isLasting, type JobQueue, obstacle, type Server } from "./server.ts";

/** A job to have done. */
export interface Request {
  /** Of the work, see `nameOf`. */
  readonly name: string;
  readonly kind: Work["kind"];
  /** What it is of, for people. */
  readonly holds: string;
  /** The work, packed. */
  readonly text: string;
}

/** Has work done by the workers of a queue. */
export interface QueueClient {
  /**
   * Has a job done and gives its answer, a text. Who asked for the same before may have had it done already. Rejects where no worker
   * could do it.
   */
  ask(request: Request): Promise<string>;
  /** Whether a job of that name is on the server, done or not. */
  isKnown(name: string): Promise<boolean>;
  /** Drops an answer that was used. */
  forget(name: string): Promise<void>;
  /** Who gave an answer, in words. */
  author(name: string): Promise<string>;
  /** Threads of the workers that are there, as far as is known. */
  threads(): number;
  /** Ends; withdraws what nobody has begun. Whether work of anybody is left in the queue, as far as is known. */
  close(): Promise<{ readonly isLeft: boolean }>;
}

interface ClientOptions {
  readonly say: (words: string) => void;
  /** Puts back what the work needs besides its jobs, where the server lost it, or somebody else removed it. */
  readonly restore?: (() => Promise<void>) | undefined;
}

/** How often a worker may try a job. */
const ATTEMPTS = 3;
/** Milliseconds until another worker may try: by then the one that could not has others in hand. */
const BACKOFF_MS = 1000;
/** Answers that nobody fetched stay for a week. The same for all jobs: one that is done drops all that are older than it may be. */
const KEPT_S = 7 * 86_400;
/** Events that the server keeps: each has an answer in it. What is missed is seen by the next round. */
const EVENTS = 8;
const ROUND_MS = 2000;
const ROUNDS_TO_COUNT = 5;
/** Milliseconds that a server which is away delays the end. */
export const GOODBYE_MS = 3000;

interface OpenJob {
  readonly request: Request;
  readonly resolve: (answer: string) => void;
  readonly reject: (reason: unknown) => void;
  /** Whether it was seen before: what failed until then was another run's. */
  isSeen: boolean;
  /** Whether it was added from here; others may wait for one that was there. */
  isOwn: boolean;
}

/** The queue as whoever hands over work sees it. */
export function workQueue({ Queue, connection }: Server): JobQueue {
  return new Queue(QUEUE, { connection, streams: { events: { maxLen: EVENTS } } });
}

/** Adds jobs; those that are there already stay unchanged. */
export async function addJobs(queue: JobQueue, requests: readonly Request[]): Promise<void> {
  const kept = { age: KEPT_S };
  const backoff = { type: "fixed", delay: BACKOFF_MS };
  const opts = { attempts: ATTEMPTS, backoff, removeOnComplete: kept, removeOnFail: kept };
  await queue.addBulk(
    requests.map(({ name, kind, holds, text }) => ({
      name: kind,
      data: { holds, text } satisfies JobData,
      opts: { ...opts, jobId: name },
    })),
  );
}

/**
 * Connects a client to a server. Jobs are followed by its events, and in rounds: an event that was missed, a job that the server lost,
 * and a server that is away for a time only cost time.
 */
export async function createClient(server: Server, { say, restore }: ClientOptions): Promise<QueueClient> {
  const { QueueEvents, connection, address } = server;
  const queue = workQueue(server);
  const events = new QueueEvents<string>(QUEUE, { connection });
  const open = new Map<string, OpenJob>();
  /** Names of jobs that were asked for, and not seen yet. */
  let fresh: string[] = [];
  /** What is being done at the server. */
  const inHand = new Set<Promise<void>>();
  let isFlushing = false;
  let isAway = false;
  let isClosed = false;
  let isInRound = false;
  let rounds = 0;
  let threads = 0;
  let toldOfWorkers = "";

  const away = (error: Error) => {
    if (isAway || isClosed) return;
    if (isLasting(error)) {
      for (const [name, { reject }] of open) {
        open.delete(name);
        reject(obstacle(address, error));
      }
      return;
    }
    isAway = true;
    const { problem } = obstacle(address, error);
    say(`${problem}; waiting for it`);
  };
  const back = () => {
    if (isAway) say(`${address.shown} answers again`);
    isAway = false;
  };
  queue.on("error", away);
  events.on("error", away);
  events.on("completed", ({ jobId, returnvalue }) => settle(jobId, returnvalue));
  events.on("failed", ({ jobId }) => void attempt(() => see([jobId])));
  try {
    await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
    await countWorkers();
  } catch (error) {
    throw obstacle(address, error as Error);
  }
  const clock = setInterval(() => void round(), ROUND_MS);

  /** Does something at the server; what it cannot do now, the next round does. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    const done = work().then(back, away);
    inHand.add(done);
    await done;
    inHand.delete(done);
  }

  /** Asks the server until it answers; nothing comes of it once the client has ended. */
  async function insist<Value>(question: () => Promise<Value>): Promise<Value | undefined> {
    for (;;) {
      let answer: { readonly value: Value } | undefined;
      await attempt(async () => {
        answer = { value: await question() };
      });
      if (answer !== undefined || isClosed) return answer?.value;
      await pause(ROUND_MS);
    }
  }

  function settle(name: string, answer: unknown): void {
    const job = open.get(name);
    if (job === undefined) return;
    open.delete(name);
    job.resolve(typeof answer === "string" ? unpackedOrEmpty(answer) : "");
  }

  /** Looks what became of jobs: takes answers and failures, and adds again what the server does not know. */
  async function see(names: readonly string[]): Promise<void> {
    const states = await Promise.all(names.map((name) => queue.getJobState(name)));
    const lost: Request[] = [];
    for (const [index, name] of names.entries()) {
      const job = open.get(name);
      if (job === undefined) continue;
      const state = states[index];
      if (state === "unknown") lost.push(job.request);
      else if (state === "completed") {
        const done = await queue.getJob(name);
        // Somebody else who waited for it may have used it, and removed it.
        if (done === undefined || done === null) lost.push(job.request);
        else settle(name, done.returnvalue);
      } else if (state === "failed") {
        const failed = await queue.getJob(name);
        await queue.remove(name);
        if (job.isSeen) {
          open.delete(name);
          job.reject(failure(failed?.failedReason ?? ""));
        } else lost.push(job.request);
      }
      job.isSeen = true;
    }
    if (lost.length === 0) return;
    await restore?.();
    await addJobs(queue, lost);
    for (const { name } of lost) {
      const job = open.get(name);
      if (job !== undefined) job.isOwn = true;
    }
  }

  function failure(reason: string): VshiftError {
    return new VshiftError({
      code: "invalid-value",
      field: address.field,
      problem: `no worker could do a part of the work (${reason || "it was given up"})`,
      hint: "read what the workers say, and run the same command again",
    });
  }

  async function flush(): Promise<void> {
    isFlushing = true;
    while (fresh.length > 0 && !isClosed) {
      const names = fresh;
      fresh = [];
      await attempt(() => see(names));
    }
    isFlushing = false;
  }

  async function round(): Promise<void> {
    if (isInRound || isClosed) return;
    isInRound = true;
    await attempt(async () => {
      if (open.size > 0) await restore?.();
      await see([...open.keys()]);
      if (rounds++ % ROUNDS_TO_COUNT === 0) await countWorkers();
    });
    isInRound = false;
  }

  async function countWorkers(): Promise<void> {
    const workers = await workersOf(queue);
    threads = threadsOf(workers);
    if (workers === undefined || workers.length > 0) {
      toldOfWorkers = "";
      return;
    }
    const others = await otherVersions(server);
    const words =
      others.length > 0
        ? `the workers at ${address.shown} are of another engine version (${others.map((each) => `${each.slice(0, 12)}…`).join(", ")}), and take no work of this one; start workers of this vshift`
        : `no worker takes work from ${address.shown} yet; start one with vshift worker ${address.shown}`;
    if (words !== toldOfWorkers) say(words);
    toldOfWorkers = words;
  }

  return {
    ask(request) {
      return new Promise((resolve, reject) => {
        open.set(request.name, { request, resolve, reject, isSeen: false, isOwn: false });
        fresh.push(request.name);
        if (!isFlushing) {
          isFlushing = true;
          // With others that are asked for now, in one message.
          setImmediate(() => void flush());
        }
      });
    },
    async isKnown(name) {
      const state = await insist(() => queue.getJobState(name));
      return state !== undefined && state !== "unknown";
    },
    forget: (name) => attempt(async () => void (await queue.remove(name))),
    async author(name) {
      const job = await queue.getJob(name).catch(() => undefined);
      return workerInWords(job?.processedBy ?? "");
    },
    threads: () => threads,
    async close() {
      if (isClosed) return { isLeft: true };
      isClosed = true;
      clearInterval(clock);
      const goodbye = async () => {
        // Nothing may be added behind what is withdrawn.
        await Promise.all(inHand);
        // What was left to the workers, or somebody else added, is not ours to withdraw.
        const unfinished = [...open].filter(([, { isOwn }]) => isOwn).map(([name]) => name);
        // What a worker has in hand is locked, and stays.
        await Promise.all(unfinished.map((name) => queue.remove(name).catch(() => 0)));
        const { waiting, active } = await queue.getJobCounts("waiting", "active");
        if (waiting === 0 && active === 0) await queue.trimEvents(0);
        await Promise.all([queue.close(), events.close()]);
        return { isLeft: waiting !== 0 || active !== 0 };
      };
      return (await atMost(GOODBYE_MS, goodbye())) ?? { isLeft: true };
    },
  };
}

/** What comes of some work, if it comes in time; a failure is nothing. */
export function atMost<Value>(milliseconds: number, work: Promise<Value>): Promise<Value | undefined> {
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), milliseconds).unref();
  });
  return Promise.race([work.catch(() => undefined), late]);
}

/** Nothing where it is not the text of an answer: whoever checks it refuses that. */
function unpackedOrEmpty(answer: string): string {
  try {
    return unpacked(answer);
  } catch {
    return "";
  }
}
