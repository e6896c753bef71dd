import { spawn } from "node:child_process";
import { resolve } from "node:path";

/** What opens a file in the user's browser, by system; elsewhere that of freedesktop.org. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  // Its first argument in quotes would be a title.
  win32: ["cmd", "/c", "start", '""'],
};

/** Opens a file in the user's browser, and does not wait for it; what stood in the way, if anything did. */
export function openInBrowser(path: string): Promise<string | undefined> {
  const [program, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  return new Promise((done) => {
    const opener = spawn(program, [...args, resolve(path)], { stdio: "ignore", detached: true });
    opener.once("error", ({ message }) => done(message));
    opener.once("spawn", () => {
      opener.unref();
      done(undefined);
    });
  });
}
