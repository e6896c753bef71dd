import { installOnDebian, programPath } from "../debian.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The path of a Chromium: CHROMIUM_PATH, or one on PATH. In CI on Debian, as root, it is installed where there is none, and
 * named even if that fails, so that the tests do; elsewhere a line on stderr says how to get one.
 */
export function chromiumPath(): string | undefined {
  const found = process.env.CHROMIUM_PATH || programPath(NAMES);
  if (found !== undefined) return found;
  if (installOnDebian("chromium")) return programPath(NAMES) ?? "/usr/bin/chromium";
  console.warn("No tests in a browser: install Chromium (Debian: apt install chromium) or set CHROMIUM_PATH");
  return undefined;
}
