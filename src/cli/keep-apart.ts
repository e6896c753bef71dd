import { type BigIntStats, fstatSync } from "node:fs";
import { VshiftError } from "../errors.ts";
import { statusOf } from "../files/status.ts";
import { targetOf } from "../files/target.ts";
import { measuredPaths } from "./measured-sources.ts";
import type { Flags } from "./scenario-input.ts";

/** A file to read, and what it is called: "the file of --config". */
export interface Input {
  readonly path: string;
  readonly name: string;
}

/** Flags that name a file to read, and those that name one to write. */
const READ = ["config", "baseline"] as const;
const WRITTEN = ["output", "junit", "summary", "fix"] as const;

/**
 * A `VshiftError` where a file to write is one that is read, or is written twice: the files themselves count, not their
 * paths and links.
 *
 * inputs  those that no flag names
 */
export function keepApart(flags: Flags, inputs: readonly Input[]): void {
  const outputs = WRITTEN.flatMap((name) => pathOf(flags, name));
  if (outputs.length === 0) return;
  const taken = new Map<string, string>();
  const read = [...READ.flatMap((name) => pathOf(flags, name)), ...found(flags), ...measured(flags)];
  for (const { path, name } of [...read, ...inputs]) {
    const file = path === "-" ? standardInput() : existing(path);
    if (file !== undefined) taken.set(file, name);
  }
  for (const { path, flag, name } of outputs) {
    const file = path === "-" ? undefined : (existing(path) ?? toBe(path));
    if (file === undefined) continue;
    const other = taken.get(file);
    if (other !== undefined) {
      throw new VshiftError({
        code: "conflicting-fields",
        field: flag,
        problem: `${path} is also ${other}, and would be overwritten`,
        hint: "choose another file",
      });
    }
    taken.set(file, name);
  }
}

function pathOf(flags: Flags, name: string): readonly (Input & { readonly flag: string })[] {
  const path = flags[name];
  return typeof path === "string" ? [{ path, flag: `--${name}`, name: `the file of --${name}` }] : [];
}

function found({ foundConfiguration }: Flags): readonly Input[] {
  return foundConfiguration === undefined
    ? []
    : [{ path: foundConfiguration.path, name: "the configuration that is used" }];
}

function measured({ measured }: Flags): readonly Input[] {
  const paths = typeof measured === "string" ? measuredPaths(measured) : [];
  return paths.map((path) => ({ path, name: "the file of --measured" }));
}

/** What tells a plain file from all others; undefined where there is none, and for what can be read and written at a time. */
function existing(path: string): string | undefined {
  const status = statusOf(path);
  return status && identityOf(status);
}

function identityOf(status: BigIntStats): string | undefined {
  return status.isFile() ? `${status.dev}:${status.ino}` : undefined;
}

function standardInput(): string | undefined {
  try {
    return identityOf(fstatSync(0, { bigint: true }));
  } catch {
    return undefined;
  }
}

/** Where a file will be; undefined where none can be, or where something other than a plain file is. */
function toBe(path: string): string | undefined {
  try {
    return statusOf(path) === undefined ? targetOf(path) : undefined;
  } catch {
    return undefined;
  }
}
