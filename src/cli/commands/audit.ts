import { audit, TOLERANCE, USUAL_TOLERANCE } from "../../check/audit.ts";
import { VshiftError } from "../../errors.ts";
import { auditDocument, auditSummary } from "../../report/audit-document.ts";
import type { AuditVerdict } from "../../report/audit-record.ts";
import { FORMATS } from "../../report/formats.ts";
import { quoted, typed } from "../../scenario/typed.ts";
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
  const tolerance = toleranceFrom(flags);
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const record = await audit({ file, bytes: readBytes(file) }, { tolerance });
    return { exitCode: EXIT_OF[record.verdict], document: auditDocument(record), summary: auditSummary(record) };
  });
}

function toleranceFrom({ tolerance = String(USUAL_TOLERANCE) }: Flags): number {
  const value = typed("number", String(tolerance));
  if (typeof value === "number") return value;
  const { field, rule, hint } = TOLERANCE;
  throw new VshiftError({ code: "invalid-value", field, problem: `${quoted(String(value))} is not ${rule}`, hint });
}
