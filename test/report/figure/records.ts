import type { ScenarioInput } from "../../../src/index.ts";
import type { ComparedRecord } from "../../experiment/measured-one.ts";
import { simulateOne } from "../../experiment/simulate-one.ts";

/** Records of small measurements, one for each scenario. */
export async function recordsOf(inputs: readonly ScenarioInput[]): Promise<readonly ComparedRecord[]> {
  const records: ComparedRecord[] = [];
  for (const input of inputs) records.push(await simulateOne({ width: 4, samples: 1024, ...input }));
  return records;
}

/** One scenario for each pair of values. */
export function grid<One, Other>(
  ones: readonly One[],
  others: readonly Other[],
  make: (one: One, other: Other) => ScenarioInput,
): readonly ScenarioInput[] {
  return others.flatMap((other) => ones.map((one) => make(one, other)));
}
