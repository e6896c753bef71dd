import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Step, sideBySide } from "./side-by-side.ts";

let printed = "";

beforeEach(() => {
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

const step = (name: string, program: string): Step => ({ name, command: [process.execPath, "--eval", program] });
const GOOD = step("good", 'console.log("first\\nlast")');
const BAD = step("bad", 'console.log("first"); console.error("wrong"); process.exitCode = 3');

test("all steps are good when each ends with 0, and the last line of each is shown", async () => {
  expect(await sideBySide([GOOD, step("silent", "")])).toBe(true);
  expect(printed).toMatch(/^✓ good, \d+\.\d s: last$/m);
  expect(printed).toMatch(/^✓ silent, \d+\.\d s: fine$/m);
  expect(printed).not.toContain("first");
});

test("one bad step makes all bad, and shows all that it wrote; the others run to their end", async () => {
  expect(await sideBySide([BAD, GOOD])).toBe(false);
  expect(printed).toMatch(/^✗ bad, \d+\.\d s\n(first\nwrong|wrong\nfirst)$/m);
  expect(printed).toContain("✓ good");
});
