import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";

/**
 * Ends a test run with one line for other programs to read: `N passed, N failed`, and `, N skipped` when some were.
 *
 * A file that failed without a failed test in it (it does not load, a hook threw) and an error outside of any test each
 * count as one failure, so that "0 failed" is never said of a run that exits with an error.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    let skipped = 0;
    for (const module of modules) {
      let failedInside = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failedInside += 1;
        else skipped += 1;
      }
      failed += failedInside === 0 && module.state() === "failed" ? 1 : failedInside;
    }
    process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
  }
}
