import { answer, refusalOf } from "../engine.ts";
import type { FromEngine, ToEngine } from "../questions.ts";

// Runs in a worker of the page: answers its questions, one after the other as they come, measurements side by side with what is quick.

const running = new Map<number, AbortController>();
const port = globalThis as unknown as {
  postMessage(message: FromEngine): void;
  onmessage: ((event: MessageEvent<ToEngine>) => void) | null;
};

port.onmessage = async ({ data: { id, question } }) => {
  if (question === null) {
    running.get(id)?.abort();
    return;
  }
  const controller = new AbortController();
  running.set(id, controller);
  try {
    await answer(question, (answer, isLast) => port.postMessage({ id, answer, isLast }), controller.signal);
  } catch (error) {
    port.postMessage({ id, refusal: refusalOf(error) });
  } finally {
    running.delete(id);
  }
};
