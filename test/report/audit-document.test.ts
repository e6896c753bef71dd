import { describe, expect, it } from "vitest";
import type { NormDiagnosis } from "../../src/model/diagnosis.ts";
import type { ModelGraph } from "../../src/model/graph.ts";
import { auditSummary } from "../../src/report/audit-conclusion.ts";
import { auditDocument } from "../../src/report/audit-document.ts";
import { type AuditRecord, auditsRecord } from "../../src/report/audit-record.ts";
import { pageText } from "../../src/report/page.ts";
import { PLAIN, plain } from "../../src/report/phrase.ts";
import { terminalText } from "../../src/report/terminal.ts";
import { CARRIED, CONTROL, diagnosis, HALVED, noiseNode, UNKNOWN, WIDE } from "./diagnoses.ts";

function audit(diagnoses: readonly NormDiagnosis[], mode: ModelGraph["mode"] = "evaluation") {
  return auditsRecord({ model: "model.pt2", graph: { writer: "torch 2.15.0", mode }, tolerance: 0.05, diagnoses });
}

function screen(diagnoses: readonly NormDiagnosis[], mode?: ModelGraph["mode"]): Promise<string> {
  return terminalText(auditDocument(audit(diagnoses, mode)), { width: 140, paint: PLAIN });
}

function conclusion(...diagnoses: readonly NormDiagnosis[]): string {
  return plain(auditSummary(audit(diagnoses)).conclusion ?? "");
}

describe("the conclusion", () => {
  it("counts the shifted norms, and names the one with the largest shift", () => {
    const stronger = diagnosis("bn9", [noiseNode({})], { method: "transport", ratio: 0.25 });
    expect(conclusion(CONTROL, HALVED, stronger, CARRIED)).toBe(
      "✗ 2 of 4 batch norms receive less variance at test time than during training. The largest shift is at norm bn9, where Δ = Var_test / Var_train is about 0.25.",
    );
  });

  it("says of a single shifted norm which it is, and of others that they need data", () => {
    expect(conclusion(CONTROL, HALVED, UNKNOWN)).toBe(
      "✗ 1 of 3 batch norms receives less variance at test time than during training, and 1 more needs data for a verdict. Δ = Var_test / Var_train is 0.5 at norm bn2.",
    );
    expect(conclusion(HALVED)).toMatch(/^✗ 1 batch norm receives less variance/);
  });

  it("says of a bound what holds for any data, and takes the end that is closest to 1", () => {
    const bound = diagnosis("bn9", [noiseNode({})], { method: "bound", low: 0.2, high: 0.6 });
    expect(conclusion(CONTROL, bound)).toMatch(/ is at most 0\.6 at norm bn9\.$/);
    expect(conclusion(HALVED, bound)).toMatch(/at norm bn2, .* is 0\.5\.$/);
  });

  it("says more, where there is more variance at test time", () => {
    const more = diagnosis("bn9", [noiseNode({})], { method: "transport", ratio: 1.3 });
    expect(conclusion(more, CONTROL)).toContain("1 of 2 batch norms receives more variance");
    expect(conclusion(more, HALVED)).toContain("2 of 2 batch norms receive other variance");
  });

  it("never calls norms clean that need data, or those that no noise reaches behind noise", () => {
    expect(conclusion(CONTROL, UNKNOWN, CARRIED)).toBe(
      "? No batch norm is certain to be shifted, but 1 of 3 needs data for a verdict.",
    );
    expect(conclusion(UNKNOWN)).toBe("? The batch norm needs data for a verdict.");
    expect(conclusion(CONTROL, CARRIED)).toBe(
      "✓ 1 batch norm is behind noise, and at test time its variance stays within 5 % of training.",
    );
    expect(conclusion(CARRIED, CARRIED)).toBe(
      "✓ 2 batch norms are behind noise, and at test time their variances stay within 5 % of training.",
    );
    expect(conclusion(CONTROL, CONTROL)).toBe(
      "✓ No noise in this file reaches a batch norm, but noise written by hand is not in it.",
    );
  });
});

