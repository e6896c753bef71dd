import type { ShiftRecord } from "../experiment/record.ts";

/** Records of the positions of one network, together and in their order; networks in the order in which they come. */
export function networksIn(records: readonly ShiftRecord[]): readonly (readonly ShiftRecord[])[] {
  const networks = new Map<string, ShiftRecord[]>();
  for (const record of records) {
    const key = JSON.stringify(record.scenario);
    const others = networks.get(key);
    if (others === undefined) networks.set(key, [record]);
    else others.push(record);
  }
  return [...networks.values()].map((positions) =>
    positions.toSorted((a, b) => (a.position?.index ?? 0) - (b.position?.index ?? 0)),
  );
}
