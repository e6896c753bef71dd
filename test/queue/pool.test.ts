import { describe, expect, it } from "vitest";
import type { Crew } from "../../src/executor/crew.ts";
import { createPool } from "../../src/queue/pool.ts";

interface Task {
  readonly index: number;
  readonly value: number;
}

/** A crew of one that answers when it is told to, the last task first. */
function handCrew(room: number) {
  const held: Task[] = [];
  let results: Task[] = [];
  let lost: Task[] = [];
  let isGone = false;
  let announce = () => {};
  let announced = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const crew: Crew<Task, Task> = {
    enlarge() {},
    hasRoom: () => !isGone && held.length < room,
    isGone: () => isGone,
    give: (task) => void held.push(task),
    collect() {
      const collected = { results, lost };
      results = [];
      lost = [];
      announced = new Promise((resolve) => {
        announce = resolve;
      });
      return collected;
    },
    news: () => announced,
    dismiss() {},
  };
  return {
    crew,
    held,
    answer() {
      const task = held.pop();
      if (task !== undefined) results.push({ ...task, value: 10 * task.value });
      announce();
    },
    lose() {
      lost.push(...held.splice(0));
      announce();
    },
    leave() {
      isGone = true;
      lost.push(...held.splice(0));
      announce();
    },
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a pool", () => {
  it("gives each asker the result of its own task, whatever order they are done in", async () => {
    const { crew, held, answer } = handCrew(2);
    const pool = createPool(crew);
    const results = Promise.all([1, 2, 3, 4].map((value) => pool.run({ value })));
    for (let answers = 0; answers < 4; answers++) {
      expect(held.length).toBeLessThanOrEqual(2);
      answer();
      await turn();
    }
    expect((await results).map(({ value }) => value)).toEqual([10, 20, 30, 40]);
  });

  it("gives tasks again that were lost with a thread", async () => {
    const { crew, held, answer, lose } = handCrew(3);
    const pool = createPool(crew);
    const results = Promise.all([1, 2].map((value) => pool.run({ value })));
    lose();
    await turn();
    expect(held).toHaveLength(2);
    for (let answers = 0; answers < 2; answers++) {
      answer();
      await turn();
    }
    expect((await results).map(({ value }) => value)).toEqual([10, 20]);
  });

  it("refuses what it has when no thread is left, and what comes later", async () => {
    const { crew, leave } = handCrew(3);
    const pool = createPool(crew);
    const early = pool.run({ value: 1 });
    leave();
    await expect(early).rejects.toThrow("all worker threads ended");
    await expect(pool.run({ value: 2 })).rejects.toThrow("all worker threads ended");
  });
});
