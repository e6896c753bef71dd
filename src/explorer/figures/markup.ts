import { withoutMarkup } from "../../report/markup.ts";
import type { LegendEntry, View } from "./figure.ts";

/** What the marks of a figure stand for. */
export function legendHtml(legend: readonly LegendEntry[]): string {
  return legend
    .map(
      ({ look, mark, words }) =>
        `<li><svg viewBox="0 0 24 12" aria-hidden="true">${MARKS[mark](look)}</svg>${withoutMarkup(words)}</li>`,
    )
    .join("");
}

const MARKS = {
  line: (look: string) => `<path class="line ${look}" d="M1 6H23"/>`,
  dot: (look: string) =>
    `<path class="whisker ${look}" d="M12 0V12"/><circle class="dot ${look}" cx="12" cy="6" r="3.5"/>`,
  area: (look: string) => `<path class="area ${look}" d="M1 1H23V11H1Z"/>`,
} as const;

/** The numbers of a figure, as the inside of a table. */
export function tableHtml({ head, rows }: View["table"]): string {
  const names = head.map((name, column) =>
    name === "" ? "<td></td>" : `<th scope="col"${column === 0 ? ' class="left"' : ""}>${withoutMarkup(name)}</th>`,
  );
  const body = rows.map(([name = "", ...values]) => {
    const cells = values.map((value) => `<td>${withoutMarkup(value)}</td>`);
    return `<tr><th scope="row">${withoutMarkup(name)}</th>${cells.join("")}</tr>`;
  });
  return `<thead><tr>${names.join("")}</tr></thead><tbody>${body.join("")}</tbody>`;
}
