import { expect, test } from "vitest";
import { WORKER_SOURCE as BLOCK_WORKER } from "../../src/executor/block-worker-source.ts";
import { WORKER_SOURCE as CELL_WORKER } from "../../src/executor/cell-worker-source.ts";
import { WORKER_SOURCE as PASS_WORKER } from "../../src/executor/pass-worker-source.ts";

// A worker compiles its text at each start, 10 ms of CPU for 200 kB. What reads scenarios is more than half of it and came in unnoticed once.
test.each([
  ["blocks", BLOCK_WORKER, 110_000],
  ["passes of a trained model", PASS_WORKER, 70_000],
])("the code of a worker for %s has no part that reads scenarios", (_, source, most) => {
  expect(source.length).toBeLessThan(most);
  // What the parser of networks answers to a word that it does not know.
  expect(source).not.toContain("did you mean");
  expect(CELL_WORKER).toContain("did you mean");
});

test.each([BLOCK_WORKER, CELL_WORKER, PASS_WORKER])(
  "the code of a worker is ASCII, a byte a character in V8",
  (source) => {
    expect(source).toMatch(/^[\0-\x7f]*$/);
  },
);
