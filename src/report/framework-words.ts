import type { AuditedNoise, AuditsRecord } from "./audit-record.ts";

type Written = Pick<AuditsRecord, "writer" | "mode">;

/** What a model and its noise are called in the framework that wrote its file, and which noise the file cannot have. */
export interface FrameworkWords {
  /** How the file was made, behind what wrote it: ", exported in evaluation mode". */
  readonly made: string;
  /** Layers of dropout by what has a draw of its own. */
  readonly dropouts: Readonly<Record<AuditedNoise["shares"], string>>;
  readonly alphaDropouts: Readonly<Record<AuditedNoise["shares"], string>>;
  /** Noise that is used in a way that is not known. */
  readonly unknown: string;
  /** "noise written by hand is not in it"; null where there is none that the file cannot have. */
  readonly missing: string | null;
  /** The same, with what to do about it. */
  readonly remark: string | null;
}

export function frameworkWords(written: Written): FrameworkWords {
  return isOfKeras(written) ? KERAS : torch(written);
}

/** Whether Keras wrote a file: it has layers of noise in any mode. */
function isOfKeras({ writer }: Pick<Written, "writer">): boolean {
  return writer.startsWith("keras ");
}

const KERAS: FrameworkWords = {
  made: "",
  dropouts: { unit: "Dropout", channel: "SpatialDropout", sample: "Dropout of samples" },
  alphaDropouts: { unit: "AlphaDropout", channel: "AlphaDropout of channels", sample: "AlphaDropout of samples" },
  unknown: "noise of another kind",
  missing: "a custom layer may add noise that vshift does not see",
  remark: "A custom layer may add noise that vshift does not see.",
};

function torch({ mode }: Written): FrameworkWords {
  return {
    made: `, exported in ${mode} mode`,
    dropouts: { unit: "nn.Dropout", channel: "nn.Dropout2d", sample: "DropPath" },
    alphaDropouts: { unit: "nn.AlphaDropout", channel: "nn.FeatureAlphaDropout", sample: "nn.FeatureAlphaDropout" },
    unknown: "noise written by hand",
    missing: mode === "evaluation" ? "noise written by hand is not in it" : null,
    remark:
      mode === "evaluation"
        ? "An export in evaluation mode does not contain noise written by hand (if self.training:). Export with model.train() to include it."
        : null,
  };
}
