import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../src/model/diagnosis.ts";
import { type AuditVerdict, auditRecord, auditRow, auditsRecord } from "../../src/report/audit-record.ts";
import { auditSchema } from "../../src/report/audit-schema.ts";
import { CARRIED, CONTROL, diagnosis, HALVED, noiseNode, UNKNOWN, WIDE } from "./diagnoses.ts";

const GRAPH = { writer: "torch 2.15.0", mode: "evaluation" } as const;

function audit(...diagnoses: readonly (typeof CONTROL)[]) {
  return auditsRecord({ model: "model.pt2", graph: GRAPH, tolerance: 0.05, diagnoses });
}

describe("the verdict on a norm", () => {
  const cases: readonly (readonly [Pick<Prediction, "method"> & Partial<Prediction>, AuditVerdict])[] = [
    [{ method: "exact", ratio: 1 }, "clean"],
    [{ method: "exact", ratio: 0.96 }, "clean"],
    [{ method: "exact", ratio: 0.94 }, "shifted"],
    [{ method: "transport", ratio: 0 }, "shifted"],
    [{ method: "transport", ratio: 1.04 }, "clean"],
    [{ method: "transport", ratio: 1.06 }, "shifted"],
    // An interval beside a ratio does not decide.
    [{ method: "transport", ratio: 0.97, low: 0.1, high: 0.2 }, "clean"],
    [{ method: "bound", low: 0.2, high: 0.94 }, "shifted"],
    [{ method: "bound", low: 0.2, high: 0.96 }, "needs-data"],
    [{ method: "bound", low: 0.95, high: 1 }, "clean"],
    [{ method: "bound", low: 0.94, high: 1 }, "needs-data"],
    [{ method: "bound" }, "needs-data"],
    [{ method: "needs-data", reason: "an unknown operation" }, "needs-data"],
  ];

  it.each(cases)("of %o is %s at a tolerance of 0.05", (prediction, verdict) => {
    expect(auditRecord(diagnosis("bn", [noiseNode({})], prediction), { tolerance: 0.05 }).verdict).toBe(verdict);
  });

  it("depends on the tolerance", () => {
    const at = (tolerance: number) => auditRecord(CARRIED, { tolerance }).verdict;
    expect([at(0.02), at(0.04)]).toEqual(["shifted", "clean"]);
  });

  it("is clean without noise, whatever else is said, and such a norm is a control", () => {
    expect(auditRecord(CONTROL, { tolerance: 0.05 })).toMatchObject({ control: true, verdict: "clean", noise: [] });
    const odd = diagnosis("bn", [], { method: "needs-data", reason: "an unknown operation" });
    expect(auditRecord(odd, { tolerance: 0.05 })).toMatchObject({ control: true, verdict: "clean" });
    expect(auditRecord(HALVED, { tolerance: 0.05 }).control).toBe(false);
  });
});

it("the verdict on a model is shifted before needs-data, and needs-data before clean", () => {
  expect(audit(CONTROL, UNKNOWN, HALVED).verdict).toBe("shifted");
  expect(audit(CONTROL, UNKNOWN, CARRIED).verdict).toBe("needs-data");
  expect(audit(CONTROL, CARRIED).verdict).toBe("clean");
});

it("a record has the norm's averages, its noise and the prediction without its channels", () => {
  const channels = { ratio: Float64Array.of(0.97, 0.97), meanShift: Float64Array.of(0, 0) };
  const one = { ...CARRIED, prediction: { ...CARRIED.prediction, channels } };
  expect(auditRecord(one, { tolerance: 0.05 })).toEqual({
    schema: "vshift.audit/1",
    norm: "bn3",
    channels: 2,
    noise: [
      { module: "drop1", kind: "dropout", shares: "unit", drop: 0.5, variance: 1, source: "net.py:20" },
      { module: "drop2", kind: "dropout", shares: "channel", drop: 0.3, variance: 0.3 / 0.7, source: "net.py:26" },
    ],
    // Means of −1, 2 and of 1, 3.
    stored: { mean: 0.5, variance: 2 },
    predicted: { method: "transport", ratio: 0.97, low: null, high: null, meanShift: 0.02134, reason: null },
    measured: null,
    repaired: null,
    baseline: null,
    control: false,
    verdict: "clean",
  });
});

it("an audit is of its schema, as a whole and line by line", () => {
  const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(auditSchema());
  const record = audit(CONTROL, HALVED, CARRIED, WIDE, UNKNOWN);
  for (const value of [record, ...record.norms]) {
    isValid(JSON.parse(JSON.stringify(value)));
    expect(isValid.errors).toBeNull();
  }
  expect(isValid({ ...record, verdict: "safe" })).toBe(false);
  expect(isValid({ ...record.norms[0], extra: 1 })).toBe(false);
});

it("a row of CSV is flat, with the same columns for every norm", () => {
  const rows = audit(CONTROL, CARRIED, UNKNOWN).norms.map(auditRow);
  const [control, carried, unknown] = rows;
  for (const row of rows) expect(Object.keys(row)).toEqual(Object.keys(control ?? {}));
  expect(control).toMatchObject({ norm: "bn1", verdict: "clean", control: "true", "noise.module": null });
  expect(carried).toMatchObject({ control: "false", "predicted.ratio": 0.97, "noise.drop": "0.5; 0.3" });
  expect(unknown).toMatchObject({ "predicted.ratio": null, "predicted.reason": "alpha dropout (drop, net.py:20)" });
});
