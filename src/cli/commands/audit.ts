import { type AuditOptions, audit, INPUTS, MASKS, TOLERANCE, USUAL_TOLERANCE } from "../../check/audit.ts";
import { auditSummary, isTaken } from "../../report/audit-conclusion.ts";
import { auditDocument } from "../../report/audit-document.ts";
import type { AuditsRecord, AuditVerdict } from "../../report/audit-record.ts";
import { verdictsOfAudit } from "../../report/verdict-report.ts";
import { deliverVerdicts } from "../check-delivery.ts";
import { EXIT } from "../exit-codes.ts";
import { keepApart } from "../keep-apart.ts";
import { numberFrom } from "../number-flag.ts";
import { deliveryToPath } from "../output.ts";
import { startShareProgress } from "../progress.ts";
import { placeIn } from "../read-arrays.ts";
import { readBytes } from "../read-bytes.ts";
import { sayObstacle, sayOn, sayWorkerLost } from "../say.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";

const EXIT_OF: { readonly [Kind in AuditVerdict]: number } = {
  clean: EXIT.fine,
  shifted: EXIT.disagrees,
  "needs-data": EXIT.inconclusive,
};

/** `vshift audit`: which batch norms of a trained model are shifted, by the file, by inputs, and what a repair makes of them. */
export async function auditCommand(flags: Flags, streams: Streams, [file = ""]: readonly string[]): Promise<number> {
  const data = FILES.flatMap(({ name, flag }) => {
    const text = flags[name];
    return typeof text === "string" ? [{ path: placeIn(text).file, name: `the file of ${flag}` }] : [];
  });
  keepApart(flags, data);
  const options: AuditOptions = {
    tolerance: flags.tolerance === undefined ? USUAL_TOLERANCE : numberFrom(flags.tolerance, TOLERANCE),
    ...numbersFrom(flags),
    ...noiseFrom(flags),
    ...(await baselineFrom(flags)),
  };
  return deliverVerdicts({ flags, streams }, async () => {
    const record = await audited(file, { flags, streams, options });
    return {
      exitCode: exitCodeOf(record),
      document: auditDocument(record),
      summary: auditSummary(record),
      verdicts: verdictsOfAudit(record),
    };
  });
}

interface Asked {
  readonly flags: Flags;
  readonly streams: Streams;
  readonly options: AuditOptions;
}

async function audited(file: string, { flags, streams, options }: Asked): Promise<AuditsRecord> {
  const { data, fix } = flags;
  if (typeof data !== "string") return audit({ file, bytes: readBytes(file) }, options);
  const { modelRows, modelLabels } = await import("../model-rows.ts");
  const repairedFile =
    typeof fix === "string" ? (await import("../repaired-file.ts")).repairedFile(fix, file) : undefined;
  const model = { file, bytes: readBytes(file) };
  const rows = await modelRows("--data", data, flags);
  const say = sayOn(streams, flags);
  sayObstacle(say);
  const progress = startShareProgress({ stderr: streams.stderr, isQuiet: flags.quiet === true });
  const run = {
    ...options,
    threads: threadsFrom(flags),
    signal: streams.interrupt,
    onProgress: progress.report,
    onWorkerLost: (lost: Error) => sayWorkerLost(say, lost),
  };
  if (repairedFile === undefined || typeof fix !== "string") {
    return audit(model, { ...run, data: rows }).finally(() => progress.end());
  }
  const guard =
    typeof flags.guardData === "string" ? await modelRows("--guard-data", flags.guardData, flags) : undefined;
  const labels = typeof flags.labels === "string" ? await modelLabels(flags.labels) : undefined;
  const delivery = deliveryToPath(fix, { flag: "--fix" });
  try {
    const { repair } = await import("../../check/repair.ts");
    const repaired = await repair(model, {
      ...{ ...run, data: rows, force: flags.force === true },
      ...(guard === undefined ? {} : { guard }),
      ...(labels === undefined ? {} : { labels }),
    }).finally(() => progress.end());
    const { record } = repaired;
    if (!repaired.isTaken || record.repair === null) {
      delivery.abandon();
      return record;
    }
    delivery.write(await repairedFile(repaired));
    delivery.finish();
    return { ...record, repair: { ...record.repair, file: fix } };
  } catch (error) {
    delivery.abandon();
    throw error;
  }
}

/** A repair that is written has nothing left to disagree with. */
function exitCodeOf({ verdict, repair }: AuditsRecord): number {
  if (repair === null) return EXIT_OF[verdict];
  return isTaken(repair) ? EXIT.fine : EXIT.disagrees;
}

/** Flags that name a file of arrays. */
const FILES = [
  { name: "data", flag: "--data" },
  { name: "guardData", flag: "--guard-data" },
  { name: "labels", flag: "--labels" },
  { name: "noiseFrom", flag: "--noise-from" },
] as const;

async function baselineFrom({ baseline }: Flags): Promise<Pick<AuditOptions, "baseline">> {
  if (typeof baseline !== "string") return {};
  const { readAudit } = await import("../read-audit.ts");
  return { baseline: readAudit(baseline) };
}

function noiseFrom({ noiseFrom: file }: Flags): Pick<AuditOptions, "noiseFrom"> {
  return typeof file === "string" ? { noiseFrom: { file, bytes: readBytes(file) } } : {};
}

function numbersFrom({ inputs, masks, seed }: Flags): Pick<AuditOptions, "inputs" | "masks" | "seed"> {
  return {
    ...(inputs === undefined ? {} : { inputs: numberFrom(inputs, INPUTS) }),
    ...(masks === undefined ? {} : { masks: numberFrom(masks, MASKS) }),
    ...(seed === undefined ? {} : { seed: String(seed) }),
  };
}
