import { type Attributes, type Mark, mark, pathOf } from "./canvas.ts";
import type { SymbolName } from "./palette.ts";

/** A symbol around a point; all have about the area of a circle of that radius. */
export function symbolAt({ x, y, radius, symbol, ...attributes }: SymbolSetting): Mark {
  if (symbol === "circle") return mark("circle", { cx: x, cy: y, r: radius, ...attributes });
  const corners = CORNERS[symbol].map(([right, down]) => [x + radius * right, y + radius * down] as const);
  return mark("path", { d: pathOf(corners, true), ...attributes });
}

interface SymbolSetting extends Attributes {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly symbol: SymbolName;
}

/** In radii of the circle; y goes down. */
const CORNERS: { readonly [Name in Exclude<SymbolName, "circle">]: readonly (readonly [number, number])[] } = {
  square: square(Math.sqrt(Math.PI) / 2),
  triangle: ring([2 * Math.sqrt(Math.PI / (3 * Math.sqrt(3)))], 3),
  diamond: [
    [0, -1.45],
    [1.08, 0],
    [0, 1.45],
    [-1.08, 0],
  ],
  star: ring([1.67, 0.64], 10),
  cross: plus(Math.sqrt(Math.PI / 5)),
};

function square(half: number): readonly (readonly [number, number])[] {
  return [
    [-half, -half],
    [half, -half],
    [half, half],
    [-half, half],
  ];
}

/** Corners in equal angles, clockwise from the top, at radii that take turns. */
function ring(radii: readonly number[], count: number): readonly (readonly [number, number])[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (2 * Math.PI * index) / count;
    const radius = radii[index % radii.length] ?? 1;
    return [radius * Math.sin(angle), -radius * Math.cos(angle)] as const;
  });
}

/** Two bars of a width across each other. */
function plus(width: number): readonly (readonly [number, number])[] {
  const [inner, outer] = [width / 2, 1.5 * width];
  const quarter = [
    [inner, -outer],
    [inner, -inner],
    [outer, -inner],
  ] as const;
  const turns = [0, 1, 2, 3].map((turn) =>
    quarter.map(
      ([x, y]) => (turn === 0 ? [x, y] : turn === 1 ? [-y, x] : turn === 2 ? [-x, -y] : [y, -x]) as [number, number],
    ),
  );
  return turns.flat();
}
