import Table from "cli-table3";

/** Columns of text for the eye, to the right but for the `left` last ones. Colour is the caller's. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[], left = 0): string {
  const table = new Table({
    head: [...header],
    colAligns: header.map((_, column) => (column < header.length - left ? "right" : "left")),
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: NO_LINES,
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}\n`)
    .join("");
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
