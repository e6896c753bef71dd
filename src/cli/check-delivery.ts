import type { CheckReport } from "../experiment/check.ts";
import { githubAnnotations } from "../report/annotations.ts";
import { checkDocument, checkSummary } from "../report/check-document.ts";
import type { Document, Words } from "../report/document.ts";
import { FORMATS } from "../report/formats.ts";
import { junit } from "../report/junit.ts";
import { pageText } from "../report/page.ts";
import { type VerdictReport, verdictsOfCheck } from "../report/verdict-report.ts";
import { deliver } from "./deliver.ts";
import { appendedTo, type Delivery, deliveryToPath } from "./output.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** What a check came to. */
export interface CheckOutcome {
  readonly report: CheckReport;
  readonly exitCode: number;
}

/** What a command came to that passes verdicts. */
export interface JudgedOutcome {
  readonly exitCode: number;
  readonly document: Document;
  readonly summary: Words;
  readonly verdicts: VerdictReport;
}

interface Destination {
  readonly flags: Flags;
  readonly streams: Streams;
}

export async function deliverCheck(destination: Destination, work: () => Promise<CheckOutcome>): Promise<number> {
  return deliverVerdicts(destination, async () => {
    const { report, exitCode } = await work();
    return {
      exitCode,
      document: checkDocument(report),
      summary: checkSummary(report),
      verdicts: verdictsOfCheck(report),
    };
  });
}

/**
 * Delivers verdicts in the format and to the destination of the flags, as a summary on standard error, and
 * everything else that was asked for: a JUnit file, a page of Markdown, annotations of GitHub. All destinations are tried before the work
 * begins, and one that fails takes nothing from the others.
 */
export async function deliverVerdicts(
  { flags, streams }: Destination,
  work: () => Promise<JudgedOutcome>,
): Promise<number> {
  const { stderr, env } = streams;
  const others: readonly (readonly [Delivery | undefined, (outcome: JudgedOutcome) => string])[] = [
    [fileOf(flags.junit, "--junit"), ({ verdicts }) => junit(verdicts)],
    [
      isOfGithub(flags.summary, env) ? appendedTo(flags.summary as string) : fileOf(flags.summary, "--summary"),
      ({ document }) => pageText(document),
    ],
  ];
  const isAnnotated = flags.annotations === undefined ? env.GITHUB_ACTIONS === "true" : flags.annotations === "github";
  let outcome: JudgedOutcome | undefined;
  try {
    return await deliver({ flags, streams, formats: FORMATS }, async () => {
      outcome = await work();
      if (isAnnotated) stderr.write(githubAnnotations(outcome.verdicts));
      return outcome;
    });
  } finally {
    if (outcome !== undefined) deliverAll(others, outcome);
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
  deliveries: readonly (readonly [Delivery | undefined, (outcome: JudgedOutcome) => string])[],
  outcome: JudgedOutcome,
): void {
  let failure: { readonly error: unknown } | undefined;
  for (const [delivery, render] of deliveries) {
    try {
      delivery?.write(render(outcome));
      delivery?.finish();
    } catch (error) {
      failure = { error };
    }
  }
  if (failure !== undefined) throw failure.error;
}
