import { VshiftError } from "../errors.ts";
import { diagnose } from "../model/diagnose.ts";
import type { ModelGraph } from "../model/graph.ts";
import { readModel } from "../model/read-model.ts";
import { type Domain, requireWithin } from "../numeric/domain.ts";
import { type AuditsRecord, auditsRecord } from "../report/audit-record.ts";
import { isOfKeras } from "../report/framework-words.ts";

/** A trained model, as its file has it. */
export interface ModelFile {
  /** As it is named in messages; its ending says the format. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface AuditOptions {
  /** How far Δ may be from 1, above 0 and up to 0.5 [0.05]. */
  readonly tolerance?: number;
}

/** Below it, shifts are within what a finite set of training data leaves open. */
export const USUAL_TOLERANCE = 0.05;

/**
 * Predicts Δ = Var_test / Var_train at each Batch Normalization of a trained model, from its file alone (docs/AUDIT.md).
 *
 * model      the content of a file of torch.export.save (.pt2) or of Keras's model.save (.keras, .h5), and its name
 * tolerance  a norm is shifted where Δ is further from 1
 *
 * Takes some milliseconds for small networks and seconds for the largest: a layer costs what a product of matrices of its channels
 * does. Memory is about four times the weights of the largest layer. Rejects with a `VshiftError` for a file that cannot be read, or has no Batch
 * Normalization, or no noise.
 */
export async function audit(
  { file, bytes }: ModelFile,
  { tolerance = USUAL_TOLERANCE }: AuditOptions = {},
): Promise<AuditsRecord> {
  requireWithin(TOLERANCE, tolerance);
  const graph = await readModel({ file, bytes });
  requireBoth(graph, file);
  return auditsRecord({ model: file, graph, tolerance, diagnoses: diagnose(graph) });
}

export const TOLERANCE: Domain = {
  field: "tolerance",
  from: Number.MIN_VALUE,
  to: 0.5,
  rule: "a number above 0 and up to 0.5",
  hint: `try ${USUAL_TOLERANCE}`,
};

/** A `VshiftError` unless there are norms and noise: a file without noise says nothing about a training that had some. */
function requireBoth({ writer, mode, nodes }: ModelGraph, model: string): void {
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
          hint: isOfKeras({ writer })
            ? "save the model that was trained, with its layers of dropout; noise in custom layers is not seen"
            : "export with model.train() to include noise written by hand",
        }
      : {
          problem: "contains no noise that vshift knows, although it was exported in training mode",
          hint: "check that its drop rates are above 0, and see docs/AUDIT.md for the noise that is recognized",
        }),
  });
}
