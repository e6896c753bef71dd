import { audit, USUAL_TOLERANCE } from "../../check/audit.ts";
import { auditDocument, auditSummary } from "../../report/audit-document.ts";
import type { AuditVerdict } from "../../report/audit-record.ts";
import { FORMATS } from "../../report/formats.ts";
import { typed } from "../../scenario/typed.ts";
import { deliver } from "../deliver.ts";
import { EXIT } from "../exit-codes.ts";
import { readBytes } from "../read-bytes.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

const EXIT_OF: { readonly [Kind in AuditVerdict]: number } = {
  clean: EXIT.fine,
  shifted: EXIT.disagrees,
  "needs-data": EXIT.inconclusive,
};

/** `vshift audit`: which batch norms of a trained model are shifted, by the file alone. */
export async function auditCommand(flags: Flags, streams: Streams, [file = ""]: readonly string[]): Promise<number> {
  const tolerance = typed("number", String(flags.tolerance ?? USUAL_TOLERANCE)) as number;
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const record = await audit({ file, bytes: readBytes(file) }, { tolerance });
    return { exitCode: EXIT_OF[record.verdict], document: auditDocument(record), summary: auditSummary(record) };
  });
}
