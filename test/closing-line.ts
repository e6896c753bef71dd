import type { SerializedError } from "vitest";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import { FORM } from "./form.ts";

/**
 * Ends a test run with one line for other programs to read: `N passed, N failed`, and `, N skipped` when some were.
 *
 * Before it, a line for each reason of a skip, the note of `context.skip(note)`. A test that is skipped without one counts as
 * a failure: nobody would know what is not tested, and until when.
 *
 * A file that failed without a failed test in it (it does not load, a hook threw) and an error outside of any test each
 * count as one failure, so that "0 failed" is never said of a run that exits with an error.
 */
export default class ClosingLine implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    const skipped: TestCase[] = [];
    for (const module of modules) {
      let failedInside = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failedInside += 1;
        else skipped.push(test);
      }
      failed += failedInside === 0 && module.state() === "failed" ? 1 : failedInside;
    }
    const reasons = new Map<string | undefined, TestCase[]>();
    for (const test of skipped) {
      const reason = this.#reasonOf(test);
      reasons.set(reason, [...(reasons.get(reason) ?? []), test]);
    }
    const unexplained = reasons.get(undefined) ?? [];
    for (const [reason, tests] of reasons) {
      if (reason !== undefined) say(`skipped: ${counted(tests)}: ${reason}: ${filesOf(tests).join(", ")}`);
    }
    for (const { module, fullName } of unexplained) {
      say(`skipped without a reason: ${module.relativeModuleId} > ${fullName}; give it one: context.skip("why")`);
    }
    const statistical = modules.filter(({ project }) => project.name === "statistical");
    if (FORM === "short" && statistical.length > 0) {
      say(`not run by choice: the long form of ${statistical.length} statistical files; npm run test:long runs it`);
    }
    if (unexplained.length > 0) process.exitCode = 1;
    const explained = skipped.length - unexplained.length;
    say(`${passed} passed, ${failed + unexplained.length} failed${explained > 0 ? `, ${explained} skipped` : ""}`);
  }

  /** Why a test was skipped; undefined where nothing says it. */
  #reasonOf(test: TestCase): string | undefined {
    const result = test.result();
    if (result.state === "skipped" && result.note !== undefined) return result.note;
    if (hookFailedBefore(test)) return "a hook before them failed";
    return this.#vitest?.config.testNamePattern === undefined ? undefined : "their titles were not asked for";
  }
}

function hookFailedBefore({ parent }: TestCase): boolean {
  for (let around = parent; ; around = around.parent) {
    if (around.errors().length > 0) return true;
    if (around.type === "module") return false;
  }
}

function filesOf(tests: readonly TestCase[]): string[] {
  return [...new Set(tests.map(({ module }) => module.relativeModuleId))];
}

function counted({ length }: readonly unknown[]): string {
  return length === 1 ? "1 test" : `${length} tests`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
