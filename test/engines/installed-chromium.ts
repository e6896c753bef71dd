import { execFileSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The path of a Chromium: CHROMIUM_PATH, or one on PATH. In CI on Debian, as root, it is installed where there is none, and
 * named even if that fails, so that the tests do; elsewhere a line on stderr says how to get one.
 */
export function chromiumPath(): string | undefined {
  const found = process.env.CHROMIUM_PATH || onPath();
  if (found !== undefined) return found;
  if (process.env.CI === "true" && isRootOnDebian()) {
    install();
    return onPath() ?? "/usr/bin/chromium";
  }
  console.warn("No tests in a browser: install Chromium (Debian: apt install chromium) or set CHROMIUM_PATH");
  return undefined;
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isRootOnDebian(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

function install(): void {
  const options = { stdio: "pipe", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
  try {
    execFileSync("apt-get", ["update", "-q"], options);
    execFileSync("apt-get", ["install", "-yq", "--no-install-recommends", "chromium"], options);
  } catch (cause) {
    console.warn(String(cause).trim());
  }
}
