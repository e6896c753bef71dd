import { readFileSync } from "node:fs";

const PAGE_BYTES = 4096;

/**
 * Bytes of addresses that this process may still take, under a limit as `ulimit -v` sets it; infinite where there is none, or where
 * the system does not tell (proc(5) does on Linux).
 */
export function addressRoom(): number {
  try {
    const [, limit] = /^Max address space +(\d+) /m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    if (limit === undefined) return Number.POSITIVE_INFINITY;
    const [pages = "0"] = readFileSync("/proc/self/statm", "utf8").split(" ");
    return Number(limit) - PAGE_BYTES * Number(pages);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
