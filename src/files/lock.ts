import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { env, kill, pid } from "node:process";

/** A file is written by one process at a time: whoever holds its lock. */
export interface Lock {
  /** Whether nobody took it away. */
  isHeld(): boolean;
  release(): void;
}

/** The process that holds a lock. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When it began, in the clock of its machine: a number that is used again is another process. Null where that is unknown. */
  readonly began: string | null;
  /** The job of a scheduler that it was part of, and which attempt at it; left out where it was of none. */
  readonly job?: { readonly id: string; readonly attempt: number };
}

/** Somebody else holds the lock. */
export class Locked extends Error {
  override readonly name = "Locked";
  readonly path: string;
  readonly holder: Holder;

  constructor(path: string, holder: Holder) {
    super(`process ${holder.pid} on ${holder.host} writes to it`);
    this.path = path;
    this.holder = holder;
  }
}

/**
 * Takes the lock of a file, a small file next to it that says who has it; throws `Locked` where another process does.
 *
 * target   the file itself, and no link to it
 *
 * The lock of a process of this machine that has ended, as one that was killed, is taken over, and so is that of an earlier attempt at
 * this job, which its scheduler has ended on any machine. Whether another process of another machine runs cannot be seen from here.
 */
export function lockOf(target: string): Lock {
  const path = `${target}.lock`;
  const own = `${JSON.stringify({ pid, host: hostname(), began: beginning(pid), ...ownJob() } satisfies Holder)}\n`;
  for (;;) {
    if (isCreated(path, own)) return heldLock(path);
    const text = textOf(path) || settledText(path);
    if (text === undefined) continue;
    const holder = text === "" ? undefined : holderIn(path, text);
    if (holder !== undefined && isRunning(holder)) throw new Locked(path, holder);
    // Where two processes come to this at once, the one whose lock is taken away finds out before it writes.
    if (textOf(path) === text) rmSync(path, { force: true });
  }
}

function heldLock(path: string): Lock {
  const own = statSync(path, { bigint: true });
  // A file system may give the number of a file that was removed to the next one at once.
  const isHeld = () => {
    const now = statSync(path, { bigint: true, throwIfNoEntry: false });
    return now?.ino === own.ino && now.mtimeNs === own.mtimeNs;
  };
  return {
    isHeld,
    release() {
      if (isHeld()) rmSync(path, { force: true });
    },
  };
}

/** Makes the lock; false where there is one. */
function isCreated(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Milliseconds in which a process that has made its lock has written into it. */
const WRITTEN_MS = 100;

/** The text of a lock that was empty, as a crash leaves it and as each is for an instant. */
function settledText(path: string): string | undefined {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITTEN_MS);
  return textOf(path);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Throws for what no process of ours wrote, which is not ours to take away. An empty lock is what a crash of the machine left. */
function holderIn(path: string, text: string): Holder {
  try {
    const { pid, host, began, job } = JSON.parse(text) as Holder;
    const holder = { pid, host, began };
    if (Number.isSafeInteger(pid) && typeof host === "string") return job === undefined ? holder : { ...holder, job };
  } catch {}
  throw new Error(`${path} exists and is not a lock of vshift`);
}

/** The variables in which schedulers say which job this is, and which attempt. */
const JOBS = [
  { id: "SLURM_JOB_ID", attempt: "SLURM_RESTART_COUNT" },
  { id: "AWS_BATCH_JOB_ID", attempt: "AWS_BATCH_JOB_ATTEMPT" },
] as const;

function ownJob(): Pick<Holder, "job"> {
  const of = JOBS.find((variables) => env[variables.id]);
  return of === undefined ? {} : { job: { id: env[of.id] ?? "", attempt: Number(env[of.attempt] ?? 0) } };
}

/** Whether a scheduler ended the job of a lock to begin this attempt at it. */
function isEarlierAttempt({ job }: Holder): boolean {
  const own = ownJob().job;
  return job !== undefined && own !== undefined && job.id === own.id && job.attempt < own.attempt;
}

function isRunning(holder: Holder): boolean {
  if (isEarlierAttempt(holder)) return false;
  if (holder.host !== hostname()) return true;
  try {
    kill(holder.pid, 0);
  } catch (error) {
    // A process of somebody else's may not be asked, and runs.
    if (codeOf(error) === "ESRCH") return false;
  }
  const began = beginning(holder.pid);
  return began === null || holder.began === null || began === holder.began;
}

/** When a process began, in ticks since the machine did (Linux, proc(5)); null where nothing tells. */
function beginning(id: number): string | null {
  try {
    // The second field is a name in brackets that may hold spaces; the 22nd is the 20th after it.
    const [, rest = ""] = /.*\) (.*)$/s.exec(readFileSync(`/proc/${id}/stat`, "utf8")) ?? [];
    return rest.split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
