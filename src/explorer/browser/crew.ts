import type { Answers, FromEngine, Question, ToEngine } from "../questions.ts";

/** Engines of the page, each in a worker. */
export interface Crew {
  /** Whether an engine would take a question now. */
  isFree(): boolean;
  /** Asks the engine with the least to do. */
  ask(question: Question, hear: Hear): Request;
}

export interface Request {
  /** Nothing more is heard of it. */
  drop(): void;
}

export interface Hear {
  answer(answer: Answers[Question["kind"]], isLast: boolean): void;
  refusal(line: string): void;
  /** Its engine has something else to do now, or nothing. */
  end(): void;
}

/** Most engines that a page starts: a machine has other things to do. */
const MOST = 4;
/** Questions that an engine answers side by side, block by block, so that a long measurement keeps none waiting. */
const SIDE_BY_SIDE = 2;

/** Starts engines from their code, all cores but one. Where a page may not start any, the error says why. */
export function startCrew(code: string): Crew {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const count = Math.max(1, Math.min(MOST, (navigator.hardwareConcurrency || 2) - 1));
  const engines = Array.from({ length: count }, () => startEngine(url));
  return {
    isFree: () => engines.some((engine) => engine.load() < SIDE_BY_SIDE),
    ask(question, hear) {
      const [least] = engines.toSorted((a, b) => a.load() - b.load());
      if (least === undefined) throw new RangeError("there is no engine to ask");
      return least.ask(question, hear);
    },
  };
}

interface Engine {
  /** Questions in hand; without end where its code ended by an error, and it answers nothing more. */
  load(): number;
  ask(question: Question, hear: Hear): Request;
}

interface Pending {
  readonly hear: Hear;
  /** Whether nobody hears it any more; the engine is busy with it until it has stopped, and says so. */
  isDropped: boolean;
}

let asked = 0;

function startEngine(url: string): Engine {
  const worker = new Worker(url);
  const pending = new Map<number, Pending>();
  let failure: string | undefined;
  const post = (message: ToEngine) => worker.postMessage(message);

  function end(id: number): void {
    const { hear } = pending.get(id) ?? {};
    pending.delete(id);
    hear?.end();
  }

  worker.addEventListener("message", ({ data }: MessageEvent<FromEngine>) => {
    const { hear, isDropped = true } = pending.get(data.id) ?? {};
    if ("refusal" in data) {
      if (!isDropped) hear?.refusal(data.refusal);
      end(data.id);
      return;
    }
    if (!isDropped) hear?.answer(data.answer, data.isLast);
    if (data.isLast) end(data.id);
  });
  worker.addEventListener("error", ({ message }) => {
    failure = `the engine of this page failed: ${message || "it could not start"}`;
    for (const [id, { hear, isDropped }] of pending) {
      if (!isDropped) hear.refusal(failure);
      end(id);
    }
  });
  return {
    load: () => (failure === undefined ? pending.size : Number.POSITIVE_INFINITY),
    ask(question, hear) {
      if (failure !== undefined) {
        const line = failure;
        // As any answer, when whoever asks has gone on.
        queueMicrotask(() => {
          hear.refusal(line);
          hear.end();
        });
        return { drop() {} };
      }
      const id = asked++;
      const entry: Pending = { hear, isDropped: false };
      pending.set(id, entry);
      post({ id, question });
      return {
        drop() {
          if (!pending.has(id)) return;
          entry.isDropped = true;
          post({ id, question: null });
        },
      };
    },
  };
}