it("the conclusion of a repair counts the shifted norms that keep their statistics", () => {
  const record = audit([CONTROL, HALVED, HALVED]);
  const [control, one, other] = record.norms as [AuditRecord, AuditRecord, AuditRecord];
  const repair = {
    ...({ check: "none", inputs: 0, loss: null, error: null, score: null, isBetter: null, isForced: false } as const),
    ...{ reason: "no labels", file: "fixed.pt2" },
  };
  const norms = [control, { ...one, repaired: { mean: 0, variance: 1, ratio: null } }, other];
  const { conclusion } = auditSummary({ ...record, repair, norms });
  expect(plain(conclusion ?? "")).toBe(
    "? Repaired 1 batch norm by 0 inputs, but not 1 shifted batch norm with shared running statistics, not checked: no labels. Written to fixed.pt2.",
  );
});

it("a screen has the conclusion, a row for each norm in the order of the network, reasons, and what to do", async () => {
  expect(await screen([CONTROL, HALVED, CARRIED, WIDE, UNKNOWN])).toBe(
    `  model.pt2, torch 2.15.0, exported in evaluation mode

  ✗ 1 of 5 batch norms receives less variance at test time than during training, and 2 more need data for a verdict. Δ = Var_test /
  Var_train is 0.5 at norm bn2.

  norm  verdict                 Δ  mean shift  method     behind                                                source
  bn1   ✓ clean                 1           0  –          no noise (control)
  bn2   ✗ shifted             0.5           0  exact      nn.Dropout(0.5) at drop1                              net.py:20
  bn3   ✓ clean            ≈ 0.97       0.021  transport  nn.Dropout(0.5) at drop1, nn.Dropout2d(0.3) at drop2  net.py:20, net.py:26
  bn4   ? needs data  0.3 to 0.98           –  bound      nn.Dropout(0.5) at drop                               net.py:20
      the interval holds for any data, and both verdicts are in it
  bn5   ? needs data            –           –  –          nn.AlphaDropout(0.1) at drop                          net.py:20
      alpha dropout (drop, net.py:20)

  What to do

  1. Measure and repair it by 64 training inputs without labels, and some more that check: vshift audit model.pt2 --data inputs.npy
     --fix model.repaired.pt2
  2. Or retrain with the noise behind the last batch norm, usually better for classifiers, not always for regression: bn5 → activation →
     nn.Dropout(0.5) (now at drop1)
  3. Or retrain with weaker noise: norm bn2 reaches a Δ of 0.95 with about nn.Dropout(0.05) instead of 0.5.

  Δ is predicted from weights and running statistics, tolerance 5 % (docs/AUDIT.md). Mean shift is in standard deviations.
  An export in evaluation mode does not contain noise written by hand (if self.training:). Export with model.train() to include it.
`,
  );
});

describe("the noise of a norm", () => {
  const behind = async (...noise: Parameters<typeof diagnosis>[1]) => {
    const text = await screen([diagnosis("bn", noise, { method: "exact", ratio: 0.5, meanShift: 0 })]);
    return /exact +(.*)/.exec(text)?.[1];
  };

  it("is counted where it is of the same strength, and named up to two", async () => {
    const many = ["a", "b", "c"].map((module) => noiseNode({}, { module }));
    expect(await behind(...many)).toMatch(/^3 × nn\.Dropout\(0\.5\) at a, b and 1 more {2,}net\.py:20$/);
  });

  it("has no column of sources where the file has none", async () => {
    expect(await screen([CONTROL])).not.toContain("source");
  });

  it("has a framework's words, and no module outside of one", async () => {
    const nowhere = { module: "", source: null };
    expect(await behind(noiseNode({ shares: "channel", drop: 0.3 }, nowhere))).toBe("nn.Dropout2d(0.3)");
    expect(await behind(noiseNode({ noise: "alpha-dropout" }, nowhere))).toBe("nn.AlphaDropout(0.5)");
    expect(await behind(noiseNode({ noise: "alpha-dropout", shares: "channel" }, nowhere))).toBe(
      "nn.FeatureAlphaDropout(0.5)",
    );
  });
});

