/** Waits for news, or for the signal; a signal that outlives many runs keeps no trace of them. */
export async function newsOrAbort(news: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  let stopListening = () => {};
  const abort = new Promise<void>((resolve) => {
    const hear = () => resolve();
    signal?.addEventListener("abort", hear);
    stopListening = () => signal?.removeEventListener("abort", hear);
  });
  try {
    await Promise.race([news, abort]);
  } finally {
    stopListening();
  }
}
