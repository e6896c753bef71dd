/** By now a run has made all that it keeps. */
const SETTLED_MS = 300;

/** Keeps the memory of a run that lasts from growing; a short one does not pay the two milliseconds that this takes to load. */
export function boundMemory(): void {
  setTimeout(async () => (await import("./young-generation.ts")).freezeYoungGeneration(), SETTLED_MS).unref();
}
