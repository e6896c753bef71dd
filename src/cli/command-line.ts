import type { TypedFlag } from "./typed-flags.ts";

/** Flags that no result depends on; an address may hold a password. */
const OF_THE_RUN = ["engine", "detach", "status"];

/** A command line that makes the same result again, as a shell takes it. */
export function commandLine(command: string, args: readonly string[], typed: readonly TypedFlag[]): string {
  const dropped = new Set<number>();
  for (const { name, spelling, value } of typed) {
    if (!OF_THE_RUN.includes(name)) continue;
    const at = args.findIndex(
      (arg, index) => !dropped.has(index) && (arg === spelling || arg.startsWith(`${spelling}=`)),
    );
    dropped.add(at);
    if (args[at] === spelling && value !== undefined) dropped.add(at + 1);
  }
  return ["vshift", command, ...args.filter((_, index) => !dropped.has(index)).map(quoted)].join(" ");
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./$-]+$/.test(arg) && !arg.includes("$") ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
