import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import manifest from "./nodes/package.json" with { type: "json" };

/** A version of Node to run programs with, and why there is none when there is none. */
export interface OtherNode {
  readonly major: number;
  readonly executable?: string;
}

const FOLDER = resolve("test/engines/nodes");
/** Packages of `manifest`, which are named "platform-architecture-major". */
const PACKAGES = Object.entries(manifest.optionalDependencies).map(([name, specifier]) => ({
  name,
  major: Number(name.replace(/.*-/, "")),
  version: specifier.replace(/.*@/, ""),
  executable: join(FOLDER, "node_modules", name, "bin", "node"),
}));

/**
 * The Nodes of test/engines/nodes, installed there by npm unless they are: 200 MB to load, once. Where there are none for
 * this platform, or none can be had, a line on stderr says so and they are without executable; in CI, those that should be
 * there keep it, so that tests that miss them fail.
 */
export function otherNodes(): readonly OtherNode[] {
  const platform = `${process.platform}-${process.arch}`;
  const here = PACKAGES.filter(({ name }) => name.startsWith(`${platform}-`));
  if (here.length === 0) return none(`test/engines/nodes has none for ${platform}`);
  const complaint = here.every(isThere) ? "" : install();
  const missing = here.filter((node) => !isThere(node)).map(({ name }) => name);
  if (missing.length === 0) return here;
  const absent = none(`no ${missing.join(", ")} that runs after npm ci --prefix test/engines/nodes; ${complaint}`);
  return process.env.CI === "true" ? here : absent;
}

function none(reason: string): readonly OtherNode[] {
  console.warn(`No tests on other versions of Node: ${reason}`);
  return [...new Set(PACKAGES.map(({ major }) => major))].map((major) => ({ major }));
}

function isThere({ executable, version }: (typeof PACKAGES)[number]): boolean {
  try {
    return execFileSync(executable, ["--version"], { encoding: "utf8", stdio: "pipe" }).trim() === `v${version}`;
  } catch {
    return false;
  }
}

/** What went wrong, as far as npm says: it passes over an optional package that it cannot load. */
function install(): string {
  const quick = ["--no-bin-links", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retry-mintimeout=1000"];
  try {
    execFileSync("npm", ["ci", "--prefix", FOLDER, ...quick], { stdio: "pipe" });
    return "is there a network?";
  } catch (cause) {
    return String(cause).trim();
  }
}
