import type { CheckReport } from "../experiment/check.ts";
import { githubAnnotations } from "../report/annotations.ts";
import { checkDocument, checkSummary } from "../report/check-document.ts";
import { FORMATS } from "../report/formats.ts";
import { junit } from "../report/junit.ts";
import { pageText } from "../report/page.ts";
import { deliver } from "./deliver.ts";
import { appendedTo, type Delivery, deliveryToPath } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** What a check came to. */
export interface CheckOutcome {
  readonly report: CheckReport;
  readonly exitCode: number;
}

/**
 * Does a check and delivers its report in the format and to the destination of the flags, as a summary on standard error, and
 * everything else that was asked for: a JUnit file, a page of Markdown, annotations of GitHub. All destinations are tried before the work
 * begins, and one that fails takes nothing from the others.
 */
export async function deliverCheck(
  { flags, streams }: { readonly flags: Flags; readonly streams: Streams },
  work: () => Promise<CheckOutcome>,
): Promise<number> {
  const { stderr, env } = streams;
  const others: readonly (readonly [Delivery | undefined, (report: CheckReport) => string])[] = [
    [fileOf(flags.junit, "--junit"), junit],
    [
      isOfGithub(flags.summary, env) ? appendedTo(flags.summary as string) : fileOf(flags.summary, "--summary"),
      (each) => pageText(checkDocument(each)),
    ],
  ];
  const isAnnotated = flags.annotations === undefined ? env.GITHUB_ACTIONS === "true" : flags.annotations === "github";
  let report: CheckReport | undefined;
  try {
    return await deliver({ flags, streams, formats: FORMATS }, async () => {
      const outcome = await work();
      report = outcome.report;
      if (isAnnotated) stderr.write(githubAnnotations(report));
      return { exitCode: outcome.exitCode, document: checkDocument(report), summary: checkSummary(report) };
    });
  } finally {
    if (report !== undefined) deliverAll(others, report);
  }
}

function fileOf(path: unknown, flag: string): Delivery | undefined {
  return path === undefined ? undefined : deliveryToPath(path as string, { flag });
}

/** The steps of a job share one file for their summaries. */
function isOfGithub(path: unknown, { GITHUB_STEP_SUMMARY }: Streams["env"]): boolean {
  return path !== undefined && path === GITHUB_STEP_SUMMARY;
}

/** Delivers to each, and throws the last failure when all had their turn. */
function deliverAll(
  deliveries: readonly (readonly [Delivery | undefined, (report: CheckReport) => string])[],
  report: CheckReport,
): void {
  let failure: { readonly error: unknown } | undefined;
  for (const [delivery, render] of deliveries) {
    try {
      delivery?.write(render(report));
      delivery?.finish();
    } catch (error) {
      failure = { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}
