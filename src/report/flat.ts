type Cell = string | number | null;

/**
 * A record as one row: nested names joined by a dot ("measured.shift"), an array's elements by their index
 * ("measured.interval.0"). The order is the record's, so all records have the same columns.
 */
export function flatten(value: object, prefix = ""): [string, Cell][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === "object" && inner !== null
      ? flatten(inner, `${prefix}${name}.`)
      : [[`${prefix}${name}`, inner as Cell] satisfies [string, Cell]],
  );
}
