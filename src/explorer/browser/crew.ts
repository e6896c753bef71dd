import type { Answers, FromEngine, Question, ToEngine } from "../questions.ts";

/** Engines of the page, each in a worker. */
export interface Crew {
  /** Whether an engine has nothing to do. */
  isFree(): boolean;
  /** Asks a free engine; a quick question goes to a busy one where none is free. */
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

/** Starts engines from their code, all cores but one. Where a page may not start any, the error says why. */
export function startCrew(code: string): Crew {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const count = Math.max(1, Math.min(MOST, (navigator.hardwareConcurrency || 2) - 1));
  const engines = Array.from({ length: count }, () => startEngine(url));
  return {
    isFree: () => engines.some(({ isBusy }) => !isBusy()),
    ask(question, hear) {
      const engine = engines.find(({ isBusy }) => !isBusy()) ?? engines[0];
      if (engine === undefined) throw new RangeError("there is no engine to ask");
      return engine.ask(question, hear);
    },
  };
}

let asked = 0;

function startEngine(url: string) {
  const worker = new Worker(url);
  /** Of questions without a last answer; undefined where nobody hears it any more. */
  const hearers = new Map<number, Hear | undefined>();
  const ends = new Map<number, () => void>();
  worker.addEventListener("message", ({ data }: MessageEvent<FromEngine>) => {
    const hear = hearers.get(data.id);
    const isLast = "refusal" in data || data.isLast;
    if (isLast) hearers.delete(data.id);
    if (hear !== undefined && "refusal" in data) hear.refusal(data.refusal);
    if (hear !== undefined && "answer" in data) hear.answer(data.answer, data.isLast);
    if (!isLast) return;
    ends.get(data.id)?.();
    ends.delete(data.id);
  });
  worker.addEventListener("error", ({ message }) => {
    for (const hear of hearers.values()) hear?.refusal(`the engine of this page failed: ${message}`);
  });
  const post = (message: ToEngine) => worker.postMessage(message);
  return {
    isBusy: () => hearers.size > 0,
    ask(question: Question, hear: Hear): Request {
      const id = asked++;
      hearers.set(id, hear);
      ends.set(id, hear.end);
      post({ id, question });
      return {
        drop() {
          if (!hearers.has(id)) return;
          // The engine is busy until it has stopped, and says so.
          hearers.set(id, undefined);
          post({ id, question: null });
        },
      };
    },
  };
}
