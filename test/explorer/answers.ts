import { answer } from "../../src/explorer/engine.ts";
import type { Answers, Question } from "../../src/explorer/questions.ts";

/** The last answer to a question; rejects with the refusal. */
export async function lastAnswer<Q extends Question>(question: Q): Promise<Answers[Q["kind"]]> {
  const answers = await allAnswers(question);
  return answers.at(-1) as Answers[Q["kind"]];
}

/** All of them, the last one last. */
export async function allAnswers<Q extends Question>(question: Q): Promise<readonly Answers[Q["kind"]][]> {
  const answers: Answers[Question["kind"]][] = [];
  const lasts: boolean[] = [];
  await answer(
    question,
    (one, isLast) => {
      answers.push(one);
      lasts.push(isLast);
    },
    new AbortController().signal,
  );
  if (lasts.indexOf(true) !== lasts.length - 1) throw new Error("the last answer is not the last one");
  return answers as unknown as readonly Answers[Q["kind"]][];
}
