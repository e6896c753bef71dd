import { setTimeout as pause } from "node:timers/promises";
import { nativeDigest } from "../files/native-digest.ts";
import { sharedFloats } from "../numeric/shared-memory.ts";
import type { Arrays, RealArray } from "../scenario/arrays.ts";
import { ARRAYS_QUEUE, type JobData } from "./jobs.ts";
import { type JobQueue, quietQueue, type Server } from "./server.ts";

// Arrays of files travel by their digests, once for each worker: a queue that nobody takes from holds them in pieces.

/** Numbers in a piece: 1 MB. */
const PIECE = 2 ** 18;

export function arraysQueue(server: Server): JobQueue {
  return quietQueue(server, ARRAYS_QUEUE);
}

/** Puts those on the server that are not there. */
export async function sendArrays(queue: JobQueue, arrays: Arrays): Promise<void> {
  for (const [digest, { rows, columns, values }] of arrays) {
    const pieces = Math.ceil(values.length / PIECE);
    // The first piece is put there last: where it is, all are.
    if ((await queue.getJobState(`${digest}-0`)) !== "unknown") continue;
    for (let piece = pieces - 1; piece >= 0; piece--) {
      const part = values.subarray(piece * PIECE, (piece + 1) * PIECE);
      const text = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64");
      const holds = `${rows} ${columns}`;
      await queue.add("array", { holds, text } satisfies JobData, { jobId: `${digest}-${piece}` });
    }
  }
}

/** Takes them from the server. */
export async function removeArrays(queue: JobQueue, arrays: Arrays): Promise<void> {
  for (const [digest, { values }] of arrays) {
    for (let piece = 0; piece < Math.ceil(values.length / PIECE); piece++) await queue.remove(`${digest}-${piece}`);
  }
}

/** Who needs an array puts it back in its next round, if somebody else removed it. */
const TRIES = 6;
const PAUSE_MS = 1000;

/** Fetches an array, waiting some seconds for one that is not there; undefined where it does not come, or is not whole. */
export async function fetchArray(queue: JobQueue, digest: string): Promise<RealArray | undefined> {
  for (let tries = 1; ; tries++) {
    const array = await heldArray(queue, digest);
    if (array !== undefined || tries === TRIES) return array;
    await pause(PAUSE_MS);
  }
}

async function heldArray(queue: JobQueue, digest: string): Promise<RealArray | undefined> {
  const first = await queue.getJob(`${digest}-0`);
  if (first === undefined || first === null) return undefined;
  const [rows = 0, columns = 0] = (first.data as JobData).holds.split(" ").map(Number);
  if (!Number.isSafeInteger(rows * columns)) return undefined;
  const values = sharedFloats(rows * columns);
  for (let piece = 0; piece * PIECE < values.length; piece++) {
    const job = piece === 0 ? first : await queue.getJob(`${digest}-${piece}`);
    if (job === undefined || job === null) return undefined;
    const bytes = new Uint8Array(Buffer.from((job.data as JobData).text, "base64"));
    const part = new Float32Array(bytes.buffer);
    if (piece * PIECE + part.length > values.length) return undefined;
    values.set(part, piece * PIECE);
  }
  const array = { rows, columns, values };
  return nativeDigest(array) === digest ? array : undefined;
}
