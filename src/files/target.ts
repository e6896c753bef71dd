import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** As many links as Linux follows. */
const MOST_LINKS = 40;

/**
 * The file that a path leads to, over all symbolic links, whether the last of them leads anywhere yet or not; an absolute path.
 * Throws where its folder does not exist, and where links go in a circle.
 */
export function targetOf(path: string): string {
  let target = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    const absolute = resolve(target);
    const name = join(realpathSync(dirname(absolute)), basename(absolute));
    if (lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return name;
    target = resolve(dirname(name), readlinkSync(name));
  }
  throw new Error("its symbolic links form a loop");
}
