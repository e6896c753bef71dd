import { spawn } from "node:child_process";
import { resolve } from "node:path";

/** What opens a file in the user's browser, by system; elsewhere that of freedesktop.org. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  // Its first argument in quotes would be a title.
  win32: ["cmd", "/c", "start", '""'],
};

/** Openers that fail do so soon; others may last as long as the browser. */
const PATIENCE_MS = 1500;

/** Opens a file in the user's browser; what stood in the way, if anything did. */
export function openInBrowser(path: string): Promise<string | undefined> {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  return new Promise((done) => {
    const opener = spawn(program, [...args, resolve(path)], { stdio: "ignore", detached: true });
    const patience = setTimeout(() => end(undefined), PATIENCE_MS);
    const end = (obstacle: string | undefined) => {
      clearTimeout(patience);
      opener.unref();
      done(obstacle);
    };
    opener.once("error", ({ message }) => end(message));
    opener.once("exit", (code) => end(code === 0 ? undefined : `${program} ended with code ${code}`));
  });
}
