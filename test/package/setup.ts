import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { chromiumPath } from "../engines/installed-chromium.ts";
import { otherNodes } from "../engines/installed-nodes.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder that has the packed package installed in its node_modules, and nothing else. */
    readonly installed: string;
  }
}

/** Before the tests of the package: packs it and installs the tarball, as a user gets it, in a folder that is awkward to name. */
export default function setup({ provide }: TestProject): () => void {
  const root = mkdtempSync(join(tmpdir(), "vshift-package-"));
  const folder = join(root, "ein Ordner für vshift");
  mkdirSync(folder);
  // What npm tells its scripts of the repository, such as its settings, stays here.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const npm = (args: readonly string[], cwd: string) =>
    execFileSync("npm", [...args, "--ignore-scripts"], { cwd, env, encoding: "utf8", stdio: "pipe" });
  const [{ filename }] = JSON.parse(npm(["pack", "--json", "--pack-destination", root], "."));
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  npm(["install", "--offline", "--no-audit", "--no-fund", join(root, filename)], folder);
  provide("installed", folder);
  provide("otherNodes", otherNodes());
  provide("chromium", chromiumPath() ?? "");
  return () => rmSync(root, { recursive: true });
}
