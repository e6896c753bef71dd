import { appendFileSync } from "node:fs";
import type { CheckReport } from "../experiment/check.ts";
import { githubAnnotations } from "../report/annotations.ts";
import { checkMarkdown } from "../report/check-markdown.ts";
import { checkTable } from "../report/check-table.ts";
import { json, ndjson } from "../report/json.ts";
import { junit } from "../report/junit.ts";
import { deliver } from "./deliver.ts";
import { type Delivery, deliveryToPath, FORMATS } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** What a check came to. */
export interface CheckOutcome {
  readonly report: CheckReport;
  readonly exitCode: number;
}

/**
 * Does a check and delivers its report in the format and to the place that the flags say, and to whoever else wants it: a JUnit
 * file, a summary, annotations of GitHub. All places are tried before the work begins.
 */
export function deliverCheck(
  { flags, streams }: { readonly flags: Flags; readonly streams: Streams },
  work: () => Promise<CheckOutcome>,
): Promise<number> {
  const { stderr, env } = streams;
  const toJunit = fileOf(flags.junit);
  const toSummary = isOfGithub(flags.summary, env) ? appendedTo(flags.summary as string) : fileOf(flags.summary);
  const isAnnotated = flags.annotations === undefined ? env.GITHUB_ACTIONS === "true" : flags.annotations === "github";
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const { report, exitCode } = await work();
    written(toJunit, () => junit(report));
    written(toSummary, () => checkMarkdown(report));
    if (isAnnotated) stderr.write(githubAnnotations(report));
    return {
      exitCode,
      render: async (format, paint) => {
        switch (format) {
          case "table":
            return checkTable(report, paint);
          case "json":
            return json(report);
          case "ndjson":
            return report.cells.map(ndjson).join("");
          case "csv":
            return (await import("../report/csv.ts")).csv(report.cells.map((cell) => ({ ...cell })));
          case "markdown":
            return checkMarkdown(report);
        }
      },
    };
  });
}

function fileOf(path: unknown): Delivery | undefined {
  return path === undefined ? undefined : deliveryToPath(path as string);
}

/** The steps of a job share one file for their summaries. */
function isOfGithub(path: unknown, { GITHUB_STEP_SUMMARY }: Streams["env"]): boolean {
  return path !== undefined && path === GITHUB_STEP_SUMMARY;
}

function appendedTo(path: string): Delivery {
  return { write: (piece) => appendFileSync(path, piece), finish() {}, abandon() {} };
}

function written(delivery: Delivery | undefined, text: () => string): void {
  delivery?.write(text());
  delivery?.finish();
}
