import { statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** In this order where a folder has several. */
const NAMES = ["vshift.config.yaml", "vshift.config.yml", "vshift.config.json"];

/** The configuration that counts where no flag names one. */
export interface FoundConfiguration {
  /** From the working directory. */
  readonly path: string;
  /** Told when it is read. */
  readonly onUse: () => void;
}

/** The path of the nearest file of such a name, in the working directory or a folder above it. */
export function findConfiguration(): string | undefined {
  const start = workingDirectory();
  if (start === undefined) return undefined;
  for (let folder = start; ; folder = dirname(folder)) {
    const name = NAMES.find((each) => isFile(join(folder, each)));
    if (name !== undefined) return relative(start, join(folder, name));
    if (folder === dirname(folder)) return undefined;
  }
}

/** Undefined where it was removed. */
function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** What cannot be seen is not there: a folder above may be closed to this user. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}
