import { describe, expect, it } from "vitest";
import { checkLanguage } from "../.ci/language/check.ts";
import { RULES } from "../.ci/language/rules.ts";

/** Wordings to change, and the same said well. */
const SENTENCES: readonly (readonly [string, string])[] = [
  ["The ratio is held against theory.", "The ratio is compared with theory. It is against the rules."],
  ["Hold the records against a baseline.", "Hold the key. Compare the records with a baseline."],
  ["What BN hands on has half of the variance.", "BN outputs half of the variance, by hand or on its own."],
  ["A BN layer itself would hold this mean.", "The running statistics have this mean; layers of a household."],
  ["The variance that the norm meets is another.", "The variance that the norm receives; it meets the requirement."],
  ["Unite the shards.", "Merge the shards in the United States, a unit each."],
  ["Mend what is wrong.", "Fix what is wrong; I recommend it."],
  ["The masks hang closely together.", "The masks are correlated and hang on the wall."],
  ["Weights that lean to one sign.", "Weights with a nonzero mean, cleanly drawn."],
  ["It asks the other way round.", "It solves for the width, the other way."],
  ["The verdict is settled.", "The verdict is conclusive, whatsoever the settlement."],
  ["At the first look.", "At the first interim analysis. A first look at the code looks as if it were right."],
  ["A fault of vshift.", "An internal error of vshift."],
  ["Do not expect it of wider layers.", "Wider layers do not help; expect it then."],
  ["The error stands beside the value.", "The error is next to the value, besides the interval."],
  ["It draws 256 samples.", "It samples 256 rows, and draws the weights."],
  ["Mini-batches that are drawn.", "Mini-batches that are sampled, and drawn weights of a sample."],
  ["At each place of a norm.", "At each position of a norm, to six decimal places, in place; it takes place."],
  ["All cells agree.", "All scenarios agree, and an empty cell of a table is null."],
  ["The right variance is 1.", "The correct variance is 1, right there."],
  ["The same kernel draws the same bits.", "The same engine version; a kernel of 3 × 3 and the SIMD kernel."],
  ["No words on stderr.", "Suppress messages on stderr."],
  ["Whose Batch Normalization it is.", "Framework conventions of Batch Normalization."],
  ["What stands between noise and BN.", "The layer between noise and BN stands."],
  ["The way of a mini-batch.", "The forward pass of a mini-batch, by way of contrast."],
  ["A random word for each unit.", "A random integer for each unit, and a word in a sentence."],
  ["Draw the weights anew.", "Draw the weights again, in a new way."],
  ["It gives the wanted Δ.", "It gives the target Δ that you want."],
  ["Scaled in training only.", "Scaled during training only, in training mode, in training and evaluation mode."],
  ["Nothing varies in test.", "Nothing varies at test time, in test mode or in tests."],
  ["This is no file.", "This is not a file. There is no file. It is no longer a file, and no better."],
  ["Whatever the kind.", "For any kind, whatsoever."],
  ["Leave it as it is.", "Leave it unchanged. It is as it is written."],
  ["That is for you to say.", "You decide; that is for you."],
  ["All but for the last.", "All except the last, but first."],
  ["The largest of those that fit.", "The largest of the values that fit, of those."],
  ["The worker is told the grid.", "The worker receives the grid; I told you."],
  ["Sorted, lest it fail.", "Sorted, so that it does not fail; the least."],
];

const wordsIn = (path: string, text: string) => checkLanguage(path, text).map(({ words }) => words);

describe("wordings", () => {
  it.each(SENTENCES)("%s", (bad, good) => {
    expect(wordsIn("docs/A.md", bad)).toHaveLength(1);
    expect(wordsIn("docs/A.md", good)).toEqual([]);
  });

  it("each rule is found in one of them", () => {
    const advice = SENTENCES.flatMap(([bad]) => checkLanguage("docs/A.md", bad).map(({ say }) => say));
    expect(RULES.map(({ say }) => say).filter((say) => !advice.includes(say))).toEqual([]);
  });
});

describe("a document", () => {
  it("names the line, the words and what to say, also across a line break", () => {
    expect(checkLanguage("docs/A.md", "# Title\n\nThe ratio is held\nagainst theory.\n")).toEqual([
      { line: 3, words: "held against", say: "compare with" },
    ]);
  });

  it("an empty line ends a sentence", () => {
    expect(wordsIn("docs/A.md", "what it holds\n\n## Against theory")).toEqual([]);
  });

  it("what commands print, quoted code and the targets of links are not language", () => {
    const text =
      "```console\n$ vshift\n  all cells agree\n```\n\n`beside`, [link](beside.md)\n\n```sh\nvshift # anew\n```\n";
    expect(wordsIn("docs/A.md", text)).toEqual(["anew"]);
  });
});

describe("a program", () => {
  const code = `import { beside } from "./beside.ts";
/**
 * Held
 * against theory, with \`whatever\`.
 */
const place = beside(/whatever is told/);
const name = "beside";
const words = \`the value \${place.anew} beside \${name} is no number\`; // in training
const line = "one cell\\nbeside";
// cells of the grid`;

  it("is read in its comments and sentences, and nowhere else", () => {
    expect(checkLanguage("src/a.ts", code).map(({ line, words }) => [line, words])).toEqual([
      [3, "Held against"],
      [8, "beside"],
      [8, "is no number"],
      [8, "in training"],
      [9, "cell"],
      [9, "beside"],
    ]);
  });
});
