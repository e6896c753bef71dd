import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether the project has seen to it that dist/ is newer than the sources. */
    readonly isBuilt: true;
  }
}

const SOURCES = [".ci", "bin", "src", "package.json", "tsdown.config.ts"];
const LIBRARY = ["dist/index.cjs", "dist/index.mjs", "dist/vitest.cjs", "dist/vitest.mjs"];
const BUILT = ["dist/bin/vshift.cjs", ...LIBRARY, "dist/schema/record.json", "dist/man/vshift.1"];

/** Before the tests that run what is built. */
export default function setup({ provide }: TestProject): void {
  buildUnlessFresh();
  provide("isBuilt", true);
}

/** Builds, unless what is built is newer than all that it is built from. */
export function buildUnlessFresh(): void {
  const lastChange = Math.max(...SOURCES.map(changed));
  if (BUILT.every((file) => changed(file) > lastChange)) return;
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}

/** When a file, or the newest in a folder, was last written, in milliseconds; −∞ if it does not exist. */
function changed(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return Number.NEGATIVE_INFINITY;
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(...readdirSync(path).map((entry) => changed(`${path}/${entry}`)));
}
