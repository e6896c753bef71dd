import { EXIT } from "./exit-codes.ts";

/** Why a run ends before its end: the reason of the signal that `Streams` has. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** Of a run that was cut short by it. */
  readonly exitCode: number;

  /** message  the beginning of a sentence: "interrupted" */
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Signals that ask for an end, in which what was measured is kept; the shell's 128 + number says which it was. */
export const ENDING_SIGNALS = { SIGHUP: EXIT.hungUp, SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

/** The reason of a signal that was aborted; undefined of one that was not. */
export function interruptionOf({ aborted, reason }: AbortSignal): Interruption | undefined {
  if (!aborted) return undefined;
  return reason instanceof Interruption ? reason : new Interruption("interrupted", EXIT.interrupted);
}

/** When that was: "after 3 of 900 scenarios", "before the first of 900 scenarios was measured". */
export function afterCells(done: number, total: number): string {
  const of = total === 1 ? "1 scenario" : `${total} scenarios`;
  return done === 0 ? `before the first of ${of} was measured` : `after ${done} of ${of}`;
}
