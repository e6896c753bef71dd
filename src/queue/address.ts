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
  const parsed = parsedOrNull(url);
  const kind = parsed === null ? undefined : KINDS[parsed.protocol];
  if (parsed === null || kind === undefined || !isWhole(parsed, kind)) {
    throw new VshiftError({
      code: "invalid-value",
      field,
      problem: `${JSON.stringify(printable(withoutPassword(url)))} is not the address of a queue`,
      hint: "write redis://HOST:6379, rediss://… with TLS, or postgres://HOST/DATABASE, with % escapes in a password",
    });
  }
  return { kind, url, shown: `${parsed.protocol}//${parsed.host}${parsed.pathname}`, field };
}

/** Whether a client can read all of it; an "@" behind the host is of a password that was not escaped. */
function isWhole({ hostname, pathname, username, password, hash, search }: URL, kind: Address["kind"]): boolean {
  try {
    decodeURIComponent(`${username}:${password}`);
  } catch {
    return false;
  }
  if (pathname.includes("@") || hash !== "") return false;
  // A database may be behind a socket, which the parameters say; one of Redis is a number.
  if (kind === "postgres") return true;
  const database = new URLSearchParams(search).get("db") ?? "0";
  return hostname !== "" && /^\/?\d*$/.test(pathname) && /^\d+$/.test(database);
}

/** As `URL.parse`, which is new in Node 22. */
function parsedOrNull(url: string): URL | null {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/** What may be a password is before the last "@", behind a "?", or anything where there is no host to be seen. */
function withoutPassword(url: string): string {
  const [, scheme = ""] = /^(\w+:\/\/)/.exec(url) ?? [];
  const rest = url.slice(scheme.length).replace(/[?#].*$/s, "");
  const host = rest.slice(rest.lastIndexOf("@") + 1);
  return `${scheme}${host === rest ? "" : "…@"}${host}`;
}
