import { writeFile } from "node:fs/promises";
import { resultsMarkdown } from "./markdown.ts";
import { resultsPicture } from "./picture.ts";
import type { Results } from "./results.ts";

/** Writes the report and the picture of results. The same results give the same bytes. */
export async function render(results: Results): Promise<void> {
  await writeFile("bench/RESULTS.md", resultsMarkdown(results));
  await writeFile("bench/results.svg", resultsPicture(results.races, results.scaling?.series ?? []));
}
