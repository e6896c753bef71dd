import type { ShiftRecord } from "../experiment/record.ts";
import { weightOfNew } from "../scenario/presets.ts";
import { describeInput, describeLayer, describeNoise } from "./describe.ts";
import { grouped, percent, readable, withHalfWidth } from "./numbers.ts";
import type { Painter } from "./painter.ts";

/** One record for the eye: the ratio measured and in theory, the verdict, then what it is made of. */
export function summary(record: ShiftRecord, paint: Painter): string {
  const { scenario, theory, measured } = record;
  const halfWidth = (measured.interval[1] - measured.interval[0]) / 2;
  const rows: [string, string][] = [
    [
      "Δ measured",
      `${paint.strong(withHalfWidth(measured.shift, halfWidth))}   ${paint.faint(`${readable(measured.confidence * 100)} % interval`)}`,
    ],
    ["Δ theory", `${paint.strong(readable(theory.shift, 6))}   ${verdictLine(record, paint)}`],
    ["", ""],
    [
      "variance",
      `train ${readable(measured.trainVariance)} (theory ${readable(theory.trainVariance)}), test ${readable(measured.testVariance)} (theory ${readable(theory.testVariance)})`,
    ],
    [
      "BN holds",
      `running mean ${readable(measured.runningMean, 3)}, running variance ${readable(measured.runningVariance, 4)}${stillInitial(record)}`,
    ],
    [
      "BN hands on",
      `in test: mean ${readable(measured.outputMean, 3)}, variance ${readable(measured.outputVariance, 4)} where training had 1`,
    ],
    ["", ""],
    ["input", describeInput(scenario)],
    ["noise", describeNoise(scenario)],
    ["layer", describeLayer(scenario)],
    [
      "drawn",
      `${grouped(measured.samples)} samples in ${grouped(measured.batches)} mini-batches of ${scenario.batchSize}, seed ${JSON.stringify(scenario.seed)}`,
    ],
  ];
  const lines = rows
    .filter(([label, text]) => label === "" || text !== "")
    .map(([label, text]) => (label === "" ? "" : `  ${paint.faint(label.padEnd(12))} ${text}`));
  return `${lines.join("\n")}\n`;
}

/** The verdict with its reason: "✓ agrees within 0.5 %". */
function verdictLine({ agreement, measured }: ShiftRecord, paint: Painter): string {
  const { deviation, tolerance, verdict } = agreement;
  const band = percent(tolerance);
  switch (verdict) {
    case "agrees":
      return paint.good(`✓ agrees within ${band}`);
    case "disagrees":
      return paint.bad(`✗ disagrees: off by ${percent(deviation)}, tolerance ${band}`);
    case "inconclusive": {
      const halfWidth = (measured.interval[1] - measured.interval[0]) / 2 / measured.shift;
      return paint.doubtful(
        `? inconclusive: ±${percent(halfWidth)} after ${grouped(measured.samples)} samples, tolerance ${band}; draw more`,
      );
    }
  }
}

/** BN's running statistics start at 0 and 1; says how much of that is left when it is more than a hundredth. */
function stillInitial({ scenario, measured }: ShiftRecord): string {
  const kept = 1 - weightOfNew(scenario);
  let left = 1;
  for (let batch = 0; batch < measured.batches && left > 0.01; batch++) left *= kept;
  return left > 0.01 ? ` (${percent(left)} of it still the initial 0 and 1)` : "";
}
