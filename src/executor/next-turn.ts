/**
 * Resolves in the event loop's next turn, when signals, timers and messages that waited have been heard.
 *
 * A browser has no `setImmediate`, and its timers wait 4 ms; a message to oneself does not.
 */
export const nextTurn: () => Promise<void> =
  typeof setImmediate === "function" ? () => new Promise((resume) => setImmediate(resume)) : messageToOneself;

function messageToOneself(): Promise<void> {
  return new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", () => {
      port1.close();
      resume();
    });
    port1.start();
    port2.postMessage(null);
  });
}
