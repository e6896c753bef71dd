import { extname } from "node:path";
import type { QueuedPlan } from "../../queue/bundles.ts";
import type { QueueStatus } from "../../queue/detached.ts";
import type { Server } from "../../queue/server.ts";
import type { Document } from "../../report/document.ts";
import { FORMATS, formatKind } from "../../report/formats.ts";
import { counted, grouped, percent, secondsInWords } from "../../report/numbers.ts";
import { strong } from "../../report/phrase.ts";
import { savedIds } from "../../sweep/saved.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { isStandard } from "../output.ts";
import { sayOn } from "../say.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { partialOf } from "../sweep-destination.ts";
import { ACTIVATION_SECONDS } from "./dry-run.ts";

interface AtQueue {
  readonly flags: Flags;
  readonly streams: Streams;
  readonly server: Server;
  readonly queued: QueuedPlan;
}

/** What the flags ask for instead of a measurement: to hand over the work, or to see how far it is; undefined where they do not. */
export function withoutMeasuring(setting: AtQueue): Promise<number> | undefined {
  if (setting.flags.status === true) return showStatus(setting);
  return setting.flags.detach === true ? detach(setting) : undefined;
}

async function detach({ flags, streams, server, queued }: AtQueue): Promise<number> {
  const { handOver } = await import("../../queue/detached.ts");
  const { jobs, scenarios } = await handOver(server, queued, await doneOf(flags, queued));
  const { shown } = server.address;
  const what =
    jobs === 0
      ? `nothing is left to measure`
      : `${counted(scenarios, "scenario")} in ${counted(jobs, "job")} are at ${shown}, and their results stay there for a week`;
  sayOn(
    streams,
    flags,
  )(`${what}; the same command without --detach collects them, and with --status says how far they are`);
  return EXIT.fine;
}

async function showStatus({ flags, streams, server, queued }: AtQueue): Promise<number> {
  // The file of the sweep itself is not for its status.
  const { output: _, ...toStdout } = flags;
  return deliver({ flags: toStdout, streams, formats: FORMATS }, async () => {
    const { statusOf } = await import("../../queue/detached.ts");
    const status = await statusOf(server, queued, await doneOf(flags, queued));
    return { exitCode: EXIT.fine, document: statusDocument(status, server.address.shown) };
  });
}

/** Which cells the file of an earlier run has, which may be running now. */
async function doneOf({ output, format, resume }: Flags, { plan }: QueuedPlan): Promise<(cell: number) => boolean> {
  const path = output as string | undefined;
  if (isStandard(path) || path === undefined || resume === false) return () => false;
  const hasEnding = formatKind("ndjson").endings.includes(extname(path).toLowerCase());
  const isJournal = format === "ndjson" || (format === undefined && hasEnding);
  const saved = await savedIds(isJournal ? path : partialOf(path));
  const done = new Set(plan.filter(({ ids }) => ids.every((id) => saved.has(id))).map(({ index }) => index));
  return (cell) => done.has(cell);
}

function statusDocument(status: QueueStatus, shown: string): Document {
  const { scenarios, workers, jobsLeft } = status;
  const { total, done, running, queued, failed, waiting } = scenarios;
  const rate = rateOf(status);
  const secondsLeft = leftOf(status, rate);
  const values = { total, done, running, queued, failed, waiting, jobsLeft, jobsPerMinute: rate, secondsLeft };
  return {
    conclusion: strong(
      `${grouped(done)} of ${counted(total, "scenario")} are done (${percent(done / Math.max(1, total))})`,
    ),
    blocks: [
      {
        kind: "facts",
        facts: [
          ["running", grouped(running)],
          ["queued", grouped(queued)],
          ["failed", grouped(failed)],
          ["not handed over", grouped(waiting)],
          ["workers", workersInWords(status, shown)],
          ["rate", rate === null ? "not known yet" : `${counted(rate, "job")} in the last minute`],
          ["time left", secondsLeft === null ? "not known" : `about ${secondsInWords(secondsLeft)}`],
        ],
      },
    ],
    data: {
      kind: "values",
      json: { ...values, workers: workers ?? null },
      rows: () => [{ ...values, workers: workers?.length ?? null }],
    },
  };
}

/** A rate says nothing of the time left when no job was finished for so long. */
const STALE_MS = 120_000;

function rateOf({ jobsAMinute, lastFinished }: QueueStatus): number | null {
  return Date.now() - lastFinished > STALE_MS ? null : jobsAMinute;
}

/** By the rate of the last minute, else by the forecast of the work. */
function leftOf({ workLeft, jobsLeft, threads }: QueueStatus, rate: number | null): number | null {
  if (jobsLeft === 0) return 0;
  if (rate !== null && rate > 0) return (60 * jobsLeft) / rate;
  return threads === 0 ? null : (workLeft * ACTIVATION_SECONDS) / threads;
}

function workersInWords({ workers }: QueueStatus, shown: string): string {
  if (workers === undefined) return "the server does not say";
  if (workers.length === 0) return `none; start one with vshift worker ${shown}`;
  return workers.map(({ host, pid, threads }) => `${host} (process ${pid}, ${counted(threads, "thread")})`).join(", ");
}