describe("advice", () => {
  it("takes the noise of an ONNX model from its .pt2, since the file has none", async () => {
    const record = { ...audit([HALVED]), model: "model.onnx" };
    expect(await terminalText(auditDocument(record), { width: 200, paint: PLAIN })).toContain(
      "vshift audit model.onnx --noise-from model.pt2 --data inputs.npy --fix model.repaired.onnx",
    );
  });

  it("has the drop rate that gives Δ = 0.95 directly behind one dropout", async () => {
    // Where the mean is 0, Δ = 1/(1 + σ²) = 1 − drop.
    expect(await screen([HALVED])).toContain(
      "3. Or retrain with weaker noise: norm bn2 reaches a Δ of 0.95 with about nn.Dropout(0.05) instead of 0.5.",
    );
  });

  it("accounts for a mean, which makes the noise stronger", async () => {
    // With mean² = variance, Δ = 1/(1 + 2σ²): 1/3 at drop 0.5, and 0.95 where σ² = 1/38, at drop 1/39.
    const withMean = { ...HALVED, prediction: { ...HALVED.prediction, ratio: 1 / 3 } };
    expect(await screen([withMean])).toContain("about nn.Dropout(0.026) instead of 0.5");
  });

  it("has no drop rate where Δ does not follow from one dropout alone", async () => {
    const far = { ...HALVED, prediction: { ...HALVED.prediction, method: "transport" as const } };
    const two = { ...HALVED, noise: [noiseNode({}), noiseNode({})] };
    for (const one of [far, two]) expect(await screen([one])).not.toContain("weaker noise");
  });

  it("is to measure alone where nothing is shifted for certain, and none where all is clean", async () => {
    const unknown = await screen([UNKNOWN]);
    expect(unknown).toContain("1. Measure and repair it by 64 training inputs");
    expect(unknown).not.toContain("2. ");
    expect(await screen([CONTROL, CARRIED])).not.toContain("What to do");
  });
});

it("only an export in evaluation mode may lack noise written by hand, and says so whatever the verdict", async () => {
  for (const one of [CONTROL, CARRIED, HALVED, UNKNOWN]) {
    expect(await screen([one])).toContain("Export with model.train() to include it.");
    expect(await screen([one], "training")).not.toContain("model.train()");
  }
});

it("a model of Keras has Keras's names, and is not said to be exported in a mode", async () => {
  const record = { ...audit([CONTROL, HALVED, UNKNOWN]), writer: "keras 3.15.1", model: "model.keras" };
  const text = await terminalText(auditDocument(record), { width: 140, paint: PLAIN });
  expect(text).toContain("model.keras, keras 3.15.1\n");
  expect(text).toContain(" Dropout(0.5) at drop1");
  expect(text).toContain(" AlphaDropout(0.1) at drop");
  expect(text).toContain("A custom layer may add noise that vshift does not see.");
  expect(text).not.toMatch(/nn\.|export|model\.train/);
  const { conclusion } = auditSummary({ ...record, norms: record.norms.slice(0, 1), verdict: "clean" });
  expect(plain(conclusion ?? "")).toContain(
    "reaches the batch norm, but a custom layer may add noise that vshift does not see.",
  );
});

it("a page of Markdown has every norm and every reason", () => {
  const page = pageText(auditDocument(audit([CONTROL, HALVED, UNKNOWN])));
  for (const text of ["bn1", "bn2", "bn5", "alpha dropout (drop, net.py:20)", "What to do"])
    expect(page).toContain(text);
});

it("names from the file cannot steer the terminal", async () => {
  const esc = "\u001b[2J";
  const noise = noiseNode({}, { module: esc, source: esc });
  const text = await screen([diagnosis(esc, [noise], { method: "needs-data", reason: esc })]);
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
});
