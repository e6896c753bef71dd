import { shellWord } from "../printable.ts";
import { shardOf } from "../sweep/shard.ts";
import type { Unsaid } from "./settings.ts";
import type { Streams } from "./streams.ts";
import type { TypedFlag } from "./typed-flags.ts";

interface Asked {
  /** Behind the command. */
  readonly args: readonly string[];
  readonly typed: readonly TypedFlag[];
  readonly unsaid: Unsaid;
  /** Of the job that an array of jobs has set. */
  readonly env: Streams["env"];
}

/** What no result depends on. The address of a queue may hold a password. */
const OF_THE_RUN = ["engine", "detach", "status"];
const OF_THE_MACHINE = [...OF_THE_RUN, "threads", "quiet", "color", "output", "format"];

/**
 * A command line that makes the same result again, as a shell takes it: with the variables and the configuration that it was made by, and
 * without the queue.
 */
export function commandLine(command: string, { args, typed, unsaid, env }: Asked): string {
  const partOf = (text: string) => {
    const { index, count } = shardOf(text, env);
    return `${index}/${count}`;
  };
  const said: (string | undefined)[] = [...args];
  for (const { name, spelling, value } of typed) {
    const at = said.findIndex((arg) => arg === spelling || arg?.startsWith(`${spelling}=`) === true);
    const isApart = said[at] === spelling && value !== undefined;
    if (OF_THE_RUN.includes(name)) said.fill(undefined, at, isApart ? at + 2 : at + 1);
    else if (name === "shard" && value !== undefined) {
      said.splice(at, isApart ? 2 : 1, `${spelling}=${partOf(value)}`);
    }
  }
  const variables = unsaid.variables
    .filter(({ sets }) => !OF_THE_MACHINE.includes(sets))
    .map(({ name, sets, text }) => `${name}=${shellWord(sets === "shard" ? partOf(text) : text)}`);
  if (unsaid.configuration !== undefined) {
    // Behind two hyphens it would be a file.
    const end = said.indexOf("--");
    said.splice(end === -1 ? said.length : end, 0, "--config", unsaid.configuration);
  }
  const words = said.filter((arg) => arg !== undefined);
  return [...variables, "vshift", command, ...words.map(shellWord)].join(" ");
}
