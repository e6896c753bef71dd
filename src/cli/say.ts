import { printable } from "../printable.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** Says a line on stderr that is no error; nothing where --quiet is asked for. */
export function sayOn({ stderr }: Pick<Streams, "stderr">, { quiet }: Flags): (words: string) => void {
  return (words) => void (quiet === true || stderr.write(`vshift: ${printable(words)}\n`));
}
