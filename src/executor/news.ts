import type { Crew } from "./crew.ts";

/** Waits for news of the crew, or for the signal; a signal that outlives many runs keeps no trace of them. */
export async function newsOrAbort(
  crew: Pick<Crew<never, unknown>, "news">,
  signal: AbortSignal | undefined,
): Promise<void> {
  let stopListening = () => {};
  const abort = new Promise<void>((resolve) => {
    const hear = () => resolve();
    signal?.addEventListener("abort", hear);
    stopListening = () => signal?.removeEventListener("abort", hear);
  });
  await Promise.race([crew.news(), abort]);
  stopListening();
}
