import { type Obstacle, simdObstacle } from "../kernel/simd.ts";
import { printable } from "../printable.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** Prints a line on stderr that is not an error; nothing where --quiet is asked for. */
export function sayOn({ stderr }: Pick<Streams, "stderr">, { quiet }: Flags): (words: string) => void {
  return (words) => void (quiet === true || stderr.write(`vshift: ${printable(words)}\n`));
}

const OBSTACLES: { readonly [Kind in Obstacle]: string } = {
  "no-simd": "this engine lacks WebAssembly SIMD, so the run takes about ten times as long; the numbers are the same",
  "no-memory":
    "WebAssembly cannot get memory (ulimit -v), so the run takes about ten times as long; the numbers are the same, and NODE_OPTIONS=--disable-wasm-trap-handler avoids it",
};

/** Says so where the fast kernel cannot run; of every command that measures. */
export function sayObstacle(say: (words: string) => void): void {
  const obstacle = simdObstacle();
  if (obstacle !== undefined) say(OBSTACLES[obstacle]);
}

/** Says that a worker thread ended and the run goes on; of every command that has some. */
export function sayWorkerLost(say: (words: string) => void, { message }: Error): void {
  say(`${message}; the other threads take over its work`);
}
