/** Where a text is read: a comment in the code, a string that users see, or a document. */
export type Kind = "comment" | "string" | "prose";

/** One wording that vshift does not use. A space in a pattern stands for any white space, line breaks included. */
export interface Rule {
  readonly not: RegExp;
  /** What to write instead. */
  readonly say: string;
  /** Kinds of text that it holds for; all by default. */
  readonly in?: readonly Kind[];
}

/** How vshift writes: the standard term of the field, and the same one everywhere. */
export const RULES: readonly Rule[] = [
  // Terms of the field.
  { not: /\b(hold|holds|held|holding)\b((?!\n\s*\n)[^.;:|]){0,80}? against\b/, say: "compare with" },
  { not: /\b(hands?|handed|handing) on\b/, say: "outputs, passes on" },
  {
    not: /\b(BN|Batch Normalization|norms?|layers?)( itself)?( would)? (hold|holds|held)\b/,
    say: "running statistics",
  },
  { not: /\bmeets?\b(?! (the|an?|its|this) (aim|condition|requirement))/, say: "receives, sees" },
  { not: /\bunit(e|es|ing)\b|\bunited\b(?! states)/, say: "merge" },
  { not: /\bmend(s|ed|ing)?\b/, say: "fix, correct, repair" },
  { not: /\b(hang|hangs|hung) (\w+ ){0,2}together\b/, say: "are correlated" },
  { not: /\b(lean|leans|leaned|leaning)\b/, say: "have a nonzero mean" },
  { not: /\bother way round\b/, say: "solve for, invert" },
  { not: /\b(un)?settle(s|d)?\b|\bsettling\b/, say: "conclusive, decided" },
  {
    not: /\b(each|every|first|last|later|earlier|one|all|many|that|this|more|\d+|of) looks?\b(?! (like|as if|at|up))|\blooks (share|spend|together)\b|\blook after every\b/,
    say: "interim analysis",
  },
  { not: /\bfaults? of (vshift|its own)\b/, say: "internal error" },
  { not: /\bexpect (it|that|this|them) of\b/, say: "does not help" },
  { not: /\bbeside\b/, say: "next to, alongside" },
  {
    not: /\b(draw|draws|drew|drawn|drawing) (\S+ ){0,2}(samples?|mini-batch(es)?|cells?|scenarios?)\b|\b(samples?|mini-batch(es)?|cells?|scenarios?)( that)?( (is|are|was|were|be|been|as))? drawn\b/,
    say: "sample, sampled",
  },
  {
    not: /(?<!\b(decimal|first|last|right|same|in one|in its|in their|in)( |-))\bplaces?\b(?! of birth)(?<!\b(take|takes|took|taken|taking) place)/,
    say: "position (of a norm), point, instead of",
  },
  {
    not: /(?<!\b(empty|table) |\.)\bcells?\b(?! (of|in) (a|the) (table|spreadsheet|sweep|CSV))/,
    say: "scenario, grid point",
    in: ["string", "prose"],
  },
  { not: /\bright (statistics|variances?|noise|ratios?|implementations?|numbers?|answers?)\b/, say: "correct" },
  {
    not: /\b(same|another|other|this|which|earlier|older|newer) kernel\b(?! (size|code|loop))|\bkernel draws\b|\bnor the kernel\b/,
    say: "engine version",
  },
  { not: /\bno words on\b/, say: "suppress messages" },
  { not: /\bwhose Batch Normalization\b/, say: "framework conventions" },
  { not: /\bstands? between\b/, say: "layer between" },
  { not: /\bthe way of (a|the)\b/, say: "forward pass" },
  { not: /\brandom words?\b|\bwords? of (a|the) (stream|generator)\b/, say: "random integer" },
  { not: /\banew\b/, say: "again, regenerate, rerun" },
  { not: /\bwanted\b/, say: "target" },
  // Plain English.
  {
    not: /\bin training(?! (mode|data|sets?|steps?|loss|rows?|outputs?|batches|time|and evaluation mode|or evaluation mode))\b/,
    say: "during training",
  },
  { not: /\b(in|of) test(?! (mode|time|suites?|data|sets?|files?|code|output))\b(?![-/])/, say: "at test time" },
  {
    not: /(?<!\b(there|there's) )\b(is|are|was|were) no (?!longer\b|more\b|less\b|later\b|fewer\b|wider\b|narrower\b|better\b|worse\b|farther\b|further\b|larger\b|smaller\b|other\b|need\b|one\b|\w+er than\b)\w+/,
    say: "is not a …, has no …",
  },
  { not: /\bwhatever\b/, say: "any, everything that, or leave it out" },
  { not: /\bas (it|they) (is|are|stands?|was|were)(?=[.,;:)]|$| (and|but|or)\b)/, say: "unchanged" },
  { not: /\bfor you to say\b/, say: "is up to you, you decide" },
  { not: /\bbut for\b/, say: "except" },
  { not: /\bof those (that|which|who)\b/, say: "name the things" },
  { not: /\b(is|are|was|were|be|being) told\b/, say: "receives, is given; name who does what" },
  { not: /\blest\b/, say: "so that … not" },
];
