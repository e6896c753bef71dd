import type { Asked, Known } from "../figures/figure.ts";
import type { Answers, Question } from "../questions.ts";
import type { Crew, Request } from "./crew.ts";

/** Has questions answered, those of the lowest rank first, and keeps the answers. */
export interface Desk {
  /** What is asked from now on; a question that is not among them any more is dropped. */
  attend(asked: readonly Asked[]): void;
  readonly known: Known;
}

interface Answered {
  readonly answer?: Answers[Question["kind"]];
  readonly isLast: boolean;
  readonly refusal?: string;
}

/** Answers that are kept, to come back to. */
const MOST_KEPT = 2000;
/** Questions that are answered in a moment, and not worth waiting for another to end. */
const QUICK: readonly Question["kind"][] = ["describe", "theory"];

/**
 * isCalm  whether only last answers count: measurements that have ended
 * news    called when there is another answer
 */
export function openDesk(crew: Crew, isCalm: boolean, news: () => void): Desk {
  const answers = new Map<string, Answered>();
  const running = new Map<string, Request>();
  /** One at a time, so that a slider that moves leaves no queue behind. */
  let isQuickRunning = false;
  let attended: readonly (Asked & { readonly key: string })[] = [];

  function next(): void {
    for (const { key, question } of attended) {
      if (answers.get(key)?.isLast === true || running.has(key)) continue;
      const isQuick = QUICK.includes(question.kind);
      if (isQuick ? isQuickRunning : !crew.isFree()) continue;
      if (isQuick) isQuickRunning = true;
      const request = crew.ask(question, {
        answer(answer, isLast) {
          if (isCalm && !isLast) return;
          keep(key, { answer, isLast });
          news();
        },
        refusal(line) {
          keep(key, { refusal: line, isLast: true });
          news();
        },
        end() {
          if (isQuick) isQuickRunning = false;
          if (running.get(key) === request) running.delete(key);
          next();
        },
      });
      running.set(key, request);
    }
  }

  function keep(key: string, answered: Answered): void {
    answers.delete(key);
    answers.set(key, answered);
    if (answers.size > MOST_KEPT) answers.delete(answers.keys().next().value ?? "");
  }

  return {
    attend(asked) {
      attended = asked.map((one) => ({ ...one, key: JSON.stringify(one.question) })).sort((a, b) => a.rank - b.rank);
      const keys = new Set(attended.map(({ key }) => key));
      for (const [key, request] of running) {
        if (keys.has(key)) continue;
        request.drop();
        running.delete(key);
      }
      next();
    },
    known: {
      answer: <Of extends Question>(question: Of) =>
        answers.get(JSON.stringify(question))?.answer as Answers[Of["kind"]] | undefined,
      refusal: (question) => answers.get(JSON.stringify(question))?.refusal,
    },
  };
}
