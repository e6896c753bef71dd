// The quick answer while one works: types, style, and the unit tests that a change can reach.
import { execFileSync } from "node:child_process";
import { type Step, sideBySide } from "./side-by-side.ts";

const base = baseOf("main") ?? baseOf("origin/main") ?? "HEAD";
const changed = [...names("diff", "--name-only", "--diff-filter=d", base), ...untracked()];
const statistical = changed.filter((path) => path.endsWith(".statistical.test.ts"));

if (changed.length === 0) process.stdout.write(`nothing has changed since ${base.slice(0, 10)}: no tests to run\n`);
const isGood = await sideBySide([
  { name: "types", command: npx("tsc", "--incremental", "--tsBuildInfoFile", "node_modules/.cache/fast.tsbuildinfo") },
  { name: "style", command: npx("biome", "check", "--error-on-warnings") },
  ...tests(),
]);
if (!isGood) process.exitCode = 1;

function tests(): readonly Step[] {
  if (changed.length === 0) return [];
  const vitest = (...flags: readonly string[]) => npx("vitest", "run", "--silent", ...flags);
  const own = { name: "statistical tests", command: vitest("--project", "statistical", ...statistical) };
  return [
    { name: "unit tests", command: vitest("--project", "source", "--changed", base, "--passWithNoTests") },
    ...(statistical.length === 0 ? [] : [own]),
  ];
}

/** Where this branch left another one; HEAD on that branch itself, undefined where there is none of that name. */
function baseOf(branch: string): string | undefined {
  try {
    return git("merge-base", "HEAD", branch).trim();
  } catch {
    return undefined;
  }
}

function untracked(): string[] {
  return names("ls-files", "--others", "--exclude-standard");
}

function names(...args: readonly string[]): string[] {
  return git(...args)
    .split("\n")
    .filter((name) => name !== "");
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

function npx(...command: readonly string[]): readonly string[] {
  return ["npx", "--no-install", ...command];
}
