import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Case, inPython, ofBuilds } from "../harness/case.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

const WIDTHS = [64, 512];
const PRECISION = 0.001;
const keeps = Array.from({ length: 46 }, (_, index) => (5 + 2 * index) / 100);
const means = Array.from({ length: 11 }, (_, index) => index / 10);
const cells = WIDTHS.length * keeps.length * means.length;

const grid = ["--p", "0.05:0.95:0.02", "--mean", "0:1:0.1", "--d", WIDTHS.join(","), "--precision", String(PRECISION)];

/** A thousand scenarios. Answers are compared with v/(v + σ²(v + c²)). */
export const SWEEP: Case = {
  id: "sweep",
  title:
    "A sweep: 1,012 scenarios without a layer, d 64 and 512, keep 0.05 to 0.95 and mean 0 to 1, " +
    "each until Δ is known to ±0.1 %",
  contestants(equipment) {
    const folder = temporaryFolder();
    return [
      ...ofBuilds(equipment, (vshift, { id }) => {
        const output = join(folder, `${id}.ndjson`);
        return {
          command: vshift("sweep", ...grid, "--no-resume", "--output", output),
          answer: async () =>
            checked(
              (await readFile(output, "utf8"))
                .trim()
                .split("\n")
                .map((line) => {
                  const { scenario, measured } = JSON.parse(line);
                  return { keep: scenario.keep, mean: scenario.mean, shift: measured.shift };
                }),
            ),
        };
      }),
      {
        id: "numpy-competent",
        title: "NumPy, competent",
        needs: "NumPy",
        command: inPython(
          equipment,
          "numpy_sweep.py",
          ...["--widths", ...WIDTHS.map(String), "--precision", String(PRECISION)],
          ...["--keeps", ...keeps.map(String), "--means", ...means.map(String)],
        ),
        answer({ stdout }) {
          const found: { readonly cells: readonly [number, number, number, number][] } = JSON.parse(stdout);
          return checked(found.cells.map(([, keep, mean, shift]) => ({ keep, mean, shift })));
        },
      },
    ];
  },
};

interface Cell {
  readonly keep: number;
  readonly mean: number;
  readonly shift: number;
}

/** Ten half widths: a wrong ratio is no result, and of a thousand right ones none is so far off. */
function checked(found: readonly Cell[]) {
  if (found.length !== cells) throw new Error(`${found.length} scenarios instead of ${cells}`);
  for (const { keep, mean, shift } of found) {
    const expected = 1 / (1 + ((1 - keep) / keep) * (1 + mean * mean));
    if (Math.abs(shift / expected - 1) > 10 * PRECISION) throw new Error(`keep ${keep}, mean ${mean} gave ${shift}`);
  }
  return {};
}
