import { VshiftError } from "../errors.ts";
import { printable } from "../printable.ts";

/** Where a queue is. */
export interface Address {
  readonly kind: "redis" | "postgres";
  /** With its password. */
  readonly url: string;
  /** What may be printed: without user, password and parameters. */
  readonly shown: string;
  /** What an error calls it: the flag or the operand that it came from. */
  readonly field: string;
}

const KINDS: { readonly [Protocol: string]: Address["kind"] } = {
  "redis:": "redis",
  "rediss:": "redis",
  "postgres:": "postgres",
  "postgresql:": "postgres",
};

/** Reads "redis://…", "rediss://…" or "postgres://…"; a `VshiftError`, which shows no password, for anything else. */
export function addressOf(url: string, field: string): Address {
  const parsed = URL.parse?.(url) ?? parsedOrNull(url);
  const kind = parsed === null ? undefined : KINDS[parsed.protocol];
  // A database may be behind a socket, which the parameters say.
  if (parsed === null || kind === undefined || (kind === "redis" && parsed.hostname === "")) {
    throw new VshiftError({
      code: "invalid-value",
      field,
      problem: `${JSON.stringify(printable(withoutPassword(url)))} is not the address of a queue`,
      hint: "write redis://HOST:6379, rediss://… with TLS, or postgres://HOST/DATABASE",
    });
  }
  return { kind, url, shown: `${parsed.protocol}//${parsed.host}${parsed.pathname}`, field };
}

/** `URL.parse` is new in Node 22. */
function parsedOrNull(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/.*@/s, "//…@");
}
