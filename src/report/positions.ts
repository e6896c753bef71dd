import type { DerivedPosition } from "../experiment/derive.ts";
import type { Cell } from "./columns.ts";
import type { Table } from "./document.ts";
import { orDash } from "./numbers.ts";

/** What theory says of each position of a stack. */
export function positionsTable(positions: readonly DerivedPosition[]): Table {
  const reasons = new Set(positions.flatMap(({ theoryReason }) => theoryReason ?? []));
  return {
    kind: "table",
    columns: [
      { name: "position", align: "left" },
      { name: "Δ" },
      { name: "Var_train" },
      { name: "Var_test" },
      { name: "mean shift", ifNarrow: 1 },
      { name: "spread", ifNarrow: 2 },
      ...(reasons.size === 0 ? [] : [{ name: "why none", align: "left", ifNarrow: "wraps" } as const]),
    ],
    rows: positions.map(({ position, theory, theoryReason }) => {
      const { shift, trainVariance, testVariance, meanShift, spread } = theory ?? NONE;
      const numbers = [shift, trainVariance, testVariance, meanShift, spread];
      const cells = [position.name, ...numbers.map((value) => orDash(value))];
      return reasons.size === 0 ? cells : [...cells, theoryReason ?? ""];
    }),
  };
}

const NONE = { shift: null, trainVariance: null, testVariance: null, meanShift: null, spread: null };

/** The same as a row of a flat table. */
export function positionRow({ position, theory, theoryReason }: DerivedPosition): Readonly<Record<string, Cell>> {
  const { shift, trainVariance, testVariance, meanShift, spread } = theory ?? NONE;
  return {
    ...{ position: position.index, name: position.name, norm: position.norm },
    ...{ shift, trainVariance, testVariance, meanShift, spread, reason: theoryReason },
  };
}
