import { availableParallelism } from "node:os";
import { checkedThreads } from "../executor/thread-count.ts";
import type { Flags } from "./scenario-input.ts";

/** As many threads as the flag says, else as the machine runs at a time. */
export function threadsFrom({ threads }: Flags): number {
  return threads === undefined ? availableParallelism() : checkedThreads(threads as string, "--threads");
}
