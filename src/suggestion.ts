import { distance } from "fastest-levenshtein";

/**
 * The one of the candidates that somebody meant who wrote `word`: the same except for case and separators, a synonym in another tool,
 * the beginning of one alone, or a near spelling. Undefined where none is near, since a wrong suggestion is worse than none.
 */
export function suggested(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  if (wanted === "") return undefined;
  const same = candidates.find((candidate) => plain(candidate) === wanted);
  if (same !== undefined) return same;
  const known = SYNONYMS.filter(([words]) => words.includes(wanted));
  const synonym = known.flatMap(([, meant]) => meant).find((meant) => candidates.includes(meant));
  // A word that means something else is not a slip of the keyboard.
  return known.length > 0 ? synonym : (beginning(wanted, candidates) ?? nearest(wanted, candidates));
}

/** The next step of a message about a word: the candidate that is meant, else `otherwise`. */
export function didYouMean(word: string, candidates: readonly string[], otherwise: string): string {
  const meant = suggested(word, candidates);
  return meant === undefined ? otherwise : `did you mean ${meant}?`;
}

/** What other tools call ours; the first one that is among the candidates is meant. */
const SYNONYMS: readonly (readonly [words: readonly string[], meant: readonly string[]])[] = [
  // Frameworks.
  [["tensorflow", "tf", "tfkeras"], ["keras"]],
  [["pytorch", "torchnn", "libtorch"], ["torch"]],
  [["onnxruntime", "ort"], ["onnx"]],
  // Kinds of noise, and flags of their strength.
  [
    ["dropout", "dropout1d"],
    ["bernoulli", "drop", "--drop"],
  ],
  [
    ["inverted", "inverteddropout", "binary"],
    ["inverted", "bernoulli"],
  ],
  [["dropout2d", "dropout3d", "spatialdropout", "spatialdropout2d", "channel", "channels"], ["spatial"]],
  [
    ["gaussiandropout", "gauss"],
    ["gaussian", "normal"],
  ],
  [["alphadropout", "selu"], ["alpha"]],
  [["gelu", "elu", "celu", "silu", "prelu", "swish", "mish"], []],
  [["uniformdropout", "uniform"], ["uout"]],
  [
    ["droprate", "rate", "pdrop", "dropp", "dropoutrate", "dropprob"],
    ["drop", "--drop"],
  ],
  [
    ["p", "keepprob", "keepprobability", "keeprate", "retain"],
    ["keep", "--keep"],
  ],
  [
    ["sigma2", "noisevariance", "strength"],
    ["relativeVariance", "--relative-variance"],
  ],
  // The input, the layer and Batch Normalization.
  [["identity"], ["identity", "normal"]],
  [["rectifier", "rectified"], ["relu"]],
  [["dense", "fc", "fullyconnected", "conv", "conv2d"], ["linear"]],
  [["linear"], ["identity"]],
  [["kaiming", "msra"], ["he"]],
  [["glorot"], ["xavier"]],
  [["bn", "batchnorm"], ["batch"]],
  [["ln", "layernorm"], ["layer"]],
  [["gn", "groupnorm"], ["group"]],
  [["skip", "resnet"], ["residual"]],
  [["framework"], ["preset", "--preset"]],
  [
    ["batch", "bs", "minibatch"],
    ["batchSize", "--batch-size"],
  ],
  [
    ["d", "dim", "units", "features", "hidden", "inputs"],
    ["width", "--width"],
  ],
  [
    ["outputs", "outfeatures", "k"],
    ["neurons", "--neurons"],
  ],
  [["eps"], ["epsilon", "--epsilon"]],
  [
    ["correlation", "corr"],
    ["rho", "--rho"],
  ],
  [
    ["sigma", "var"],
    ["variance", "--variance"],
  ],
  [
    ["layers", "blocks"],
    ["depth", "--depth"],
  ],
  // The measurement and the output.
  [
    ["n", "nsamples", "count"],
    ["samples", "--samples"],
  ],
  [
    ["jobs", "workers", "j"],
    ["threads", "--threads"],
  ],
  [
    ["tol", "rtol"],
    ["tolerance", "--tolerance"],
  ],
  [
    ["out", "o", "file"],
    ["output", "--output"],
  ],
  [["md"], ["markdown"]],
  [["jsonl", "jsonlines"], ["ndjson"]],
  [["text", "txt"], ["table"]],
  [["gh", "githubactions"], ["github"]],
  // Commands.
  [["run", "measure", "sim"], ["simulate"]],
  [["grid", "scan"], ["sweep"]],
  [["draw", "figure"], ["plot"]],
  [["merge", "show", "convert"], ["records"]],
  [["verify", "test", "assert"], ["check"]],
];

/** Without case, separators, and the hyphens of a flag. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[\s._-]/g, "");
}

/** Below so many letters a beginning says too little. */
const SHORTEST_BEGINNING = 3;

function beginning(wanted: string, candidates: readonly string[]): string | undefined {
  if (wanted.length < SHORTEST_BEGINNING) return undefined;
  const [only, other] = candidates.filter((candidate) => plain(candidate).startsWith(wanted));
  return other === undefined ? only : undefined;
}

function nearest(wanted: string, candidates: readonly string[]): string | undefined {
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let found: string | undefined;
  for (const candidate of candidates) {
    const edits = editsBetween(wanted, plain(candidate));
    // What shares no letter is another word, however short it is.
    if (edits >= least || edits >= wanted.length) continue;
    least = edits;
    found = candidate;
  }
  return found;
}

/** Levenshtein's distance, of two swapped neighbours 1 (Damerau 1964). */
function editsBetween(one: string, other: string): number {
  const edits = distance(one, other);
  if (edits !== 2 || one.length !== other.length) return edits;
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return one[at] === other[at + 1] && one[at + 1] === other[at] ? 1 : 2;
}
