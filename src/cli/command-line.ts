import { shellWord } from "../printable.ts";
import type { Unsaid } from "./settings.ts";
import type { TypedFlag } from "./typed-flags.ts";

interface Asked {
  /** Behind the command. */
  readonly args: readonly string[];
  readonly typed: readonly TypedFlag[];
  readonly unsaid: Unsaid;
}

/** What no result depends on. The address of a queue may hold a password. */
const OF_THE_RUN = ["engine", "detach", "status"];
const OF_THE_MACHINE = [...OF_THE_RUN, "threads", "quiet", "color", "output", "format"];

/**
 * A command line that makes the same result again, as a shell takes it: with the variables and the configuration that it was made by, and
 * without the queue.
 */
export function commandLine(command: string, { args, typed, unsaid }: Asked): string {
  const dropped = new Set<number>();
  for (const { name, spelling, value } of typed) {
    if (!OF_THE_RUN.includes(name)) continue;
    const isOf = (arg: string) => arg === spelling || arg.startsWith(`${spelling}=`);
    const at = args.findIndex((arg, index) => !dropped.has(index) && isOf(arg));
    dropped.add(at);
    if (args[at] === spelling && value !== undefined) dropped.add(at + 1);
  }
  const variables = unsaid.variables
    .filter(({ sets }) => !OF_THE_MACHINE.includes(sets))
    .map(({ name, text }) => `${name}=${shellWord(text)}`);
  const configuration = unsaid.configuration === undefined ? [] : ["--config", unsaid.configuration];
  const said = args.filter((_, index) => !dropped.has(index));
  return [...variables, "vshift", command, ...[...said, ...configuration].map(shellWord)].join(" ");
}
