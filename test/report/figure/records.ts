import { type ScenarioInput, type ShiftRecord, simulate } from "../../../src/index.ts";

/** Records of small measurements, one for each scenario. */
export async function recordsOf(inputs: readonly ScenarioInput[]): Promise<readonly ShiftRecord[]> {
  const records: ShiftRecord[] = [];
  for (const input of inputs) records.push(await simulate({ width: 4, samples: 1024, ...input }));
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
