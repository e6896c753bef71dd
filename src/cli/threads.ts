import { availableParallelism } from "node:os";
import { THREADS } from "../executor/thread-count.ts";
import { typed } from "../scenario/typed.ts";
import type { Flags } from "./scenario-input.ts";

/** As many threads as the flag says, else as the machine runs at a time. */
export function threadsFrom({ threads }: Flags): number {
  if (threads === undefined) return availableParallelism();
  const count = typed("number", threads as string);
  THREADS(count, "--threads");
  return Number(count);
}
