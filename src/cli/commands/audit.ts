import { VshiftError } from "../../errors.ts";
import { diagnose } from "../../model/diagnose.ts";
import type { ModelGraph } from "../../model/graph.ts";
import { readModel } from "../../model/read-model.ts";
import { auditDocument, auditSummary } from "../../report/audit-document.ts";
import { type AuditVerdict, auditsRecord } from "../../report/audit-record.ts";
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
export async function auditCommand(flags: Flags, streams: Streams, [model = ""]: readonly string[]): Promise<number> {
  const tolerance = toleranceFrom(flags);
  return deliver({ flags, streams, formats: FORMATS }, async () => {
    const graph = await readModel({ file: model, bytes: readBytes(model) });
    requireBoth(graph, model);
    const record = auditsRecord({ model, graph, tolerance, diagnoses: diagnose(graph) });
    return { exitCode: EXIT_OF[record.verdict], document: auditDocument(record), summary: auditSummary(record) };
  });
}

function toleranceFrom({ tolerance = DEFAULT_TOLERANCE }: Flags): number {
  const value = typed("number", String(tolerance));
  if (typeof value === "number" && value > 0 && value <= 0.5) return value;
  throw new VshiftError({
    code: "invalid-value",
    field: "tolerance",
    problem: `${quoted(String(value))} is not a number above 0 and up to 0.5`,
    hint: `try ${DEFAULT_TOLERANCE}`,
  });
}

/** Below it, shifts are within what a finite set of training data leaves open. */
const DEFAULT_TOLERANCE = "0.05";

/** A `VshiftError` unless there are norms and noise: a file without noise says nothing about a training that had some. */
function requireBoth({ mode, nodes }: ModelGraph, model: string): void {
  if (!nodes.some(({ layer }) => layer.kind === "batch-norm")) {
    throw new VshiftError({
      code: "invalid-file",
      field: model,
      problem: "contains no Batch Normalization",
      hint: "export a model that has one, before it is fused into other layers",
    });
  }
  if (nodes.some(({ layer }) => layer.kind === "noise")) return;
  throw new VshiftError({
    code: "invalid-file",
    field: model,
    ...(mode === "evaluation"
      ? {
          problem: "contains no noise, so its batch norms cannot be judged",
          hint: "export with model.train() to include noise written by hand",
        }
      : {
          problem: "contains no noise that vshift knows, although it was exported in training mode",
          hint: "check that its drop rates are above 0, and see docs/AUDIT.md for the noise that is recognized",
        }),
  });
}
